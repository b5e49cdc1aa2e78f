#include "worker/http/request_writer.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/support/allocations.h"

namespace swarm::http {
namespace {

RequestDefaults defaults(std::span<const Header> headers = {}) {
  auto made = RequestDefaults::create("h:81", headers);
  EXPECT_TRUE(made.ok());
  return std::move(made).value();
}

std::string written(const RequestParts& parts, const RequestDefaults& common = defaults()) {
  std::string out;
  const auto result = write_request(out, common, parts);
  EXPECT_TRUE(result.ok());
  return out;
}

// The message of the refusal; empty if there was none.
std::string refusal(const RequestParts& parts) {
  std::string out = "untouched";
  const auto result = write_request(out, defaults(), parts);
  EXPECT_TRUE(result.ok() || out == "untouched");
  return result.ok() ? "" : result.error().message;
}

constexpr std::string_view kDefaults =
    "Host: h:81\r\nUser-Agent: swarm/0.1\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "Connection: keep-alive\r\n";

TEST(WriteRequest, WritesAGet) {
  EXPECT_EQ(written({.target = "/a?b"}), "GET /a?b HTTP/1.1\r\n" + std::string(kDefaults) + "\r\n");
}

TEST(WriteRequest, AppendsToWhatIsThere) {
  std::string out = "before";
  ASSERT_TRUE(write_request(out, defaults(), {}).ok());
  EXPECT_TRUE(out.starts_with("beforeGET / HTTP/1.1\r\n"));
}

TEST(WriteRequest, WritesABodyWithItsLength) {
  EXPECT_EQ(written({.method = "DELETE", .body = "abc"}),
            "DELETE / HTTP/1.1\r\n" + std::string(kDefaults) + "Content-Length: 3\r\n\r\nabc");
}

TEST(WriteRequest, TellsTheLengthOfNoBodyWhereItIsDue) {
  for (const std::string_view method : {"POST", "PUT", "PATCH"}) {
    EXPECT_NE(written({.method = method}).find("\r\nContent-Length: 0\r\n"), std::string::npos);
  }
  for (const std::string_view method : {"GET", "HEAD", "DELETE", "OPTIONS"}) {
    EXPECT_EQ(written({.method = method}).find("Content-Length"), std::string::npos);
  }
}

TEST(WriteRequest, LetsHeadersReplaceDefaultsInAnyCase) {
  const std::array headers{Header{"user-AGENT", "mine"}, Header{"X-New", ""},
                           Header{"host", "other"}, Header{"Accept", kOmitted}};
  EXPECT_EQ(written({.headers = headers}),
            "GET / HTTP/1.1\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n"
            "user-AGENT: mine\r\nX-New: \r\nhost: other\r\n\r\n");
}

TEST(WriteRequest, SendsRepeatedHeadersEach) {
  const std::array headers{Header{"X", "1"}, Header{"X", "2"}};
  EXPECT_TRUE(written({.headers = headers}).ends_with("X: 1\r\nX: 2\r\n\r\n"));
}

TEST(WriteRequest, KnowsTheLengthBetterThanTheHeaders) {
  const std::array headers{Header{"content-length", "99"}};
  EXPECT_TRUE(written({.headers = headers, .body = "abc"})
                  .ends_with("Connection: keep-alive\r\nContent-Length: 3\r\n\r\nabc"));
  EXPECT_TRUE(written({.headers = headers}).ends_with("\r\nContent-Length: 0\r\n\r\n"));
}

TEST(WriteRequest, LeavesTheFramingToATransferEncoding) {
  const std::array headers{Header{"Transfer-Encoding", "chunked"}};
  EXPECT_TRUE(written({.method = "POST", .headers = headers, .body = "0\r\n\r\n"})
                  .ends_with("keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
}

TEST(WriteRequest, AddsCookiesAndCredentials) {
  EXPECT_TRUE(written({.cookies = "a=1; b=2", .authorization = "Basic x"})
                  .ends_with("\r\nAuthorization: Basic x\r\nCookie: a=1; b=2\r\n\r\n"));
}

TEST(WriteRequest, PrefersTheScenariosCookiesAndCredentials) {
  const std::array headers{Header{"cookie", "mine"}, Header{"authorization", "mine"}};
  const RequestParts parts{.headers = headers, .cookies = "jar", .authorization = "jar"};
  EXPECT_TRUE(written(parts).ends_with("\r\ncookie: mine\r\nauthorization: mine\r\n\r\n"));

  const RequestDefaults common = defaults(headers);
  EXPECT_TRUE(written({.cookies = "jar", .authorization = "jar"}, common)
                  .ends_with("\r\ncookie: mine\r\nauthorization: mine\r\n\r\n"));

  const std::array none{Header{"Cookie", kOmitted}};
  EXPECT_EQ(written({.headers = none, .cookies = "jar"}).find("ookie"), std::string::npos);
}

TEST(WriteRequest, RefusesToBeSplitInTwo) {
  const std::string nul("a\0b", 3);
  for (const std::string& value :
       {std::string("a\r\nb"), std::string("a\nb"), std::string("a\rb"), nul}) {
    const std::array headers{Header{"X", value}};
    EXPECT_NE(refusal({.headers = headers}), "");
    EXPECT_NE(refusal({.cookies = value}), "");
    EXPECT_NE(refusal({.authorization = value}), "");
    EXPECT_FALSE(RequestDefaults::create("h", headers).ok());
    EXPECT_FALSE(RequestDefaults::create(value, {}).ok());
  }
  // Longer than a word of memory: they are looked at eight bytes at a time.
  const std::array late{Header{"X", "0123456789abcdef0123\n"}};
  EXPECT_NE(refusal({.headers = late}), "");
  for (const std::string_view name : {"", "a b", "a:", "a\r\nb", "\xc3\xa4"}) {
    const std::array headers{Header{name, "v"}};
    EXPECT_NE(refusal({.headers = headers}), "");
  }
  for (const std::string_view target : {"", "/a b", "/a\r\nb", "/\x7f"}) {
    EXPECT_NE(refusal({.target = target}), "");
  }
  for (const std::string_view method : {"", "GET /", "G\r\nT"}) {
    EXPECT_NE(refusal({.method = method}), "");
  }
}

TEST(WriteRequest, TakesTabsAndBytesBeyondAsciiInValues) {
  const std::array headers{Header{"X", "a\tb \xc3\xa4 0123456789\t\x01"}};
  EXPECT_EQ(refusal({.headers = headers}), "");
}

TEST(WriteRequest, SaysWhatIsWrongInOneLine) {
  const std::array headers{Header{"X-Bad\r\nName", "v"}};
  EXPECT_EQ(refusal({.headers = headers}),
            "bad header name \"X-Bad..Name\": a name is one word of letters, digits and -");
}

TEST(WriteRequest, AllocatesNothingOnceItIsWarm) {
  const RequestDefaults common = defaults();
  const std::array headers{Header{"Accept", "text/html"}};
  std::string out;
  std::uint64_t before = 0;
  for (int round = 0; round < 10; ++round) {
    if (round == 1) before = test::allocations();
    out.clear();
    ASSERT_TRUE(
        write_request(out, common, {.method = "POST", .headers = headers, .body = "x"}).ok());
  }
  EXPECT_EQ(test::allocations(), before);
}

TEST(RequestDefaults, TakesThoseOfTheUserClass) {
  const std::array headers{Header{"ACCEPT", "text/html"}, Header{"X-Tenant", "7"},
                           Header{"Accept-Encoding", kOmitted}, Header{"Content-Length", "5"}};
  EXPECT_EQ(defaults(headers).bytes(),
            "Host: h:81\r\nUser-Agent: swarm/0.1\r\nConnection: keep-alive\r\n"
            "ACCEPT: text/html\r\nX-Tenant: 7\r\n");
}

TEST(WriteRequest, SaysTheLengthOfNothingToAllButGetAndHeadIfAsked) {
  for (const std::string_view method : {"DELETE", "OPTIONS", "POST", "PURGE"}) {
    EXPECT_TRUE(
        written({.method = method, .always_length = true}).ends_with("Content-Length: 0\r\n\r\n"))
        << method;
  }
  for (const std::string_view method : {"GET", "HEAD"}) {
    EXPECT_EQ(written({.method = method, .always_length = true}), written({.method = method}));
  }
}

}  // namespace
}  // namespace swarm::http
