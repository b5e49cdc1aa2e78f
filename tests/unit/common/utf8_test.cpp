#include "common/utf8.h"

#include <gtest/gtest.h>

namespace swarm {
namespace {

TEST(Utf8, IsToldFromWhatOnlyLooksLikeIt) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("plain, \u00e9, \u20ac, \U0001f41d, \U0010ffff"));
  EXPECT_FALSE(is_utf8("\xe9"));
  EXPECT_FALSE(is_utf8("\x80")) << "begins in the middle";
  EXPECT_FALSE(is_utf8("\xc3")) << "cut off";
  EXPECT_FALSE(is_utf8("\xc3(")) << "cut off";
  EXPECT_FALSE(is_utf8("\xc0\xaf")) << "longer than needed";
  EXPECT_FALSE(is_utf8("\xe0\x80\xaf")) << "longer than needed";
  EXPECT_FALSE(is_utf8("\xf0\x80\x80\xaf")) << "longer than needed";
  EXPECT_FALSE(is_utf8("\xed\xa0\x80")) << "half of a pair";
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80")) << "beyond Unicode";
}

TEST(Utf8, TellsTheFirstCharacter) {
  const auto character = first_character("\u20acx");
  ASSERT_TRUE(character);
  EXPECT_EQ(character->point, U'\u20ac');
  EXPECT_EQ(character->bytes, 3u);
}

TEST(Utf8, IsRepairedByteByByte) {
  EXPECT_EQ(repaired_utf8("a\xff"
                          "b\u00e9"),
            "a\ufffdb\u00e9");
  EXPECT_EQ(repaired_utf8("\xe2\x82"), "\ufffd\ufffd");
}

}  // namespace
}  // namespace swarm
