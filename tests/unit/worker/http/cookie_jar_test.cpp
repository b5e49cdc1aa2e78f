#include "worker/http/cookie_jar.h"

#include <gtest/gtest.h>

#include <string>

namespace swarm::http {
namespace {

using namespace std::chrono_literals;

constexpr WallTime t0{1'800'000'000s};

Url url(std::string_view text) {
  auto parsed = Url::parse(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return std::move(parsed).value();
}

std::string sent(const CookieJar& jar, std::string_view to, WallTime now = t0) {
  std::string out;
  jar.write(url(to), out, now);
  return out;
}

// A jar after one response from `from`.
CookieJar jar_with(std::string_view from, std::string_view set_cookie) {
  CookieJar jar;
  jar.store(url(from), set_cookie, t0);
  return jar;
}

TEST(CookieJar, IsAPointerWhileItIsEmpty) {
  EXPECT_EQ(sizeof(CookieJar), sizeof(void*));
  const CookieJar jar;
  EXPECT_TRUE(jar.empty());
  EXPECT_EQ(sent(jar, "http://h/"), "");
  EXPECT_TRUE(jar.cookies().empty());
}

TEST(CookieJar, SendsBackWhatItGot) {
  CookieJar jar = jar_with("http://h/", "sid=31d4d96e; Path=/");
  jar.store(url("http://h/"), "lang=en-US", t0);
  EXPECT_EQ(sent(jar, "http://h/x"), "sid=31d4d96e; lang=en-US");
}

TEST(CookieJar, AppendsToWhatIsThere) {
  std::string out = "before ";
  jar_with("http://h/", "a=1").write(url("http://h/"), out, t0);
  EXPECT_EQ(out, "before a=1");
}

TEST(CookieJar, TakesNameAndValueAsTheyAre) {
  EXPECT_EQ(sent(jar_with("http://h/", " a b =  c=d \"e\"  ; Path=/"), "http://h/"),
            "a b=c=d \"e\"");
  EXPECT_EQ(sent(jar_with("http://h/", "a="), "http://h/"), "a=");
}

TEST(CookieJar, LeavesOutWhatIsNoCookie) {
  for (const std::string_view text :
       {"", "name", "=value", ";", " = ", "; Path=/", "a\x01=b", "a=b\x7f", "a=b\nc=d"}) {
    EXPECT_TRUE(jar_with("http://h/", text).empty()) << text;
  }
  EXPECT_TRUE(jar_with("http://h/", std::string_view("a=\0", 3)).empty());
}

TEST(CookieJar, ReplacesTheCookieOfTheSameNameAndKeepsItsPlace) {
  CookieJar jar = jar_with("http://h/", "a=1");
  jar.store(url("http://h/"), "b=2", t0 + 1s);
  jar.store(url("http://h/"), "a=3", t0 + 2s);
  EXPECT_EQ(sent(jar, "http://h/"), "a=3; b=2");
}

TEST(CookieJar, TellsCookiesOfDifferentPathsApart) {
  CookieJar jar = jar_with("http://h/", "a=1; Path=/");
  jar.store(url("http://h/"), "a=2; Path=/x", t0);
  EXPECT_EQ(sent(jar, "http://h/x/y"), "a=2; a=1");
  EXPECT_EQ(sent(jar, "http://h/y"), "a=1");
}

TEST(CookieJar, MatchesWholePathSegments) {
  const CookieJar jar = jar_with("http://h/", "a=1; Path=/x/y");
  EXPECT_EQ(sent(jar, "http://h/x/y"), "a=1");
  EXPECT_EQ(sent(jar, "http://h/x/y?q"), "a=1");
  EXPECT_EQ(sent(jar, "http://h/x/y/z"), "a=1");
  EXPECT_EQ(sent(jar, "http://h/x/yy"), "");
  EXPECT_EQ(sent(jar, "http://h/x"), "");
  EXPECT_EQ(sent(jar_with("http://h/", "a=1; Path=/x/"), "http://h/x/y"), "a=1");
}

TEST(CookieJar, BelongsToTheFolderOfTheRequestWithoutAPath) {
  const CookieJar jar = jar_with("http://h/x/y?q=/z/", "a=1");
  EXPECT_EQ(sent(jar, "http://h/x/z"), "a=1");
  EXPECT_EQ(sent(jar, "http://h/"), "");
  EXPECT_EQ(sent(jar_with("http://h/x", "a=1"), "http://h/"), "a=1");
  EXPECT_EQ(sent(jar_with("http://h/x/y", "a=1; Path=relative"), "http://h/x"), "a=1");
}

TEST(CookieJar, StaysWithItsHostWithoutADomain) {
  const CookieJar jar = jar_with("http://example.com/", "a=1");
  EXPECT_EQ(sent(jar, "http://example.com/"), "a=1");
  EXPECT_EQ(sent(jar, "http://www.example.com/"), "");
}

TEST(CookieJar, GoesToNamesBelowItsDomain) {
  const CookieJar jar = jar_with("http://www.example.com/", "a=1; Domain=.Example.COM");
  EXPECT_EQ(sent(jar, "http://www.example.com/"), "a=1");
  EXPECT_EQ(sent(jar, "http://example.com/"), "a=1");
  EXPECT_EQ(sent(jar, "http://x.y.example.com/"), "a=1");
  EXPECT_EQ(sent(jar, "http://badexample.com/"), "");
  EXPECT_EQ(sent(jar, "http://example.com.evil.net/"), "");
}

TEST(CookieJar, RefusesADomainThatIsNotTheServers) {
  EXPECT_TRUE(jar_with("http://example.com/", "a=1; Domain=other.com").empty());
  EXPECT_TRUE(jar_with("http://example.com/", "a=1; Domain=www.example.com").empty());
  EXPECT_TRUE(jar_with("http://example.com/", "a=1; Domain=com").empty());
  EXPECT_TRUE(jar_with("http://badexample.com/", "a=1; Domain=example.com").empty());
}

TEST(CookieJar, WorksForLocalhostAndAddresses) {
  EXPECT_EQ(sent(jar_with("http://localhost:8080/", "a=1; Domain=localhost"), "http://localhost/"),
            "a=1");
  EXPECT_EQ(sent(jar_with("http://127.0.0.1/", "a=1; Domain=127.0.0.1"), "http://127.0.0.1/"),
            "a=1");
  EXPECT_EQ(sent(jar_with("http://[::1]/", "a=1"), "http://[::1]/"), "a=1");
  EXPECT_TRUE(jar_with("http://127.0.0.1/", "a=1; Domain=0.0.1").empty());
}

TEST(CookieJar, SharesCookiesBetweenPorts) {
  EXPECT_EQ(sent(jar_with("http://h:81/", "a=1"), "http://h:82/"), "a=1");
}

TEST(CookieJar, SendsASecureCookieOverHttpsOnly) {
  const CookieJar jar = jar_with("https://h/", "a=1; SECURE; HttpOnly");
  EXPECT_EQ(sent(jar, "http://h/"), "");
  EXPECT_EQ(sent(jar, "https://h/"), "a=1");
  EXPECT_TRUE(jar.cookies().front().http_only);
}

TEST(CookieJar, ForgetsACookieWhenItsTimeIsOver) {
  const CookieJar jar = jar_with("http://h/", "a=1; Max-Age=10");
  EXPECT_EQ(sent(jar, "http://h/", t0 + 9s), "a=1");
  EXPECT_EQ(sent(jar, "http://h/", t0 + 10s), "");
}

TEST(CookieJar, TakesExpiresAndPrefersMaxAge) {
  // t0 is 2027-01-15 08:00:00 UTC.
  const CookieJar jar = jar_with("http://h/", "a=1; Expires=Fri, 15 Jan 2027 08:00:05 GMT");
  EXPECT_EQ(sent(jar, "http://h/", t0 + 4s), "a=1");
  EXPECT_EQ(sent(jar, "http://h/", t0 + 5s), "");
  const CookieJar both =
      jar_with("http://h/", "a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(sent(both, "http://h/", t0 + 59s), "a=1");
}

TEST(CookieJar, IgnoresATimeThatItCannotRead) {
  const CookieJar jar = jar_with("http://h/", "a=1; Expires=tomorrow; Max-Age=ten");
  EXPECT_EQ(sent(jar, "http://h/", t0 + std::chrono::years{50}), "a=1");
}

TEST(CookieJar, KeepsForeverWhatLivesLongerThanTheCalendar) {
  const CookieJar jar = jar_with("http://h/", "a=1; Max-Age=99999999999999999999999");
  EXPECT_EQ(sent(jar, "http://h/", t0 + std::chrono::years{1000}), "a=1");
}

TEST(CookieJar, RemovesACookieThatTheServerLetsExpire) {
  for (const std::string_view end :
       {"a=; Max-Age=0", "a=; Max-Age=-1", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}) {
    CookieJar jar = jar_with("http://h/", "a=1");
    jar.store(url("http://h/"), end, t0);
    EXPECT_TRUE(jar.empty()) << end;
  }
  EXPECT_TRUE(jar_with("http://h/", "never=seen; Max-Age=0").empty());
}

TEST(CookieJar, KeepsItsLimits) {
  CookieJar jar;
  jar.store(url("http://h/"), "big=" + std::string(CookieJar::kMaxCookie - 3, 'x'), t0);
  EXPECT_EQ(jar.cookies().size(), 1u);
  jar.store(url("http://h/"), "bigger=" + std::string(CookieJar::kMaxCookie, 'x'), t0);
  EXPECT_EQ(jar.cookies().size(), 1u);
}

TEST(CookieJar, DropsTheOldestOfADomainThatSetsTooMany) {
  CookieJar jar;
  for (int i = 0; i < 60; ++i) {
    jar.store(url("http://h/"), "c" + std::to_string(i) + "=v", t0 + i * 1s);
  }
  EXPECT_EQ(jar.cookies().size(), CookieJar::kMaxPerDomain);
  EXPECT_EQ(jar.cookies().front().name, "c10");
}

TEST(CookieJar, DropsExpiredOnesBeforeTheOldest) {
  CookieJar jar;
  jar.store(url("http://h/"), "oldest=v", t0);
  jar.store(url("http://h/"), "short=v; Max-Age=5", t0 + 1s);
  for (std::size_t i = 2; i < CookieJar::kMaxPerDomain; ++i) {
    jar.store(url("http://h/"), "c" + std::to_string(i) + "=v", t0 + 2s);
  }
  jar.store(url("http://h/"), "last=v", t0 + 10s);
  EXPECT_EQ(jar.cookies().size(), CookieJar::kMaxPerDomain);
  EXPECT_EQ(jar.cookies().front().name, "oldest");
}

TEST(CookieJar, BoundsAllDomainsTogether) {
  CookieJar jar;
  for (int host = 0; host < 20; ++host) {
    for (int i = 0; i < 40; ++i) {
      jar.store(url("http://h" + std::to_string(host) + "/"), "c" + std::to_string(i) + "=v", t0);
    }
  }
  EXPECT_EQ(jar.cookies().size(), CookieJar::kMaxCookies);
}

TEST(CookieJar, TakesCookiesOfTheScenario) {
  CookieJar jar;
  jar.store({.name = "a", .value = "1", .domain = "example.com", .host_only = false}, t0);
  EXPECT_EQ(sent(jar, "http://www.example.com/"), "a=1");
  jar.clear();
  EXPECT_TRUE(jar.empty());
}

TEST(CookieJar, SendsACookieWithoutDomainEverywhere) {
  CookieJar jar;
  jar.store(Cookie{.name = "a", .value = "1", .domain = {}}, t0);
  EXPECT_EQ(sent(jar, "http://h/x"), "a=1");
  EXPECT_EQ(sent(jar, "https://other:81/"), "a=1");
}

TEST(CookieJar, RemovesWhatIsUnwantedAndIsAPointerAgain) {
  CookieJar jar = jar_with("http://h/", "a=1");
  jar.store(url("http://h/"), "b=2", t0);
  jar.remove_if([](const Cookie& cookie) { return cookie.name == "a"; });
  EXPECT_EQ(sent(jar, "http://h/"), "b=2");
  jar.remove_if([](const Cookie&) { return true; });
  EXPECT_TRUE(jar.empty());
  jar.remove_if([](const Cookie&) { return true; });
}

TEST(CookieJar, IsCopiedWithAllItsCookies) {
  CookieJar jar = jar_with("http://h/", "a=1");
  CookieJar copy = jar.copy();
  copy.store(url("http://h/"), "b=2", t0);
  EXPECT_EQ(sent(jar, "http://h/"), "a=1");
  EXPECT_EQ(sent(copy, "http://h/"), "a=1; b=2");
  EXPECT_TRUE(CookieJar().copy().empty());
}

}  // namespace
}  // namespace swarm::http
