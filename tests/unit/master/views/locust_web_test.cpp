#include "master/views/locust_web.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "tests/support/measured_run.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::MeasuredRun;

const WallClock kClock{MeasuredRun::kStart, std::chrono::system_clock::time_point{1'000'000s}};

MeasuredRun measured() {
  MeasuredRun run;
  run.add({.name = "/", .ended = 2s, .took = 12'600us}, "w1", 3);
  run.add({.name = "/", .ended = 4s, .took = 500ms, .error = "refused"}, "w1");
  return run;
}

TEST(LocustWeb, StatsHaveTheKeysOfTodayAndOfBefore) {
  const json all = json::parse(locust_stats_json(
      measured().snapshot(4s, {.state = proto::RunState::Running, .users = {{"A", 2}}}), nullptr,
      kClock, std::nullopt));
  ASSERT_EQ(all["stats"].size(), 2u);
  const json entry = all["stats"][0];
  EXPECT_EQ(entry["num_requests"], 4);
  EXPECT_EQ(entry["num_failures"], 1);
  EXPECT_EQ(entry["min_response_time"], 13);
  EXPECT_EQ(entry["max_response_time"], 500);
  EXPECT_EQ(entry["median_response_time"], 13.0);
  EXPECT_EQ(entry["ninetieth_response_time"], 500);
  EXPECT_EQ(entry["response_time_percentile_0.95"], 500);
  EXPECT_EQ(all["stats"][1]["name"], "Aggregated");
  EXPECT_EQ(all["stats"][1]["safe_name"], "Aggregated");
  EXPECT_EQ(all["total_rps"], 1.0);  // 4 in 4 s, not the current rate
  EXPECT_EQ(all["fail_ratio"], 0.25);
  EXPECT_EQ(all["errors"][0]["occurrences"], 1);
  EXPECT_EQ(all["errors"][0]["last_seen"], 1'000'004.0);
  EXPECT_EQ(all["state"], "running");
  EXPECT_EQ(all["user_count"], 2);
  EXPECT_FALSE(all.contains("workers"));
  EXPECT_TRUE(all["current_response_time_percentile_50"].is_null());
}

TEST(LocustWeb, StatsHaveWorkersOfAMasterTwice) {
  const std::array<WorkerNow, 2> workers{
      {{.id = "a", .state = "running", .users = 2}, {.id = "b", .state = "missing"}}};
  const json all =
      json::parse(locust_stats_json(measured().snapshot(4s), nullptr, kClock, workers));
  EXPECT_EQ(all["workers"], all["slaves"]);
  EXPECT_EQ(all["workers"][0]["user_count"], 2);
  EXPECT_EQ(all["worker_count"], 1);
}

TEST(LocustWeb, CurrentPercentilesAreOfTheLastTenSeconds) {
  Portions portions;
  Timeline total(0);
  for (int second = 0; second < 30; ++second) {
    EndpointStats stats;
    stats.requests = 1;
    stats.seconds.add(second, {.requests = 1});
    stats.response_times.record(second < 20 ? 900ms : 20ms);
    total.add(stats, 100, portions);
  }
  const json all =
      json::parse(locust_stats_json(measured().snapshot(4s), &total, kClock, std::nullopt));
  EXPECT_EQ(all["current_response_time_percentiles"]["response_time_percentile_0.95"], 20);
}

TEST(LocustWeb, TasksAreWeightedByTheUsersThatAreAlive) {
  const std::array<UserClass, 2> classes{
      {{.name = "A", .weight = 1, .tasks = {{.name = "t"}}}, {.name = "B", .weight = 9}}};
  Snapshot run;
  EXPECT_EQ(json::parse(locust_tasks_json(run, classes))["total"]["B"]["ratio"], 0.9);
  run.status.users = {{"A", 3}, {"B", 1}};
  const json tasks = json::parse(locust_tasks_json(run, classes));
  EXPECT_EQ(tasks["total"]["A"]["ratio"], 0.75);
  EXPECT_EQ(tasks["total"]["A"]["tasks"]["t"]["ratio"], 0.75);
  EXPECT_EQ(tasks["per_class"]["A"]["tasks"]["t"]["ratio"], 1);
}

TEST(LocustWeb, ExceptionsNameTheirNodes) {
  MeasuredRun run;
  run.exception("oops", "Traceback", "w1");
  run.exception("oops", "Traceback", "w2");
  const json all = json::parse(locust_exceptions_json(run.snapshot(1s)));
  EXPECT_EQ(all, json::parse(R"({"exceptions": [{"count": 2, "msg": "oops",
                                 "traceback": "Traceback", "nodes": "w1, w2"}]})"));
}

}  // namespace
}  // namespace swarm::master
