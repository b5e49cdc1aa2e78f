#include "master/views/history_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr TimePoint kStart{5h};
const WallClock kClock{kStart, std::chrono::system_clock::time_point{1'000'000s}};

// Ten requests in second 0 and twenty in second 2, one of them failed.
History recorded() {
  History history;
  history.begin(1, "a.py", kStart);
  Delta delta;
  EndpointStats& stats = delta.endpoints[{"GET", "/"}];
  stats.requests = 30;
  stats.failures = 1;
  stats.seconds.add(0, {.requests = 10});
  stats.seconds.add(2, {.requests = 20, .failures = 1});
  for (int i = 0; i < 30; ++i) stats.response_times.record(i < 15 ? 10ms : 40ms);
  stats.first = 0s;
  stats.last = 2500ms;
  history.add(delta.endpoints, kStart + 3s);
  history.add_users(4, kStart + 500ms);
  return history;
}

TEST(HistoryJson, HasAPointForEachSlot) {
  History history = recorded();
  const json points = json::parse(points_json(history.runs()[0]->total, 2500ms));
  ASSERT_EQ(points.size(), 3u);
  EXPECT_EQ(points[0]["t_s"], 1.0);
  EXPECT_EQ(points[0]["w_s"], 1.0);
  EXPECT_EQ(points[0]["rps"], 10.0);
  EXPECT_EQ(points[0]["users"], 4);
  EXPECT_EQ(points[1]["rps"], 0.0);
  EXPECT_EQ(points[1]["users"], 4);
  EXPECT_TRUE(points[1]["p50"].is_null());
  // Half of this second is over.
  EXPECT_EQ(points[2]["t_s"], 2.5);
  EXPECT_EQ(points[2]["w_s"], 0.5);
  EXPECT_EQ(points[2]["rps"], 40.0);
  EXPECT_EQ(points[2]["fps"], 2.0);
  EXPECT_NEAR(points[2]["p99"].get<double>(), 40, 0.4);
  EXPECT_EQ(json::parse(points_json(history.runs()[0]->total, 2s)).size(), 2u);
  EXPECT_EQ(json::parse(points_json(history.runs()[0]->total, 3s, 2)).size(), 1u);
  EXPECT_EQ(json::parse(points_json(history.runs()[0]->total, 0s)).size(), 0u);
}

// With workers the first word of users comes with their first reports.
TEST(HistoryJson, DoesNotKnowUsersOnTheirWayFromZero) {
  History history = recorded();
  history.begin(2, "run", kStart);
  history.add_users(0, kStart);
  history.add_users(60, kStart + 3s);
  history.add_users(60, kStart + 5s);
  const json points = json::parse(points_json(history.runs()[0]->total, 6s));
  ASSERT_EQ(points.size(), 6u);
  EXPECT_EQ(points[0]["users"], 0);
  EXPECT_TRUE(points[1]["users"].is_null());
  EXPECT_TRUE(points[2]["users"].is_null());
  EXPECT_EQ(points[3]["users"], 60);
  EXPECT_EQ(points[4]["users"], 60);
}

TEST(HistoryJson, EndsWithTheLastRequestOfARunThatIsOver) {
  const auto points = [](Duration length) {
    History history = recorded();
    history.add_users(0, kStart + length - 1s);
    history.end(kStart + length, {});
    const RecordedRun& run = *history.runs()[0];
    return json::parse(history_json(run, run.total, length, kClock))["points"].size();
  };
  EXPECT_EQ(points(5s), 3u);
  // So long nobody takes to end a run: the target was silent.
  EXPECT_EQ(points(9s), 9u);
}

TEST(HistoryJson, TellsWhatHappenedAndWhen) {
  History history = recorded();
  history.mark("w2 missing", kStart + 1500ms);
  const RecordedRun& run = *history.runs()[0];
  EXPECT_EQ(json::parse(history_json(run, run.total, 3s, kClock))["marks"],
            json::parse(R"([{"at_s": 1.5, "text": "w2 missing"}])"));
}

TEST(HistoryJson, ListsEndpoints) {
  const auto name = [](const EndpointRow& row) { return json(row.endpoint.name).dump(); };
  EXPECT_EQ(endpoints_json({}, name), "[]");
  std::array<EndpointRow, 2> rows;
  rows[0].endpoint.name = "/a";
  rows[1].endpoint.name = "/b";
  EXPECT_EQ(endpoints_json(rows, name), R"(["/a","/b"])");
}

