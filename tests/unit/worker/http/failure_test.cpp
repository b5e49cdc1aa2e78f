#include "worker/http/failure.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace swarm::http {
namespace {

TEST(Failure, HasWordsOfItsOwnEach) {
  std::set<std::string_view> seen;
  for (int i = 1; i <= static_cast<int>(kLastFailure); ++i) {
    const std::string_view words = describe(static_cast<Failure>(i));
    EXPECT_FALSE(words.empty()) << i;
    EXPECT_TRUE(seen.insert(words).second) << words;
  }
  EXPECT_EQ(describe(Failure::None), "");
}

TEST(Failure, BlamesTheGeneratorForWhatItLacksOnly) {
  EXPECT_TRUE(is_generators(Failure::OutOfDescriptors));
  EXPECT_TRUE(is_generators(Failure::OutOfMemory));
  EXPECT_FALSE(is_generators(Failure::None));
  EXPECT_FALSE(is_generators(Failure::Refused));
  EXPECT_FALSE(is_generators(Failure::BadUrl));
}

}  // namespace
}  // namespace swarm::http
