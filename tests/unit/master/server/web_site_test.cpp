#include "master/server/web_site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "master/server/web_route.h"
#include "tests/support/recorded_feed.h"

namespace swarm::master {
namespace {

using test::ask;
using test::field;
using test::RecordedFeed;
using test::web_request;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::array kAssets{
    WebAsset{"index.html", "text/html; charset=utf-8", "<p>page", {}, {}, "11"},
    WebAsset{"assets/a.js", "text/javascript; charset=utf-8", "plain", "zipped", "broad", "22"}};

TEST(WebSite, AnswersWhatIsAskedOfTheRun) {
  RecordedFeed run;
  WebSite site{{}, {}, run.feed()};
  const auto answer = ask(site, web_request("GET", "/api/v1/hello"));
  EXPECT_EQ(answer.status, 200u);
  EXPECT_THAT(answer.body, HasSubstr(R"("scenario":"a.py")"));
  EXPECT_EQ(ask(site, web_request("HEAD", "/api/v1/hello")).status, 200u);
}

TEST(WebSite, StartsWhatItIsAskedToStart) {
  RecordedFeed run;
  WebSite site{{}, {}, run.feed()};
  const auto answer = ask(
      site, web_request("POST", "/api/v1/start", R"({"users":5,"hatch_rate":2.5,"run_time":90})"));
  EXPECT_EQ(answer.status, 200u);
  ASSERT_THAT(run.commands, SizeIs(1));
  const auto& start = std::get<StartRun>(run.commands.front());
  EXPECT_EQ(start.users, 5u);
  EXPECT_EQ(start.users_per_s, 2.5);
  EXPECT_EQ(start.run_time, "90");
  EXPECT_FALSE(start.host);
}

TEST(WebSite, PassesOnWhatIsChosen) {
  RecordedFeed run;
  WebSite site{{}, {}, run.feed()};
  const char* body =
      R"({"profile":"p","shape":"S","options":{"a":1.5,"b":true,"c":["x,y",2],"d":null}})";
  ASSERT_EQ(ask(site, web_request("POST", "/api/v1/start", body)).status, 200u);
  const auto& start = std::get<StartRun>(run.commands.front());
  EXPECT_EQ(start.profile, "p");
  EXPECT_EQ(start.shape, "S");
  const decltype(start.options) options{
      {"a", {"1.5"}}, {"b", {"true"}}, {"c", {"x,y", "2"}}, {"d", {}}};
  EXPECT_EQ(start.options, options);
  EXPECT_EQ(ask(site, web_request("POST", "/api/v1/start", R"({"shape":1})")).status, 400u);
}

TEST(WebSite, TakesFromLocustsFormWhatIsAnOption) {
  RecordedFeed run;
  for (const char* name : {"sizes", "names", "text"}) {
    ScenarioOption& option = run.offer.options.emplace_back();
    option.name = name;
    if (option.name != "text") option.kind = ScenarioOption::Kind::List;
  }
  WebSite site{{}, {}, run.feed()};
  auto request = web_request(
      "POST", "/swarm", "user_count=1&spawn_rate=1&sizes=1,2&names=a,b&names=c&text=x,y&else=1");
  request.content_type = "application/x-www-form-urlencoded";
  ask(site, request);
  ASSERT_THAT(run.commands, SizeIs(1));
  const auto& start = std::get<StartRun>(run.commands.front());
  const decltype(start.options) options{
      {"names", {"a,b", "c"}}, {"sizes", {"1", "2"}}, {"text", {"x,y"}}};
  EXPECT_EQ(start.options, options);
}

TEST(WebSite, LetsAShapeBeChosenByLocustsForm) {
  RecordedFeed run;
  run.offer.shapes = {"Hill"};
  run.offer.shape = "Hill";
  WebSite site{{}, {}, run.feed()};
  const auto post = [&](const char* form) {
    auto request = web_request("POST", "/swarm", form);
    request.content_type = "application/x-www-form-urlencoded";
    return ask(site, request).body;
  };
  post("shape_class=Default");  // of no meaning without the picker
  ASSERT_THAT(run.commands, SizeIs(1));
  EXPECT_EQ(std::get<StartRun>(run.commands.back()).shape, std::nullopt);
  run.offer.picker = true;
  WebSite picking{{}, {}, run.feed()};
  auto request = web_request("POST", "/swarm", "shape_class=Default");
  request.content_type = "application/x-www-form-urlencoded";
  EXPECT_THAT(ask(picking, request).body, HasSubstr("Missing user_count or spawn_rate"));
  EXPECT_THAT(run.commands, SizeIs(1));
}

TEST(WebSite, SaysWhyTheRunRefuses) {
  RecordedFeed run;
  run.refuses = "no worker is connected";
  WebSite site{{}, {}, run.feed()};
  const auto answer = ask(site, web_request("POST", "/api/v1/start", "{}"));
  EXPECT_EQ(answer.status, 400u);
  EXPECT_EQ(answer.body, R"({"error":"no worker is connected"})");
}

TEST(WebSite, ChangesNothingForAGet) {
  RecordedFeed run;
  WebSite site{{}, {}, run.feed()};
  for (const WebSite::Route& route : WebSite::routes()) {
    if (route.effect != WebSite::Route::Effect::Changes) continue;
    const auto answer = ask(site, web_request("GET", std::string(route.path)));
    if (route.path == "/login") continue;  // GET is its page
    EXPECT_EQ(answer.status, 405u) << route.path;
    EXPECT_EQ(field(answer, "Allow"), "POST") << route.path;
  }
  EXPECT_THAT(run.commands, IsEmpty());
}

TEST(WebSite, ChangesForAGetWhereLocustDoesIfThatIsAskedFor) {
  RecordedFeed run;
  WebSite site{{.legacy_get = true}, {}, run.feed()};
  EXPECT_EQ(ask(site, web_request("GET", "/stop")).status, 200u);
  EXPECT_EQ(ask(site, web_request("GET", "/stats/reset")).status, 200u);
  EXPECT_THAT(run.commands, SizeIs(2));
  EXPECT_EQ(ask(site, web_request("GET", "/api/v1/stop")).status, 405u);
}

TEST(WebSite, ChangesNothingForPagesFromElsewhere) {
  RecordedFeed run;
  WebSite site{{.legacy_get = true}, {}, run.feed()};
  for (const char* origin :
       {"http://evil.example", "null", "http://swarm.example",
        "http://swarm.example:8089.evil.example", "https://swarm.example:80"}) {
    for (const WebSite::Route& route : WebSite::routes()) {
      if (route.effect != WebSite::Route::Effect::Changes) continue;
      auto request = web_request(std::string(route.method), std::string(route.path), "{}");
      request.origin = origin;
      EXPECT_EQ(ask(site, request).status, 403u) << route.path << " from " << origin;
    }
    auto live = web_request("GET", "/api/v1/live");
    live.origin = origin;
    const auto refused = site.refuse_live(live);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 403u);
  }
  EXPECT_THAT(run.commands, IsEmpty());
}

TEST(WebSite, BelievesABrowserThatSaysItComesFromElsewhere) {
  RecordedFeed run;
  WebSite site{{}, {}, run.feed()};
  auto request = web_request("POST", "/stop");
  request.fetch_site = "cross-site";
  EXPECT_EQ(ask(site, request).status, 403u);
  request.fetch_site = "same-origin";
  EXPECT_EQ(ask(site, request).status, 200u);
}

TEST(WebSite, ServesItsOwnPagesAndThoseThatAreAllowed) {
  RecordedFeed run;
  WebSite site{{.cors_origins = {"https://dash.example"}}, {}, run.feed()};
  for (const char* origin :
       {"", "http://swarm.example:8089", "https://SWARM.example:8089", "https://dash.example"}) {
    auto request = web_request("POST", "/stop");
    request.origin = origin;
    EXPECT_EQ(ask(site, request).status, 200u) << origin;
    auto live = web_request("GET", "/api/v1/live");
    live.origin = origin;
    EXPECT_FALSE(site.refuse_live(live)) << origin;
  }
}

TEST(WebSite, AllowsReadingToNobodyElseUnlessAsked) {
  RecordedFeed run;
  WebSite closed{{}, {}, run.feed()};
  WebSite open{{.cors_origins = {"https://dash.example"}}, {}, run.feed()};
  auto request = web_request("GET", "/api/v1/stats");
  request.origin = "https://dash.example";
  EXPECT_EQ(field(ask(closed, request), "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(field(ask(open, request), "Access-Control-Allow-Origin"), "https://dash.example");
  request.origin = "https://evil.example";
  EXPECT_EQ(field(ask(open, request), "Access-Control-Allow-Origin"), "");
  request.method = "OPTIONS";
  EXPECT_EQ(ask(open, request).status, 403u);
  EXPECT_EQ(ask(closed, request).status, 403u);
}

TEST(WebSite, TakesJsonForWhatItIs) {
  RecordedFeed run;
  WebSite site{{}, {}, run.feed()};
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded"}) {
    auto request = web_request("POST", "/api/v1/start", R"({"users":1})");
    request.content_type = type;
    EXPECT_EQ(ask(site, request).status, 415u) << type;
  }
  EXPECT_THAT(run.commands, IsEmpty());
}

TEST(WebSite, KnowsNoPathThatClimbs) {
  RecordedFeed run;
  WebSite site{{}, kAssets, run.feed()};
  for (const char* path : {"/assets/../index.html", "/assets/..", "/assets/%2e%2e/index.html",
                           "/assets/..%2findex.html", "/assets/a.js%00", "/assets/",
                           "/assets/a.js/", "/assets//a.js", "/%", "/%4", "/%zz", "", "index.html",
                           "*", "/assets\\a.js", "http://swarm.example/", "/nowhere"}) {
    EXPECT_EQ(ask(site, web_request("GET", path)).status, 404u) << path;
  }
}

TEST(WebSite, ServesTheFilesOfThePage) {
  RecordedFeed run;
  WebSite site{{}, kAssets, run.feed()};
  EXPECT_EQ(ask(site, web_request("GET", "/")).body, "<p>page");
  EXPECT_EQ(ask(site, web_request("GET", "/?tab=charts")).body, "<p>page");
  auto request = web_request("GET", "/assets/a.js");
  EXPECT_EQ(ask(site, request).body, "plain");
  EXPECT_THAT(field(ask(site, request), "Cache-Control"), HasSubstr("immutable"));
  request.accept_encoding = "gzip, deflate";
  EXPECT_EQ(ask(site, request).body, "zipped");
  request.accept_encoding = "gzip, br";
  EXPECT_EQ(ask(site, request).body, "broad");
  EXPECT_EQ(field(ask(site, request), "Content-Encoding"), "br");
  request.if_none_match = "\"22\"";
  EXPECT_EQ(ask(site, request).status, 304u);
}

TEST(WebSite, SaysPlainlyThatThereIsNoPage) {
  RecordedFeed run;
  WebSite site{{}, {}, run.feed()};
  EXPECT_THAT(ask(site, web_request("GET", "/")).body, HasSubstr("SWARM_WEB=OFF"));
}

TEST(WebSite, LivesBelowItsBasePathOnly) {
  RecordedFeed run;
  WebSite site{{.base_path = "/load"}, kAssets, run.feed()};
  EXPECT_EQ(field(ask(site, web_request("GET", "/load")), "Location"), "/load/");
  EXPECT_EQ(ask(site, web_request("GET", "/load/")).body, "<p>page");
  EXPECT_EQ(ask(site, web_request("GET", "/load/api/v1/hello")).status, 200u);
  for (const char* path : {"/", "/loader/", "/api/v1/hello"}) {
    EXPECT_EQ(ask(site, web_request("GET", path)).status, 404u) << path;
  }
}

TEST(WebSite, TellsNothingToWhoIsNotLoggedIn) {
  RecordedFeed run;
  WebSite site{{}, kAssets, run.feed()};
  site.ask_for_login({{{"ann", "hash"}},
                      [](const std::string&, const std::string& word) { return word == "right"; },
                      [] { return std::string{"key"}; }});
  for (const WebSite::Route& route : WebSite::routes()) {
    if (route.open == WebSite::Route::Open::ToAll) continue;
    const auto answer = ask(site, web_request(std::string(route.method), std::string(route.path)));
    EXPECT_TRUE(answer.status == 401 || answer.status == 302) << route.path;
    EXPECT_THAT(answer.body, testing::Not(HasSubstr("a.py")));
  }
  for (const char* path : {"/nowhere", "/..", "", "/%zz"}) {
    EXPECT_EQ(ask(site, web_request("GET", path)).status, 401u) << path;
  }
  auto live = web_request("GET", "/api/v1/live");
  EXPECT_EQ(site.refuse_live(live)->status, 401u);
  EXPECT_THAT(run.commands, IsEmpty());

  auto login = web_request("POST", "/api/v1/login", R"({"user":"ann","password":"right"})");
  const auto admitted = ask(site, login);
  EXPECT_EQ(admitted.status, 200u);
  EXPECT_THAT(field(admitted, "Set-Cookie"), HasSubstr("swarm_session=key;"));
  auto request = web_request("GET", "/api/v1/hello");
  request.cookie = "theme=dark; swarm_session=key";
  EXPECT_EQ(ask(site, request).status, 200u);
  live.cookie = request.cookie;
  EXPECT_FALSE(site.refuse_live(live));
}

TEST(WebSite, DescribesEveryRoute) {
  RecordedFeed run;
  WebSite site{{}, {}, run.feed()};
  const auto description = ask(site, web_request("GET", "/api/v1/openapi.json")).body;
  for (const WebSite::Route& route : WebSite::routes()) {
    EXPECT_THAT(description,
                HasSubstr("\"" + std::string(route.path.substr(0, route.path.find("...")))));
  }
}

TEST(WebSite, AnswersLocustsFormInItsWords) {
  RecordedFeed run;
  WebSite site{{}, {}, run.feed()};
  auto request = web_request("POST", "/swarm", "user_count=5&spawn_rate=2&host=&x=1");
  EXPECT_EQ(ask(site, request).body,
            "{\"success\":true,\"message\":\"Swarming started\",\"host\":\"http://x\"}\n");
  ASSERT_THAT(run.commands, SizeIs(1));
  EXPECT_THAT(std::get<StartRun>(run.commands[0]).options, IsEmpty());  // x is no option of it
  request.body = "user_count=5";
  EXPECT_THAT(ask(site, request).body, HasSubstr("Missing user_count or spawn_rate"));
}

}  // namespace
}  // namespace swarm::master
