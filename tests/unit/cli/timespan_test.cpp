#include "cli/timespan.h"

#include <gtest/gtest.h>

#include <string>

namespace swarm {
namespace {

using namespace std::chrono_literals;

TEST(Timespan, ReadsWhatPeopleWrite) {
  const struct {
    const char* text;
    std::chrono::seconds value;
  } cases[] = {
      {"0", 0s},
      {"20", 20s},
      {"20s", 20s},
      {"3m", 3min},
      {"2h", 2h},
      {"007", 7s},
      {"1h20m", 80min},
      {"1h5s", 3605s},
      {"2m90s", 210s},
      {"0s", 0s},
      {"3h30m10s", 3h + 30min + 10s},
      {"876000h", 876000h},
  };
  for (const auto& [text, value] : cases) {
    SCOPED_TRACE(text);
    const auto parsed = parse_timespan(text);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    EXPECT_EQ(*parsed, value);
  }
}

TEST(Timespan, ShowsTheFormatsForAnythingElse) {
  for (const char* text : {"", "s", "h", "1.5h", "0.5", "-5", "+5", "5 s", " 5", "5x", "1h20",
                           "20s3m", "1m1m", "5s5", "1d", "5S", "soon", "1e3"}) {
    SCOPED_TRACE(text);
    const auto parsed = parse_timespan(text);
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().message,
              "Invalid time span format. Valid formats: 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc.");
  }
}

TEST(Timespan, StopsAtAHundredYears) {
  for (const char* text : {"876583h", "3155695201s", "99999999999999999999999s",
                           "9223372036854775807h", "876582h60m"}) {
    SCOPED_TRACE(text);
    const auto parsed = parse_timespan(text);
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().message, "longer than 100 years");
  }
}

}  // namespace
}  // namespace swarm
