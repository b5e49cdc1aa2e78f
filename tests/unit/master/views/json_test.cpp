#include "master/views/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/golden.h"
#include "tests/support/measured_run.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::matches_golden;
using test::MeasuredRun;

// The run started at 1,000,000.5 s after 1970.
const WallClock kClock{MeasuredRun::kStart + 60s,
                       std::chrono::system_clock::time_point{1'000'060'500ms}};

TEST(StatsJson, HasLocustsFields) {
  MeasuredRun run;
  run.add({.name = "/", .ended = 1250ms, .took = 12'600us});
  run.add({.name = "/", .ended = 3s, .took = 20ms, .bytes = 100});
  run.add({.method = "POST", .name = "/", .ended = 2s, .took = 1234'500us, .error = "refused"});
  run.add({.method = "", .name = "caf\u00e9", .ended = 2s, .has_response_time = false});
  run.interrupt("GET", "/interrupted");
  EXPECT_TRUE(matches_golden("json/stats.json", stats_json(run.snapshot(60s), kClock) + "\n"));
}

TEST(StatsJson, OfNothingIsAnEmptyList) { EXPECT_EQ(stats_json(Snapshot(), kClock), "[]"); }

TEST(StatsJson, RoundsTimesAsLocustDoes) {
  const auto key = [](Duration took) {
    MeasuredRun run;
    run.add({.took = took}, "w1", 3);
    return json::parse(stats_json(run.snapshot(2s), kClock))[0]["response_times"]
        .items()
        .begin()
        .key();
  };
  EXPECT_EQ(key(500us), "0");
  EXPECT_EQ(key(2'500us), "2");
  EXPECT_EQ(key(99'500us), "100");
  EXPECT_EQ(key(145ms), "140");
  EXPECT_EQ(key(155ms), "160");
  EXPECT_EQ(key(1050ms), "1000");
  EXPECT_EQ(key(1150ms), "1200");
  EXPECT_EQ(key(11'500ms), "12000");
}

TEST(StatsJson, SurvivesNamesThatAreNoText) {
  MeasuredRun run;
  run.add({.name = "/\xff"});
  EXPECT_EQ(json::parse(stats_json(run.snapshot(2s), kClock))[0]["name"], "/\ufffd");
}

TEST(WallClock, MovesInstantsToTheCalendar) {
  EXPECT_DOUBLE_EQ(kClock.epoch_seconds(MeasuredRun::kStart), 1'000'000.5);
  EXPECT_DOUBLE_EQ(kClock.epoch_seconds(MeasuredRun::kStart + 70s), 1'000'070.5);
}

TEST(RunJson, TellsEverythingOfARunToItsScenario) {
  MeasuredRun run;
  run.add({.name = "/", .ended = 1s, .took = 10ms});
  run.add({.name = "/", .ended = 2s, .took = 30ms, .error = "refused"});
  const json all = json::parse(run_json(run.snapshot(60s), kClock));
  EXPECT_EQ(all["start_time"], 1'000'000.5);
  EXPECT_EQ(all["entries"][0]["name"], "/");
  EXPECT_EQ(all["total"]["num_requests"], 2);
  EXPECT_EQ(all["interrupted"], 0);
  EXPECT_EQ(all["errors"][0]["error"], "refused");
  EXPECT_EQ(all["errors"][0]["last_seen"], 1'000'002.5);
  const json percentiles = all["total"]["percentiles"];
  ASSERT_EQ(percentiles.size(), 203u);
  EXPECT_NEAR(percentiles[0].get<double>(), 10, 0.1);
  EXPECT_NEAR(percentiles[200].get<double>(), 30, 0.1);
}

TEST(RunJson, TellsOfEachWorkerAndOfThoseThatWereLost) {
  MeasuredRun run;
  run.add({.ended = 4s, .late = 3ms}, "w1", 8);
  run.fare({.wall = 1s, .loop_busy = 500ms, .longest_turn = 7ms, .bytes_memory = 1'000}, "w1");
  const std::vector<proto::ClassCount> users{{"A", 5}};
  run.aggregator().add_users("w1", users);
  run.aggregator().add_users("w1", {});
  run.add({.ended = 4s}, "w2");
  run.aggregator().set_lost_intervals("w2", 3);
  run.aggregator().add(LostRow{.worker = "w2", .since = 2s, .at_least = 4, .at_most = 9});
  const json all = json::parse(run_json(run.snapshot(60s), kClock));
  ASSERT_EQ(all["workers"].size(), 2u);
  const json first = all["workers"][0];
  EXPECT_EQ(first["id"], "w1");
  EXPECT_EQ(first["requests"], 8);
  EXPECT_EQ(first["requests_per_s"], 2.0);
  EXPECT_EQ(first["users"], 0);
  EXPECT_EQ(first["peak_users"], 5);
  EXPECT_NEAR(first["send_lag_p99"].get<double>(), 3, 0.01);
  EXPECT_EQ(first["loop_busy"], 0.5);
  EXPECT_EQ(first["loop_lag"], 7.0);
  EXPECT_EQ(first["memory"], 1'000);
  EXPECT_TRUE(all["workers"][1]["send_lag_p99"].is_null());
  EXPECT_EQ(all["workers"][1]["lost_intervals"], 3);
  EXPECT_EQ(all["lost"], json::parse(R"([{"worker": "w2", "since": 1000002.5, "at_least": 4,
                                          "at_most": 9}])"));
}

}  // namespace
}  // namespace swarm::master
