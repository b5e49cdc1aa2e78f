#include "master/views/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "master/views/live_json.h"
#include "tests/support/measured_run.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::MeasuredRun;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kPage = "<html><script>'<!--report-->'</script><!--report--></html>";

Scene scene_of(MeasuredRun& run) {
  Scene scene;
  scene.snapshot = std::make_shared<const Snapshot>(run.snapshot(65s));
  scene.offer =
      std::make_shared<const Offer>(Offer{.version = "1", .scenario = "a.py", .host = ""});
  scene.clock = {MeasuredRun::kStart, std::chrono::system_clock::time_point{1'000'000s}};
  scene.run = 1;
  scene.started = true;
  return scene;
}

// What stands between two texts.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t begin = text.find(before);
  EXPECT_NE(begin, std::string::npos) << before;
  const std::size_t from = begin + before.size();
  return text.substr(from, text.find(after, from) - from);
}

TEST(LiveJson, HasTheTimeOfARunThatIsOverStandStill) {
  MeasuredRun run;
  run.add({.name = "/a", .ended = 2s, .took = 10ms}, "w1");
  Scene scene = scene_of(run);
  scene.run_id = 77;
  json going = json::parse(live_stats_json(scene));
  EXPECT_EQ(going["elapsed_s"], 65.0);
  EXPECT_EQ(going["run_id"], 77);
  EXPECT_EQ(going["finished"], false);
  scene.ended = MeasuredRun::kStart + 45s;
  scene.finished = true;
  const json over = json::parse(live_stats_json(scene));
  EXPECT_EQ(over["elapsed_s"], 45.0);
  EXPECT_EQ(over["finished"], true);
  // The statistics were reset after the end.
  scene.ended = MeasuredRun::kStart - 5s;
  EXPECT_EQ(json::parse(live_stats_json(scene))["elapsed_s"], 0.0);
}

TEST(Report, HoldsWhatThePageAsksFor) {
  MeasuredRun run;
  run.add({.name = "/a", .ended = 2s, .took = 10ms}, "w1");
  const Scene scene = scene_of(run);
  RecordedRun recorded{.number = 3, .label = "", .started = MeasuredRun::kStart};
  std::vector<std::pair<EndpointName, Timeline>> endpoints;
  endpoints.emplace_back(EndpointName{"GET", "/a"}, Timeline{0});
  const std::string text =
      report_html(kPage, scene, {.run = &recorded, .until = 2s, .endpoints = endpoints});
  EXPECT_THAT(text, StartsWith("<html><script>'<!--report-->'</script><script type"));
  const json kept = json::parse(between(text, "id=\"kept\">", "</script>"));
  for (const char* name : {"hello", "stats", "errors", "exceptions", "workers", "ratio", "logs"}) {
    EXPECT_EQ(kept[name]["kind"], name);
  }
  EXPECT_EQ(kept["stats"]["rows"][0]["name"], "/a");
  EXPECT_EQ(kept["runs"][0]["run"], 3);
  EXPECT_EQ(kept["history?run=3"]["run"], 3);
  const auto id = std::to_string(endpoint_id({"GET", "/a"}));
  EXPECT_TRUE(kept.contains("history?run=3&endpoint=" + id));
}

TEST(Report, HasWhatScriptsForLocustLookFor) {
  MeasuredRun run;
  run.add({.name = "/a", .ended = 2s, .took = 10ms, .error = "refused"}, "w1");
  const std::string text = report_html(kPage, scene_of(run), {});
  for (const char* part :
       {"\"is_report\": true", "\"show_download_link\": false",
        "\"start_time\": \"1970-01-12T13:46:40Z\"", "\"end_time\": \"1970-01-12T13:47:45Z\"",
        "\"duration\": \"1 minute and 5 seconds\"", "\"host\": \"None\"",
        "\"locustfile\": \"a.py\"", "window.templateArgs = {"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

// Names and texts come from the target and the scenario: none of them ends the script element.
TEST(Report, LetsNothingOutOfItsScripts) {
  MeasuredRun run;
  run.add({.name = "</script><script>alert(1)</script><!--",
           .ended = 2s,
           .took = 10ms,
           .error = "<!--</script>"},
          "w1");
  const std::string text = report_html("<!--report-->", scene_of(run), {});
  EXPECT_THAT(text, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(text, Not(HasSubstr("<!--")));
  const json kept = json::parse(between(text, "id=\"kept\">", "</script>"));
  EXPECT_EQ(kept["errors"]["errors"][0]["error"], "<!--</script>");
}

}  // namespace
}  // namespace swarm::master