// One request a second, each takes ten milliseconds more than the one before it.
TEST(HistoryJson, TellsWhatIsRecentOverTenSeconds) {
  History history;
  history.begin(1, "a.py", kStart);
  for (int i = 0; i < 30; ++i) {
    Delta delta;
    EndpointStats& stats = delta.endpoints[{"GET", "/"}];
    stats.requests = 1;
    stats.seconds.add(i, {.requests = 1});
    stats.response_times.record((i + 1) * 10ms);
    stats.first = stats.last = std::chrono::seconds{i};
    history.add(delta.endpoints, kStart + std::chrono::seconds{i});
  }
  const Timeline& total = history.runs()[0]->total;
  EndpointRow whole;
  whole.stats.response_times.record(10ms);
  whole.stats.response_times.record(295ms);
  const json recent = json::parse(recent_json(total, 30s, whole));
  EXPECT_EQ(recent["w_s"], 10);
  EXPECT_NEAR(recent["p50"].get<double>(), 260, 1.1);
  EXPECT_EQ(recent["p99"], 295.0) << "never more than the most of the run";
  const json young = json::parse(recent_json(total, 4s, whole));
  EXPECT_EQ(young["w_s"], 4);
  EXPECT_NEAR(young["p99"].get<double>(), 40, 0.2);
  EXPECT_EQ(recent_json(total, 0s, whole), "null");
}

TEST(HistoryJson, HasAHeatMapOfAllResponseTimes) {
  History history = recorded();
  const RecordedRun& run = *history.runs()[0];
  for (const Timeline* timeline : {&run.total, history.endpoint({"GET", "/"})}) {
    const json all = json::parse(history_json(run, *timeline, 3s, kClock));
    EXPECT_EQ(all["run"], 1);
    EXPECT_EQ(all["started"], "1970-01-12T13:46:40Z");
    const json heat = all["heat"];
    EXPECT_EQ(heat["t_s"], json({1.0, 2.0, 3.0}));
    ASSERT_EQ(heat["counts"].size(), 3u);
    const auto bounds = heat["bounds_ms"].get<std::vector<double>>();
    EXPECT_TRUE(std::ranges::is_sorted(bounds));
    EXPECT_LE(bounds.front(), 10);
    EXPECT_GE(bounds.back(), 40);
    std::uint64_t sum = 0;
    for (const auto& row : heat["counts"]) {
      ASSERT_EQ(row.size() + 1, bounds.size());
      for (const auto& count : row) sum += count.get<std::uint64_t>();
    }
    EXPECT_EQ(sum, 30u);
  }
}

TEST(HistoryJson, HasNoHeatMapOfASummary) {
  History history = recorded();
  Timeline summary = *history.endpoint({"GET", "/"});
  summary.summarize();
  const json all = json::parse(history_json(*history.runs()[0], summary, 3s, kClock));
  EXPECT_TRUE(all["heat"]["bounds_ms"].empty());
  EXPECT_NEAR(all["points"][2]["p99"].get<double>(), 40, 1.3);
}

TEST(HistoryJson, ListsTheRunsTheNewestFirst) {
  History history = recorded();
  EndpointRow totals;
  totals.endpoint.name = "Aggregated";
  history.end(kStart + 5s, totals);
  history.begin(2, "b.py", kStart + 10s);
  const auto runs = history.runs();
  const json list = json::parse(runs_json(runs, kClock, [](const EndpointRow& row) {
    return "{\"name\":\"" + row.endpoint.name + "\"}";
  }));
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0]["run"], 2);
  EXPECT_TRUE(list[0]["ended"].is_null());
  EXPECT_EQ(list[1]["label"], "a.py");
  EXPECT_EQ(list[1]["ended"], "1970-01-12T13:46:45Z");
  EXPECT_EQ(list[1]["users_peak"], 4);
  EXPECT_EQ(list[1]["requests"], 30);
  EXPECT_EQ(list[1]["failures"], 1);
  EXPECT_EQ(list[1]["total"]["name"], "Aggregated");
}

// Reports of the second that is not over may have come: its rate is not known.
TEST(HistoryJson, LeavesOutTheSecondThatIsNotOverWhileTheRunGoesOn) {
  History history;
  history.begin(1, "run", kClock.instant);
  Delta delta;
  EndpointStats& stats = delta.endpoints[{"GET", "/"}];
  stats.requests = 8;
  stats.seconds.add(0, {.requests = 4});
  stats.seconds.add(1, {.requests = 4});
  for (int i = 0; i < 8; ++i) stats.response_times.record(1ms);
  history.add(delta.endpoints, kClock.instant + 2s);
  const auto points = [&] {
    const RecordedRun& run = *history.runs()[0];
    return json::parse(history_json(run, run.total, 1250ms, kClock))["points"];
  };
  ASSERT_EQ(points().size(), 1u);
  EXPECT_EQ(points()[0]["rps"], 4);
  history.end(kClock.instant + 1250ms, {});
  EXPECT_EQ(points().size(), 2u);
}

}  // namespace
}  // namespace swarm::master
