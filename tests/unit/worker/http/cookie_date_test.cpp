#include "worker/http/cookie_date.h"

#include <gtest/gtest.h>

#include <string_view>

namespace swarm::http {
namespace {

using namespace std::chrono_literals;

// 2021-06-09 10:18:14 UTC
constexpr WallTime kExample = std::chrono::sys_days{2021y / 6 / 9} + 10h + 18min + 14s;

TEST(CookieDate, TakesTheFormatsThatServersSend) {
  for (const std::string_view text :
       {"Wed, 09 Jun 2021 10:18:14 GMT", "Wednesday, 09-Jun-21 10:18:14 GMT",
        "Wed Jun  9 10:18:14 2021", "9 june 2021 10:18:14", "10:18:14 2021 JUN 9",
        "Wed,09-Jun-2021 10:18:14GMT", "Wed, 9 Jun 2021 10:18:14 +0200"}) {
    EXPECT_EQ(parse_cookie_date(text), kExample) << text;
  }
}

TEST(CookieDate, GuessesTheCenturyOfTwoDigits) {
  EXPECT_EQ(parse_cookie_date("1 Jan 70 00:00:00"), WallTime{});
  EXPECT_EQ(parse_cookie_date("1 Jan 99 00:00:00"), WallTime{std::chrono::sys_days{1999y / 1 / 1}});
  EXPECT_EQ(parse_cookie_date("1 Jan 69 00:00:00"), WallTime{std::chrono::sys_days{2069y / 1 / 1}});
}

TEST(CookieDate, TakesShortTimes) {
  EXPECT_EQ(parse_cookie_date("1 Jan 1970 1:2:3"), WallTime{1h + 2min + 3s});
}

TEST(CookieDate, KnowsLeapYears) {
  EXPECT_TRUE(parse_cookie_date("29 Feb 2024 00:00:00"));
  EXPECT_FALSE(parse_cookie_date("29 Feb 2023 00:00:00"));
}

TEST(CookieDate, RefusesWhatIsNoTime) {
  for (const std::string_view text :
       {"", "tomorrow", "9 Jun 2021", "Jun 2021 10:18:14", "9 2021 10:18:14", "9 Jun 10:18:14",
        "32 Jan 2021 10:18:14", "9 Jun 1600 10:18:14", "9 Jun 2021 24:00:00", "9 Jun 2021 10:60:00",
        "9 Jun 2021 10:18:60", "9 Jun 20211 10:18:14", "9 Jun 2021 10:18", "009 Jun 2021 10:18:14",
        "0 Jun 2021 10:18:14"}) {
    EXPECT_FALSE(parse_cookie_date(text)) << text;
  }
}

}  // namespace
}  // namespace swarm::http
