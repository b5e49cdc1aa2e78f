#include "master/views/openmetrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/golden.h"
#include "tests/support/measured_run.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using test::matches_golden;
using test::MeasuredRun;
using testing::EndsWith;
using testing::HasSubstr;

const WallClock kClock{MeasuredRun::kStart, std::chrono::system_clock::time_point{1'000'000s}};

Snapshot measured() {
  MeasuredRun run;
  run.add({.name = "/", .ended = 2s, .took = 4ms}, "w1", 5);
  run.add({.name = "/", .ended = 3s, .took = 70s, .error = "timed out"}, "w2");
  run.add({.method = "POST", .name = "a\\b \"c\"\nd \xff", .ended = 4s, .late = 3ms}, "w1");
  run.interrupt("GET", "/");
  run.exception("oops", "Traceback");
  run.generator_error("no descriptors");
  run.fare(MeasuredRun::healthy(), "w1");
  return run.snapshot(5s, {.state = proto::RunState::Running, .users = {{"A", 3}, {"B", 4}}});
}

// What these files hold is checked by tests/arch/test_metrics.py, with promtool.
TEST(Metrics, AreWrittenInBothFormats) {
  EXPECT_TRUE(matches_golden("metrics/openmetrics.txt",
                             metrics(measured(), kClock, Exposition::OpenMetrics)));
  EXPECT_TRUE(matches_golden("metrics/text.txt", metrics(measured(), kClock, Exposition::Text)));
}

TEST(Metrics, OpenMetricsHasItsEnd) {
  EXPECT_THAT(metrics(Snapshot(), kClock, Exposition::OpenMetrics), EndsWith("\n# EOF\n"));
}

TEST(Metrics, CountWhatIsAtMostABound) {
  const std::string text = metrics(measured(), kClock, Exposition::Text);
  const std::string front = "swarm_response_time_seconds_bucket{method=\"GET\",name=\"/\",le=";
  EXPECT_THAT(text, HasSubstr(front + "\"0.0025\"} 0\n"));
  EXPECT_THAT(text, HasSubstr(front + "\"0.005\"} 5\n"));
  EXPECT_THAT(text, HasSubstr(front + "\"60.0\"} 5\n"));
  EXPECT_THAT(text, HasSubstr(front + "\"+Inf\"} 6\n"));
}

}  // namespace
}  // namespace swarm::master
