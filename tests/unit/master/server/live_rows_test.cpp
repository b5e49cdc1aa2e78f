#include "master/server/live_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "master/views/live_json.h"

namespace swarm::master {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// A run of so many endpoints, and a viewer of it.
class LiveRowsTest : public testing::Test {
 protected:
  static EndpointName name(std::size_t i) {
    return {.method = "GET", .name = "/" + std::to_string(100'000 + i)};
  }
  static std::uint64_t id(std::size_t i) { return endpoint_id(name(i)); }

  void add(std::size_t endpoints) {
    for (std::size_t i = 0; i < endpoints; ++i) {
      run.endpoints.push_back({name(run.endpoints.size()), {}, {}, {}});
    }
  }
  void request(std::size_t i) {
    ++run.endpoints[i].stats.requests;
    run.endpoints[i].stats.response_times.record(std::chrono::milliseconds{5});
  }
  void request_all() {
    for (std::size_t i = 0; i < run.endpoints.size(); ++i) request(i);
  }
  void show() { rows.show(std::make_shared<const Snapshot>(run), ++number); }
  // What a viewer takes that has not looked since the scene `seen`.
  ToldRows::News take() {
    auto news = told.news(rows, seen, number);
    seen = number;
    return news;
  }
  ToldRows::News shown() {
    show();
    return take();
  }

  Snapshot run;
  LiveRows rows;
  ToldRows told;
  std::uint64_t number = 0;
  std::uint64_t seen = 0;
};

TEST_F(LiveRowsTest, AreAllToldInFullToWhoNeverSaidWhichOnes) {
  add(3000);
  EXPECT_THAT(shown().rows, SizeIs(3000));
  request_all();
  const auto news = shown();
  EXPECT_THAT(news.rows, SizeIs(3000));
  EXPECT_THAT(news.counts, IsEmpty());
}

TEST_F(LiveRowsTest, OfFewAreToldInFullWhicheverAreInSight) {
  add(999);
  told.set_sight(std::set<std::uint64_t>{});
  shown();
  request_all();
  const auto news = shown();
  EXPECT_THAT(news.rows, SizeIs(999));
  EXPECT_THAT(news.counts, IsEmpty());
}

TEST_F(LiveRowsTest, InSightAreToldInFullAtOnceAndOthersByTheirCounts) {
  add(3000);
  told.set_sight(std::set{id(7), id(2000)});
  EXPECT_THAT(shown().rows, SizeIs(3000));  // they are unknown
  for (int scene = 0; scene < 10; ++scene) {
    request(7);
    request(8);
    const auto news = shown();
    EXPECT_EQ(news.rows.size() + news.counts.size(), 2u);
    ASSERT_FALSE(news.rows.empty());
    EXPECT_EQ(nlohmann::json::parse(news.rows[0])["id"], id(7));
  }
}

TEST_F(LiveRowsTest, OutOfSightAreToldInFullByTurnsWithinFewScenes) {
  add(3000);
  told.set_sight(std::set<std::uint64_t>{});
  shown();
  request_all();
  std::set<std::uint64_t> in_full;
  std::size_t counts = 0;
  for (std::uint64_t scene = 0; scene < LiveRows::kMostTurns; ++scene) {
    const auto news = shown();
    EXPECT_LE(news.rows.size(), 3000 / LiveRows::kMostTurns);
    for (const auto row : news.rows) {
      in_full.insert(nlohmann::json::parse(row)["id"].get<std::uint64_t>());
    }
    counts += news.counts.size();
  }
  EXPECT_THAT(in_full, SizeIs(3000));
  // Once each, but for those whose turn it was.
  EXPECT_EQ(counts, 3000 - 3000 / LiveRows::kMostTurns);
  EXPECT_THAT(shown().rows, IsEmpty());
}

// Whatever a viewer misses: in the end it knows all in full.
class LiveRowsMissedTest : public LiveRowsTest, public testing::WithParamInterface<std::size_t> {};

TEST_P(LiveRowsMissedTest, AreKnownInTheEnd) {
  const std::size_t missed = GetParam();
  add(2600);
  told.set_sight(std::set<std::uint64_t>{});
  shown();
  std::map<std::uint64_t, std::uint64_t> known;
  for (std::size_t look = 0; look < 12; ++look) {
    for (std::size_t i = 0; i <= missed; ++i) {
      if (look < 4) request(look * 600 + i);
      show();
    }
    for (const auto row : take().rows) {
      const auto object = nlohmann::json::parse(row);
      known[object["id"]] = object["requests"];
    }
  }
  for (std::size_t look = 0; look < 4; ++look) {
    for (std::size_t i = 0; i <= missed; ++i) EXPECT_EQ(known[id(look * 600 + i)], 1u);
  }
}

INSTANTIATE_TEST_SUITE_P(Scenes, LiveRowsMissedTest, testing::Values(0, 1, 2, 4, 5, 7));

TEST_F(LiveRowsTest, ThatComeIntoSightAreToldInFullIfTheyChanged) {
  add(3000);
  told.set_sight(std::set<std::uint64_t>{});
  shown();
  const std::size_t place = (number + 2) % LiveRows::kMostTurns;  // not of the next turn
  request(place);
  EXPECT_THAT(shown().rows, IsEmpty());
  told.set_sight(std::set{id(place), id(place + 1)});
  const auto news = told.in_sight(rows, number);
  ASSERT_THAT(news, SizeIs(1));
  EXPECT_EQ(nlohmann::json::parse(news[0])["requests"], 1);
  EXPECT_THAT(told.in_sight(rows, number), IsEmpty());
}

TEST_F(LiveRowsTest, ThatAreNewAreToldInFull) {
  add(3000);
  told.set_sight(std::set<std::uint64_t>{});
  shown();
  run.endpoints.insert(run.endpoints.begin(), EndpointRow{{"GET", "/0"}, {}, {}, {}});
  const auto news = shown();
  ASSERT_THAT(news.rows, SizeIs(1));
  EXPECT_EQ(nlohmann::json::parse(news.rows[0])["name"], "/0");
  EXPECT_THAT(news.counts, IsEmpty());
}

TEST_F(LiveRowsTest, AreForgottenWithTheirRun) {
  add(2);
  shown();
  rows.clear();
  told.forget();
  run.endpoints.pop_back();
  EXPECT_THAT(shown().rows, SizeIs(1));
}

TEST_F(LiveRowsTest, CountsSayWhatIsNeededForSums) {
  add(3000);
  told.set_sight(std::set<std::uint64_t>{});
  shown();
  EndpointRow& row = run.endpoints[(number + 2) % LiveRows::kMostTurns];
  row.stats.requests = 12;
  row.stats.failures = 3;
  row.current = {.requests_per_s = 1.25, .failures_per_s = 0.5};
  const auto news = shown();
  ASSERT_THAT(news.counts, SizeIs(1));
  EXPECT_THAT(nlohmann::json::parse(news.counts[0]),
              ElementsAre(endpoint_id(row.endpoint), 12, 3, 1.25, 0.5));
}

}  // namespace
}  // namespace swarm::master
