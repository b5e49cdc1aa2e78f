#include "master/views/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/folders.h"
#include "tests/support/golden.h"
#include "tests/support/measured_run.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using test::matches_golden;
using test::MeasuredRun;
using testing::HasSubstr;
using testing::StartsWith;

// The run started at 1,000,000 s after 1970.
const WallClock kClock{MeasuredRun::kStart, std::chrono::system_clock::time_point{1'000'000s}};

Duration nanoseconds(double ms) { return Duration{static_cast<std::int64_t>(ms * 1e6)}; }

// What tests/interop/test_csv.py gives to Locust's own code.
MeasuredRun recorded() {
  std::ifstream in(test::golden_folder() / "csv/samples.json");
  MeasuredRun run;
  for (const auto& sample : nlohmann::json::parse(in)) {
    const auto method = sample["method"].get<std::string>();
    const auto name = sample["name"].get<std::string>();
    const auto error = sample["error"].get<std::string>();
    run.add({.method = method,
             .name = name,
             .ended = nanoseconds(sample["ended_s"].get<double>() * 1000),
             .took = nanoseconds(sample["took_ms"].get<double>()),
             .error = error,
             .bytes = sample["bytes"].get<std::uint64_t>()});
  }
  run.exception("ValueError('no, \"not\" this')", "Traceback:\n  File \"x.py\"\n", "w1");
  run.exception("ValueError('no, \"not\" this')", "Traceback:\n  File \"x.py\"\n", "w2");
  return run;
}

// That Locust writes the same is shown by tests/interop/test_csv.py.
TEST(Csv, HasLocustsBytes) {
  const Snapshot run = recorded().snapshot(41s, {.users = {{"A", 3}, {"B", 4}}});
  EXPECT_TRUE(matches_golden("csv/requests.csv", requests_csv(run)));
  EXPECT_TRUE(matches_golden("csv/failures.csv", failures_csv(run, kClock)));
  EXPECT_TRUE(matches_golden("csv/exceptions.csv", exceptions_csv(run)));
  HistoryCsv history(false);
  EXPECT_TRUE(matches_golden("csv/history.csv", HistoryCsv::header() + history.rows(run, kClock)));
}

TEST(Csv, OfNothingHasTheTotalAlone) {
  const std::string text = requests_csv(MeasuredRun().snapshot(1s));
  EXPECT_THAT(text, HasSubstr("\r\n,Aggregated,0,0,0,0.0,0,0,0,0.0,0.0,N/A,N/A"));
}

TEST(Csv, LeavesOutWhatHadNoRequest) {
  MeasuredRun run;
  run.interrupt("GET", "/never");
  EXPECT_THAT(requests_csv(run.snapshot(1s)), testing::Not(HasSubstr("/never")));
}

TEST(HistoryCsv, FullHasPercentilesOfTheLastTenSeconds) {
  MeasuredRun run;
  HistoryCsv history(true);
  for (int second = 1; second <= 14; ++second) {
    run.add({.ended = second * 1s, .took = second < 3 ? 500ms : 10ms}, "w1", 10);
    const std::string rows = history.rows(run.snapshot(second * 1s), kClock);
    const std::string percentiles = second < 3    ? ",500,500,500,500,500,500,500,500,500,500,500,"
                                    : second > 11 ? ",10,10,10,10,10,10,10,10,10,10,10,"
                                                  : ",500,";
    EXPECT_THAT(rows, StartsWith(std::to_string(1'000'000 + second) + ",0,GET,/,"));
    EXPECT_THAT(rows, HasSubstr(percentiles)) << second;
    EXPECT_THAT(rows, HasSubstr(",0,,Aggregated,"));
  }
}

TEST(HistoryCsv, ForgetsTheRunBefore) {
  HistoryCsv history(true);
  MeasuredRun first;
  first.add({.took = 500ms}, "w1", 10);
  Snapshot snapshot = first.snapshot(1s);
  for (int i = 0; i < 12; ++i) history.rows(snapshot, kClock);
  snapshot.started += 1min;
  EXPECT_THAT(history.rows(snapshot, kClock), HasSubstr(",500,"));
}

}  // namespace
}  // namespace swarm::master
