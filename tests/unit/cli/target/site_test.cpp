#include "cli/target/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace swarm::target {
namespace {

nlohmann::json log_of(Site& site, std::string_view query = {}) {
  const Request request{.method = "GET", .path = "/log", .query = query};
  return nlohmann::json::parse(site.answer(site.visit("/log"), request).body);
}

TEST(Site, CountsRequestsByPathButNotTheLog) {
  Site site;
  site.visit("/success");
  site.visit("/success");
  site.visit("/nothing \"here\"");
  site.count_connection();
  site.count_refusal();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(log_of(site),
              nlohmann::json({{"requests", 3},
                              {"connections", 1},
                              {"refused", 1},
                              {"paths", {{"/success", 2}, {"/nothing \"here\"", 1}}}}));
  }
}

TEST(Site, StartsAgainAfterAReset) {
  Site site;
  site.visit("/success");
  site.count_connection();
  EXPECT_EQ(log_of(site, "reset=0")["requests"], 1);
  EXPECT_EQ(log_of(site, "reset=1")["requests"], 1) << "what was counted up to now";
  site.visit("/random");
  EXPECT_EQ(
      log_of(site),
      nlohmann::json(
          {{"requests", 1}, {"connections", 0}, {"refused", 0}, {"paths", {{"/random", 1}}}}));
}

TEST(Site, FindsWithoutCounting) {
  Site site;
  site.find("/success");
  EXPECT_EQ(log_of(site)["requests"], 0);
}

TEST(Site, CountsThePathsThatItCannotKeepTogether) {
  Site site;
  site.visit("/success");
  for (std::size_t i = 0; i < Site::kMaxPages + 10; ++i) site.visit("/item/" + std::to_string(i));
  site.visit("/status/503");
  site.visit("/success");
  const auto log = log_of(site);
  EXPECT_EQ(log["requests"], Site::kMaxPages + 13);
  EXPECT_EQ(log["paths"]["/success"], 2);
  EXPECT_EQ(log["paths"][std::string{Site::kOtherPaths}], 12);
  EXPECT_EQ(site.answer(site.find("/status/503"), Request{}).status, 503);
  EXPECT_EQ(site.prepared(site.find("/status/503")), nullptr) << "its bytes would not last";
}

TEST(Site, PreparesWhatNeverChanges) {
  Site site;
  const auto bytes = [&site](std::string_view path) -> std::string {
    const PreparedAnswer* answer = site.prepared(site.find(path));
    return answer == nullptr ? "" : answer->bytes;
  };
  EXPECT_EQ(
      bytes("/success"),
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 22\r\n\r\n"
      "Success, as requested\n");
  EXPECT_EQ(bytes("/status/204"), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(bytes("/bytes/70000"), "") << "too long to keep";
  EXPECT_EQ(bytes("/delay/1"), "");
  EXPECT_EQ(bytes("/close"), "");
}

TEST(Site, ThrowsADieForRandom) {
  Site site;
  const Page& page = site.find("/random");
  std::set<std::string> prepared;
  std::set<int> made;
  int successes = 0;
  for (int i = 0; i < 4000; ++i) {
    prepared.insert(site.prepared(page)->bytes.substr(0, 12));
    made.insert(site.answer(page, Request{}).status);
    successes += site.prepared(page)->bytes.starts_with("HTTP/1.1 200") ? 1 : 0;
  }
  EXPECT_EQ(prepared, (std::set<std::string>{"HTTP/1.1 200", "HTTP/1.1 201", "HTTP/1.1 404",
                                             "HTTP/1.1 500", "HTTP/1.1 503"}));
  EXPECT_EQ(made, (std::set<int>{200, 201, 404, 500, 503}));
  EXPECT_NEAR(successes, 2000, 250);  // eight standard deviations
}

}  // namespace
}  // namespace swarm::target
