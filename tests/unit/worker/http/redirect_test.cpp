#include "worker/http/redirect.h"

#include <gtest/gtest.h>

#include <string>

#include "worker/http/response_parser.h"

namespace swarm::http {
namespace {

Response response_of(int status, const std::string& fields) {
  Response response;
  ResponseParser parser;
  parser.begin(response, true);
  parser.feed("HTTP/1.1 " + std::to_string(status) + " Moved\r\n" + fields + "\r\n");
  return response;
}

// Where a response of that status to `method` leads.
Redirect redirect(int status, std::string_view method, std::string_view from = "http://h/a/b",
                  const std::string& location = "c") {
  Redirect next;
  EXPECT_EQ(follow_redirect(*Url::parse(from), method,
                            response_of(status, "Location: " + location + "\r\n"), next),
            Failure::None);
  return next;
}

TEST(Redirect, IsAStatusWithALocation) {
  for (const int status : {301, 302, 303, 307, 308}) {
    EXPECT_TRUE(is_redirect(response_of(status, "location: /\r\n"))) << status;
    EXPECT_FALSE(is_redirect(response_of(status, ""))) << status;
  }
  for (const int status : {200, 201, 300, 304, 305, 306, 309, 404}) {
    EXPECT_FALSE(is_redirect(response_of(status, "Location: /\r\n"))) << status;
  }
}

TEST(Redirect, LeadsToTheLocationSeenFromTheRequest) {
  EXPECT_EQ(redirect(302, "GET").url.to_string(), "http://h/a/c");
  EXPECT_EQ(redirect(302, "GET", "https://h:81/a", "//i/x").url.to_string(), "https://i/x");
  EXPECT_EQ(redirect(302, "GET", "http://h/a?q", "").url.to_string(), "http://h/a?q");
}

TEST(Redirect, ChangesTheMethodAsClientsDo) {
  struct Case {
    int status;
    std::string_view before;
    std::string_view after;
  };
  for (const auto& [status, before, after] :
       {Case{301, "GET", "GET"}, Case{301, "POST", "GET"}, Case{301, "PUT", "PUT"},
        Case{302, "POST", "GET"}, Case{302, "PUT", "GET"}, Case{302, "HEAD", "HEAD"},
        Case{303, "POST", "GET"}, Case{303, "DELETE", "GET"}, Case{303, "HEAD", "HEAD"},
        Case{307, "POST", "POST"}, Case{308, "PATCH", "PATCH"}, Case{301, "HEAD", "HEAD"}}) {
    EXPECT_EQ(redirect(status, before).method, after) << status << ' ' << before;
  }
}

TEST(Redirect, KeepsTheBodyIfTheStatusSaysSo) {
  for (const int status : {301, 302, 303}) EXPECT_FALSE(redirect(status, "PUT").keeps_body);
  for (const int status : {307, 308}) EXPECT_TRUE(redirect(status, "PUT").keeps_body);
}

TEST(Redirect, TakesCredentialsToTheSameOriginOnly) {
  const auto keeps = [](std::string_view from, const std::string& to) {
    return redirect(302, "GET", from, to).keeps_authorization;
  };
  EXPECT_TRUE(keeps("http://h/", "/x"));
  EXPECT_TRUE(keeps("http://h/", "http://H:80/x"));
  EXPECT_TRUE(keeps("http://h/", "https://h/"));
  EXPECT_FALSE(keeps("https://h/", "http://h/"));
  EXPECT_FALSE(keeps("http://h/", "http://h:81/"));
  EXPECT_FALSE(keeps("http://h:81/", "https://h/"));
  EXPECT_FALSE(keeps("http://h/", "https://h:8443/"));
  EXPECT_FALSE(keeps("http://h/", "http://www.h/"));
}

TEST(Redirect, SaysWhichHeadersAreSentAgain) {
  const Redirect elsewhere = redirect(302, "POST", "http://h/", "http://other/");
  for (const std::string_view name :
       {"Cookie", "Authorization", "Content-Type", "Content-Length", "Transfer-Encoding"}) {
    EXPECT_FALSE(elsewhere.keeps(name)) << name;
  }
  EXPECT_TRUE(elsewhere.keeps("Accept"));
  EXPECT_TRUE(elsewhere.keeps("X-Whatever-13"));

  const Redirect again = redirect(307, "POST");
  for (const std::string_view name :
       {"authorization", "content-type", "content-length", "transfer-encoding"}) {
    EXPECT_TRUE(again.keeps(name)) << name;
  }
  EXPECT_FALSE(again.keeps("COOKIE"));
}

TEST(Redirect, EndsAtItsLimit) {
  Response response = response_of(302, "Location: /\r\n");
  Redirect next;
  const Url from = *Url::parse("http://h/");
  response.redirects = kMaxRedirects - 1;
  EXPECT_EQ(follow_redirect(from, "GET", response, next), Failure::None);
  response.redirects = kMaxRedirects;
  EXPECT_EQ(follow_redirect(from, "GET", response, next), Failure::TooManyRedirects);
}

TEST(Redirect, RefusesToLeaveHttp) {
  Redirect next;
  EXPECT_EQ(follow_redirect(*Url::parse("http://h/"), "GET",
                            response_of(302, "Location: ftp://h/\r\n"), next),
            Failure::BadUrl);
}

TEST(Redirect, BecomesAGetMoreOftenByTheRuleOfTheFastClient) {
  for (const auto& [method, after] :
       {std::pair{"PUT", "GET"}, std::pair{"POST", "GET"}, std::pair{"HEAD", "HEAD"}}) {
    Redirect next;
    ASSERT_EQ(
        follow_redirect(*Url::parse("http://h/"), method, response_of(301, "Location: /x\r\n"),
                        next, kMaxRedirects, MethodRule::FastHttp),
        Failure::None);
    EXPECT_EQ(next.method, after);
  }
}

}  // namespace
}  // namespace swarm::http
