#include "master/aggregate/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kStart{5h};

EndpointStats stats_at(std::int64_t second, std::uint32_t requests, int spread_ms = 1) {
  EndpointStats stats;
  stats.requests = requests;
  stats.seconds.add(second, {.requests = requests});
  for (std::uint32_t i = 0; i < requests; ++i) {
    stats.response_times.record(1ms * (1 + static_cast<int>(i) % spread_ms));
  }
  stats.first = second * 1s;
  stats.last = second * 1s + 1ms;
  return stats;
}

using Endpoints = std::map<EndpointName, EndpointStats>;

Endpoints measured_at(const std::string& name, std::int64_t second, std::uint32_t requests) {
  return {{{"GET", name}, stats_at(second, requests)}};
}

std::uint64_t sum_of(const Timeline& timeline) {
  std::uint64_t sum = 0;
  for (const auto& slot : timeline.slots()) sum += slot.requests;
  return sum;
}

TEST(History, HasATimelineOfTheTotalAndOfEachEndpoint) {
  History history;
  history.begin(7, "first", kStart);
  history.add(measured_at("/a", 3, 5), kStart + 4s);
  history.add(measured_at("/b", 3, 2), kStart + 4s);
  history.add_users(9, kStart + 3s);
  ASSERT_THAT(history.runs(), SizeIs(1));
  EXPECT_EQ(history.runs()[0]->number, 1u);
  EXPECT_EQ(history.runs()[0]->total.slots()[3].requests, 7u);
  EXPECT_EQ(history.runs()[0]->total.users(3), 9u);
  ASSERT_NE(history.endpoint({"GET", "/b"}), nullptr);
  EXPECT_EQ(history.endpoint({"GET", "/b"})->slots()[3].requests, 2u);
  EXPECT_EQ(history.endpoint({"POST", "/b"}), nullptr);
}

TEST(History, IgnoresWhatComesBeforeTheFirstRun) {
  History history;
  history.add(measured_at("/", 0, 1), kStart);
  history.add_users(1, kStart);
  history.end(kStart, {});
  EXPECT_THAT(history.runs(), IsEmpty());
}

TEST(History, KeepsTheTotalsOfTheLastTenRuns) {
  History history;
  for (std::uint64_t key = 100; key < 112; ++key) {
    history.begin(key, "run", kStart);
    history.add(measured_at("/", 1, static_cast<std::uint32_t>(key)), kStart + 1s);
    EndpointRow totals;
    totals.stats = stats_at(1, 1);
    history.end(kStart + 2s, std::move(totals));
  }
  ASSERT_THAT(history.runs(), SizeIs(History::kMostRuns));
  EXPECT_EQ(history.runs()[0]->number, 12u);
  EXPECT_EQ(history.runs()[9]->number, 3u);
  EXPECT_EQ(history.run(3)->total.requests(), 102u);
  EXPECT_EQ(history.run(3)->ended, kStart + 2s);
  EXPECT_TRUE(history.run(3)->totals.has_value());
  EXPECT_EQ(history.run(2), nullptr);
  // Endpoints are those of the last run.
  EXPECT_EQ(history.endpoint({"GET", "/"})->requests(), 111u);
}

TEST(History, MarksWhatHappensInARunWhileItGoesOn) {
  History history;
  history.mark("before", kStart);
  history.begin(1, "run", kStart);
  for (std::size_t i = 0; i <= History::kMostMarks; ++i) history.mark("users", kStart + 3s);
  ASSERT_THAT(history.run(1)->marks, SizeIs(History::kMostMarks));
  EXPECT_EQ(history.run(1)->marks[0].at, 3s);
  history.begin(2, "run", kStart + 5s);
  history.end(kStart + 6s, {});
  history.mark("w1 lost", kStart + 7s);
  EXPECT_THAT(history.run(2)->marks, IsEmpty());
}

TEST(History, ARunWhoseStatisticsStartAgainIsTheSameRun) {
  History history;
  history.begin(1, "run", kStart);
  history.add(measured_at("/", 1, 5), kStart + 1s);
  history.begin(1, "run", kStart + 10s);
  history.add(measured_at("/", 1, 3), kStart + 11s);
  ASSERT_THAT(history.runs(), SizeIs(1));
  EXPECT_EQ(history.runs()[0]->number, 1u);
  EXPECT_EQ(history.runs()[0]->total.requests(), 3u);
}

