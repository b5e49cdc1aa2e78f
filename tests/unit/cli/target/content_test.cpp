#include "cli/target/content.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/target/answer.h"

namespace swarm::target {
namespace {

TEST(JsonDocument, IsOfTheSizeThatWasAskedForAndValid) {
  for (const std::uint64_t size : {26u, 100u, 101u, 1000u, 54321u}) {
    const std::string text = json_document(size);
    EXPECT_EQ(text.size(), size);
    EXPECT_TRUE(nlohmann::json::accept(text)) << text;
  }
  EXPECT_TRUE(nlohmann::json::accept(json_document(0)));
  EXPECT_GT(nlohmann::json::parse(json_document(54321))["items"].size(), 100u);
}

TEST(Encodings, AreKnownByTheirHeaderNames) {
  for (const auto name : {"gzip", "deflate", "br"}) {
    const auto encoding = encoding_of(name);
    ASSERT_TRUE(encoding) << name;
    EXPECT_EQ(name_of(*encoding), name);
    EXPECT_LT(compressed(json_document(4096), *encoding).size(), 2000u);
  }
  EXPECT_FALSE(encoding_of("zstd"));
}

TEST(Filler, GoesOnWhereItStopped) {
  std::string whole;
  append_filler(whole, 0, 150'000);
  EXPECT_EQ(whole.size(), 150'000u);
  std::string pieces;
  append_filler(pieces, 0, 70'001);
  append_filler(pieces, 70'001, 79'999);
  EXPECT_EQ(pieces, whole);
}

}  // namespace
}  // namespace swarm::target
