#include "master/server/live_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/recorded_feed.h"

namespace swarm::master {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class LiveHubTest : public testing::Test {
 protected:
  // One more request of the endpoint.
  void request(const std::string& name) {
    auto& rows = run.snapshot.endpoints;
    auto found =
        std::ranges::find_if(rows, [&](const auto& row) { return row.endpoint.name == name; });
    if (found == rows.end())
      found = rows.insert(rows.end(), EndpointRow{{"GET", name}, {}, {}, {}});
    ++found->stats.requests;
    found->stats.response_times.record(std::chrono::milliseconds{5});
  }
  void show() { hub.show(run.scene()); }
  // The frame of this kind that the viewer takes; null: none.
  static nlohmann::json taken(LiveViewer& viewer, const std::string& kind) {
    nlohmann::json last;
    for (const std::string& frame : viewer.take()) {
      auto object = nlohmann::json::parse(frame);
      if (object["kind"] == kind) last = std::move(object);
    }
    return last;
  }

  test::RecordedFeed run;
  LiveHub hub;
  int woken = 0;
  LiveViewer viewer{hub, [this] { ++woken; }};
};

TEST_F(LiveHubTest, HasNothingBeforeTheFirstScene) { EXPECT_THAT(viewer.take(), IsEmpty()); }

TEST_F(LiveHubTest, GreetsAndShowsAll) {
  request("/a");
  show();
  EXPECT_EQ(woken, 1);
  const auto frames = viewer.take();
  ASSERT_THAT(frames, SizeIs(2));
  EXPECT_EQ(nlohmann::json::parse(frames[0])["kind"], "hello");
  const auto stats = nlohmann::json::parse(frames[1]);
  EXPECT_EQ(stats["full"], true);
  EXPECT_EQ(stats["rows"].size(), 1u);
  EXPECT_EQ(stats["rows"][0]["id"], endpoint_id({"GET", "/a"}));
  EXPECT_EQ(stats["rows"][0]["p"].size(), row_quantiles().size());
  EXPECT_THAT(viewer.take(), IsEmpty());
}

TEST_F(LiveHubTest, ShowsOnlyRowsThatChangedSince) {
  request("/a");
  request("/b");
  show();
  taken(viewer, "stats");
  request("/b");
  show();
  const auto stats = taken(viewer, "stats");
  EXPECT_EQ(stats["full"], false);
  ASSERT_EQ(stats["rows"].size(), 1u);
  EXPECT_EQ(stats["rows"][0]["name"], "/b");
}

TEST_F(LiveHubTest, LosesNothingForWhoMissedScenes) {
  request("/a");
  request("/b");
  request("/c");
  show();
  taken(viewer, "stats");
  request("/a");
  show();
  request("/b");
  show();
  show();
  EXPECT_EQ(taken(viewer, "stats")["rows"].size(), 2u);
}

TEST_F(LiveHubTest, ShowsAllAnewInAnotherRun) {
  request("/a");
  show();
  taken(viewer, "stats");
  run.run = 1;
  run.snapshot = {};
  request("/b");
  show();
  const auto stats = taken(viewer, "stats");
  EXPECT_EQ(stats["full"], true);
  ASSERT_EQ(stats["rows"].size(), 1u);
  EXPECT_EQ(stats["rows"][0]["name"], "/b");
}

TEST_F(LiveHubTest, ShowsWhatIsWishedForWhenItChanged) {
  show();
  EXPECT_TRUE(taken(viewer, "errors").is_null());
  viewer.hear(R"({"show": ["errors", "nonsense", 5]})");
  EXPECT_EQ(taken(viewer, "errors")["errors"].size(), 0u);
  show();
  EXPECT_TRUE(taken(viewer, "errors").is_null());
  run.snapshot.errors.push_back({{{"GET", "/a"}, "broken"}, {.occurrences = 3}});
  show();
  EXPECT_EQ(taken(viewer, "errors")["errors"][0]["count"], 3);
}

// A page that asks between two scenes is shown what is known, not what was known when it last
// asked.
TEST_F(LiveHubTest, RendersWhatIsWishedForOnceItIs) {
  show();
  run.offer.distributed = true;
  show();
  viewer.hear(R"({"show": ["logs"]})");
  EXPECT_EQ(taken(viewer, "logs")["kind"], "logs");
  viewer.hear(R"({"show": []})");
  show();
  EXPECT_TRUE(taken(viewer, "logs").is_null());
  viewer.hear(R"({"show": ["workers"]})");
  EXPECT_EQ(taken(viewer, "workers")["kind"], "workers");
}

// Of runs as large as this, rows out of sight are told by their counts.
TEST_F(LiveHubTest, TellsInFullWhatIsInSight) {
  for (int i = 0; i < 1000; ++i) request("/" + std::to_string(i));
  show();
  EXPECT_EQ(taken(viewer, "stats")["rows"].size(), 1000u);
  const auto id = endpoint_id({"GET", "/5"});
  viewer.hear(nlohmann::json{{"rows", {id, "nonsense", -1}}}.dump());
  EXPECT_THAT(viewer.take(), IsEmpty());  // it knows them
  for (int i = 0; i < 1000; ++i) request("/" + std::to_string(i));
  show();
  const auto stats = taken(viewer, "stats");
  EXPECT_LE(stats["rows"].size(), 501u);
  EXPECT_EQ(stats["rows"].size() + stats["counts"].size(), 1000u);
  EXPECT_TRUE(
      std::ranges::any_of(stats["rows"], [id](const auto& row) { return row["id"] == id; }));

  const auto other = stats["counts"][0][0].get<std::uint64_t>();
  viewer.hear(nlohmann::json{{"rows", {other}}}.dump());
  const auto rows = taken(viewer, "rows");
  ASSERT_EQ(rows["rows"].size(), 1u);
  EXPECT_EQ(rows["rows"][0]["id"], other);
  EXPECT_EQ(rows["run"], stats["run"]);

  viewer.hear(R"({"rows": null})");
  EXPECT_EQ(taken(viewer, "rows")["rows"].size(), stats["counts"].size() - 1);
}

TEST_F(LiveHubTest, TellsNothingToPagesThatNobodySees) {
  request("/a");
  show();
  taken(viewer, "stats");
  viewer.hear(R"({"hidden": true})");
  EXPECT_FALSE(hub.watched());
  {
    LiveViewer other{hub, [] {}};
    EXPECT_TRUE(hub.watched());
  }
  run.offer.host = "http://other";
  request("/a");
  request("/b");
  show();
  EXPECT_THAT(viewer.take(), IsEmpty());
  viewer.hear(R"({"hidden": 1})");
  EXPECT_THAT(viewer.take(), IsEmpty());
  viewer.hear(R"({"hidden": false})");
  EXPECT_TRUE(hub.watched());
  const auto frames = viewer.take();
  ASSERT_THAT(frames, SizeIs(2));
  EXPECT_EQ(nlohmann::json::parse(frames[0])["host"], "http://other");
  EXPECT_EQ(nlohmann::json::parse(frames[1])["rows"].size(), 2u);
}

TEST_F(LiveHubTest, UnderstandsNoNonsense) {
  show();
  for (const char* text : {"", "{", "[]", "{\"show\":1}", "{\"show\":[[]]}", "\xff", "{\"rows\":1}",
                           "{\"rows\":[[],{},1.5]}", "{\"hidden\":[]}"}) {
    viewer.hear(text);
  }
  EXPECT_EQ(taken(viewer, "stats")["kind"], "stats");
}

TEST_F(LiveHubTest, KnowsWhetherSomebodyWatches) {
  EXPECT_TRUE(hub.watched());
  {
    LiveViewer other{hub, [] {}};
    EXPECT_EQ(hub.viewers(), 2u);
  }
  EXPECT_EQ(hub.viewers(), 1u);
}

TEST_F(LiveHubTest, MakesJsonOfHostileNames) {
  const std::string hostile = "<script>\"'\\\n\xff \xe2\x80\xae " + std::string(4096, 'x');
  request(hostile);
  show();
  const auto stats = taken(viewer, "stats");
  EXPECT_EQ(stats["rows"].size(), 1u);
}

}  // namespace
}  // namespace swarm::master
