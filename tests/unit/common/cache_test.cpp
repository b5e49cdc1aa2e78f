#include "common/cache.h"

#include <gtest/gtest.h>

#include <string>

namespace swarm {
namespace {

using Texts = Cache<std::string>;

const std::string* find(Texts& texts, std::size_t key, const std::string& text) {
  return texts.find(key, [&](const std::string& kept) { return kept == text; });
}

void keep(Texts& texts, std::size_t key, const std::string& text) {
  if (std::string* const room = texts.make_room(key)) *room = text;
}

TEST(Cache, FindsWhatWasKeptThere) {
  Texts texts;
  EXPECT_EQ(find(texts, 7, ""), nullptr);  // a slot that nothing was put into holds nothing
  keep(texts, 7, "seven");
  EXPECT_EQ(find(texts, 8, ""), nullptr);
  EXPECT_EQ(find(texts, 7, "six"), nullptr);
  ASSERT_NE(find(texts, 7, "seven"), nullptr);
  EXPECT_EQ(find(texts, 7 + Texts::kSlots, "seven"), find(texts, 7, "seven"));
}

TEST(Cache, KeepsWhatIsAskedForWhenOthersComePastOnce) {
  Texts texts;
  keep(texts, 0, "wanted");
  for (int i = 0; i < 100; ++i) {
    keep(texts, 0, std::to_string(i));
    ASSERT_NE(find(texts, 0, "wanted"), nullptr);
  }
}

TEST(Cache, LetsGoOfWhatNobodyAsksFor) {
  Texts texts;
  keep(texts, 0, "old");
  for (int i = 0; i < Texts::kPatience; ++i) keep(texts, 0, "new");
  EXPECT_EQ(find(texts, 0, "old"), nullptr);
  EXPECT_NE(find(texts, 0, "new"), nullptr);
}

}  // namespace
}  // namespace swarm
