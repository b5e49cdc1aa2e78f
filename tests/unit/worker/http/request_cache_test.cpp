#include "worker/http/request_cache.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace swarm::http {
namespace {

Url url(std::string_view text) { return std::move(Url::parse(text)).value(); }

constexpr std::array kAccept{Header{"Accept", "a/b"}};

RequestParts parts(std::string_view method, std::string_view path,
                   std::span<const Header> headers = {}, std::string_view authorization = {}) {
  return {.method = method, .target = path, .headers = headers, .authorization = authorization};
}

TEST(RequestCache, KnowsTheSameRequestAgain) {
  RequestCache cache;
  EXPECT_EQ(cache.find(parts("GET", "/a", kAccept)), nullptr);
  cache.keep(parts("GET", "/a", kAccept), url("http://h/a"), "GET /a ...");
  const std::string method = "GET";  // the same texts in another place
  const std::vector<Header> headers{{"Accept", "a/b"}};
  const auto* const known = cache.find(parts(method, "/a", headers));
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->text, "GET /a ...");
  EXPECT_EQ(known->url, url("http://h/a"));
}

TEST(RequestCache, TakesNoOtherRequestForIt) {
  const std::array one{Header{"ab", "cd"}};
  RequestCache cache;
  cache.keep(parts("GET", "/ab", one, "Basic x"), url("http://h/ab"), "text");
  ASSERT_NE(cache.find(parts("GET", "/ab", one, "Basic x")), nullptr);

  EXPECT_EQ(cache.find(parts("PUT", "/ab", one, "Basic x")), nullptr);
  EXPECT_EQ(cache.find(parts("GET", "/cb", one, "Basic x")), nullptr);  // of the same slot
  EXPECT_EQ(cache.find(parts("GET", "/ab", one, "Basic y")), nullptr);
  EXPECT_EQ(cache.find(parts("GET", "/ab", one)), nullptr);
  const std::vector<std::array<Header, 1>> others{{Header{"ab", "ce"}}, {Header{"ac", "cd"}},
                                                  {Header{"abc", "d"}}, {Header{"ab", "c"}},
                                                  {Header{"ab", ""}},   {Header{"ab", kOmitted}}};
  for (const auto& other : others) {
    EXPECT_EQ(cache.find(parts("GET", "/ab", other, "Basic x")), nullptr) << other[0].value;
  }
}

TEST(RequestCache, TellsNoValueFromAnEmptyOne) {
  const std::array empty{Header{"Accept", ""}};
  const std::array omitted{Header{"Accept", kOmitted}};
  RequestCache cache;
  cache.keep(parts("GET", "/", omitted), url("http://h/"), "text");
  EXPECT_NE(cache.find(parts("GET", "/", omitted)), nullptr);
  EXPECT_EQ(cache.find(parts("GET", "/", empty)), nullptr);
}

TEST(RequestCache, LeavesLargeOnesOut) {
  RequestCache cache;
  cache.keep(parts("GET", "/"), url("http://h/"), std::string(RequestCache::kLargest + 1, 'x'));
  EXPECT_EQ(cache.find(parts("GET", "/")), nullptr);
}

}  // namespace
}  // namespace swarm::http
