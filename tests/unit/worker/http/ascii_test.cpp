#include "worker/http/ascii.h"

#include <gtest/gtest.h>

#include <string>

namespace swarm::http {
namespace {

TEST(Ascii, FindsLineBreaksAndNulAtEveryPlace) {
  for (std::size_t length = 1; length < 40; ++length) {
    const std::string clean(length, 'x');
    EXPECT_FALSE(has_line_break_or_nul(clean));
    for (std::size_t at = 0; at < length; ++at) {
      for (const char c : {'\r', '\n', '\0'}) {
        std::string text = clean;
        text[at] = c;
        EXPECT_TRUE(has_line_break_or_nul(text)) << length << ' ' << at;
      }
      for (const char c : {'\t', '\x01', '\x0f', '\x7f', '\x8d', '\xff'}) {
        std::string text = clean;
        text[at] = c;
        EXPECT_FALSE(has_line_break_or_nul(text)) << length << ' ' << at;
      }
    }
  }
}

TEST(Ascii, TakesAListApart) {
  std::string_view list = " a ,b,, c";
  EXPECT_EQ(next_of_list(list), "a");
  EXPECT_EQ(next_of_list(list), "b");
  EXPECT_EQ(next_of_list(list), "");
  EXPECT_EQ(next_of_list(list), "c");
  EXPECT_TRUE(list.empty());
}

TEST(Ascii, ComparesWithoutCase) {
  EXPECT_TRUE(equals_ignoring_case("Content-LENGTH", "content-length"));
  EXPECT_FALSE(equals_ignoring_case("a@", "a`"));
  EXPECT_TRUE(equals_lower("KEEP-alive", "keep-alive"));
  EXPECT_FALSE(equals_lower("keep", "keep-alive"));
}

TEST(Ascii, KnowsTokens) {
  EXPECT_TRUE(is_token("X-A_b!1"));
  for (const std::string_view text : {"", "a b", "a:", "a(", "\xc3\xa4", "a\t"}) {
    EXPECT_FALSE(is_token(text)) << text;
  }
}

}  // namespace
}  // namespace swarm::http