TEST(History, AddsUpWhatManyWorkersReported) {
  History history;
  history.begin(1, "run", kStart);
  for (int worker = 0; worker < 100; ++worker) {
    history.add(measured_at("/" + std::to_string(worker % 10), worker % 3, 7), kStart + 3s);
  }
  EXPECT_EQ(history.endpoint({"GET", "/4"})->requests(), 70u);
  EXPECT_EQ(sum_of(history.runs()[0]->total), 700u);
  history.add(measured_at("/4", 2, 1), kStart + 3s);
  EXPECT_EQ(history.run(1)->total.requests(), 701u);
  EXPECT_EQ(history.run(1)->total.slots()[2].requests, 33u * 7 + 1);
}

TEST(History, KeepsARunWhenTheNextOneBegins) {
  History history;
  history.begin(1, "run", kStart);
  history.add(measured_at("/", 0, 7), kStart + 1s);
  history.add(measured_at("/", 0, 7), kStart + 1s);
  history.begin(2, "run", kStart + 2s);
  ASSERT_THAT(history.runs(), SizeIs(2));
  EXPECT_EQ(history.runs()[1]->total.requests(), 14u);
  EXPECT_EQ(history.runs()[0]->total.requests(), 0u);
}

TEST(History, ForgetsARunThatMeasuredNothing) {
  History history;
  history.begin(1, "run", kStart);
  history.begin(2, "run", kStart + 1s);
  ASSERT_THAT(history.runs(), SizeIs(1));
  EXPECT_EQ(history.runs()[0]->number, 2u);
}

// A day of 2,000 endpoints, in deltas of four minutes each.
TEST(History, IsBoundedOverADayOfTwoThousandEndpoints) {
  constexpr std::size_t kEndpoints = 2000;
  // What an outline takes: all slots, each with its counts and its summary (of 16 bits a value).
  constexpr std::size_t kOutline =
      Timeline::kMostSlots * (sizeof(Timeline::Slot) + 2 * Timeline::kSummary.size());
  // All outlines, and a fifth more for the busiest; in full all would take some five times as much.
  constexpr std::size_t kBound = kEndpoints * kOutline * 6 / 5;
  History history(kBound);
  history.begin(1, "day", kStart);
  Endpoints endpoints;
  std::uint64_t expected = 0;
  const auto name = [](int i) { return EndpointName{"GET", "/page/" + std::to_string(i)}; };
  for (int i = 0; i < static_cast<int>(kEndpoints); ++i) {
    endpoints[name(i)] = stats_at(0, 8 + static_cast<std::uint32_t>(i % 32), 40);
  }
  for (std::int64_t second = 0; second < 86'400; second += 240) {
    for (auto& [endpoint, stats] : endpoints) {
      stats.seconds.clear();
      stats.seconds.add(second, {.requests = static_cast<std::uint32_t>(stats.requests)});
      stats.first = stats.last = second * 1s;
      expected += stats.requests;
    }
    history.add(endpoints, kStart + (second + 1) * 1s);
    ASSERT_LE(history.bytes(), kBound);
  }
  const Timeline& total = history.runs()[0]->total;
  EXPECT_EQ(total.requests(), expected);
  EXPECT_EQ(sum_of(total), expected);
  EXPECT_LE(total.slots().size(), Timeline::kMostSlots);
  // The busiest are there in full, the others in outline.
  ASSERT_NE(history.endpoint(name(31)), nullptr);
  EXPECT_FALSE(history.endpoint(name(31))->summarized());
  ASSERT_NE(history.endpoint(name(0)), nullptr);
  EXPECT_TRUE(history.endpoint(name(0))->summarized());
  EXPECT_EQ(sum_of(*history.endpoint(name(0))), 8u * 360);
}

TEST(History, GivesUpTimelinesWhenNotEvenSummariesFit) {
  constexpr std::size_t kBound = std::size_t{1} << 20;
  History history(kBound);
  history.begin(1, "wide", kStart);
  for (int i = 0; i < 3000; ++i) {
    const auto requests = static_cast<std::uint32_t>(i == 0 ? 1000 : 1);
    history.add(measured_at("/" + std::to_string(i), i % 500, requests), kStart + 600s);
  }
  EXPECT_LE(history.bytes(), kBound);
  EXPECT_EQ(history.runs()[0]->total.requests(), 3999u);
  ASSERT_NE(history.endpoint({"GET", "/0"}), nullptr);
}

}  // namespace
}  // namespace swarm::master
