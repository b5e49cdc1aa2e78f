#include "cli/target/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace swarm::target {
namespace {

using testing::HasSubstr;

Answer get(std::string_view path, std::string_view query = {}, std::string_view headers = {}) {
  return answer(parse_route(path),
                {.method = "GET", .path = path, .query = query, .headers = headers});
}

TEST(Routes, ReadTheNumberInThePath) {
  EXPECT_EQ(parse_route("/status/404").kind, Kind::Status);
  EXPECT_EQ(parse_route("/status/404").number, 404u);
  EXPECT_EQ(parse_route("/delay/0.5").number, 500'000u);
  EXPECT_EQ(parse_route("/cookies/set").kind, Kind::SetCookies);
  EXPECT_EQ(parse_route("/echo/any/thing").kind, Kind::Echo);
}

TEST(Routes, TellAnUnknownPathFromABadNumber) {
  EXPECT_EQ(parse_route("/nothing").kind, Kind::Unknown);
  EXPECT_EQ(parse_route("/success/").kind, Kind::Unknown);
  EXPECT_EQ(parse_route("/basic-auth/only-one").kind, Kind::Unknown);
  EXPECT_EQ(parse_route("").kind, Kind::Unknown);
  EXPECT_EQ(parse_route("*").kind, Kind::Unknown);
  EXPECT_EQ(parse_route("/status/100").kind, Kind::OutOfRange);
  EXPECT_EQ(parse_route("/status/").kind, Kind::OutOfRange);
  EXPECT_EQ(parse_route("/delay/forever").kind, Kind::OutOfRange);
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(get("/bytes/x").status, 400);
}

TEST(Routes, RedirectStepByStepWithTheCodeThatWasChosen) {
  EXPECT_EQ(get("/redirect/2").status, 302);
  EXPECT_EQ(get("/redirect/2").headers, "Location: /redirect/1\r\n");
  EXPECT_EQ(get("/redirect/1", "code=307").status, 307);
  EXPECT_EQ(get("/redirect/1", "code=307").headers, "Location: /redirect/0?code=307\r\n");
  EXPECT_EQ(get("/redirect/0", "code=307").status, 200);
  EXPECT_EQ(get("/redirect/1", "code=305").status, 400);
  EXPECT_EQ(get("/redirect/1", "code=200").status, 400);
}

TEST(Routes, SetEachCookieAndListThoseThatCame) {
  EXPECT_EQ(get("/cookies/set", "a=1&b=x%20y&_path=/p&_max_age=60").headers,
            "Set-Cookie: a=1; Path=/p; Max-Age=60\r\nSet-Cookie: b=x y; Path=/p; Max-Age=60\r\n");
  EXPECT_EQ(get("/cookies", {}, "Cookie: a=1; b=2=3\r\ncookie: a=4\r\n").body,
            R"({"cookies":[["a","1"],["b","2=3"],["a","4"]]})");
  EXPECT_EQ(get("/cookies").body, R"({"cookies":[]})");
}

TEST(Routes, LetNoCookieBecomeAHeader) {
  EXPECT_EQ(get("/cookies/set", "a=1%0d%0aX:y").status, 400);
  EXPECT_EQ(get("/cookies/set", "a=1;x").status, 400);
  EXPECT_EQ(get("/cookies/set", "=1").status, 400);
  EXPECT_EQ(get("/cookies/set", "a=1&_path=/%0aX:y").status, 400);
  EXPECT_EQ(get("/cookies/set", "a=1&_path=/%0aX:y").headers, "");
}

TEST(Routes, AuthorizeOnlyTheRightUser) {
  const auto status = [](std::string_view headers) {
    return get("/basic-auth/joe/se%3Acret", {}, headers).status;
  };
  EXPECT_EQ(status("Authorization: Basic am9lOnNlOmNyZXQ=\r\n"), 200);
  EXPECT_EQ(status("authorization: bAsIc am9lOnNlOmNyZXQ=\r\n"), 200);
  EXPECT_EQ(status("Authorization: Basic am9lOnNlOmNyZXR=\r\n"), 401);
  EXPECT_EQ(status("Authorization: Basic\r\n"), 401);
  EXPECT_EQ(status(""), 401);
  EXPECT_THAT(get("/basic-auth/a/b").headers, HasSubstr("WWW-Authenticate: Basic"));
}

TEST(Routes, EchoWhatCame) {
  const Request request{.method = "POST",
                        .path = "/echo",
                        .query = "q",
                        .headers = "A: 1\r\nA: 2\r\n",
                        .body = "text"};
  EXPECT_EQ(answer({Kind::Echo}, request).body,
            R"({"method":"POST","path":"/echo","query":"q","http_version":"1.1",)"
            R"("headers":[["A","1"],["A","2"]],"body":"text","body_bytes":4})");
  EXPECT_THAT(answer({Kind::Echo}, {.body = "\xff"}).body,
              HasSubstr(R"("body_base64":"/w==","body_bytes":1)"));
}

TEST(Routes, PromiseMoreThanHalfSends) {
  const Answer half = get("/half/101");
  EXPECT_EQ(half.filler, 50u);
  EXPECT_EQ(half.withheld, 51u);
  EXPECT_EQ(half.ending, Ending::Close);
}

TEST(Routes, RefuseParametersThatMakeNoSense) {
  EXPECT_EQ(get("/gzip", "encoding=zip").status, 400);
  EXPECT_EQ(get("/stream/1", "interval_ms=x").status, 400);
  EXPECT_FALSE(get("/stream/1", "interval_ms=x").streamed);
}

}  // namespace
}  // namespace swarm::target
