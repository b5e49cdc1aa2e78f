#include "worker/http/response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "worker/http/response_parser.h"

namespace swarm::http {
namespace {

using testing::ElementsAre;

// "hello" by gzip.
constexpr std::string_view kGzip{
    "\x1f\x8b\x08\0\0\0\0\0\x02\x03\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10\x36\x05\0\0\0", 25};

// A response of these fields and that body.
Response response_of(const std::string& fields, std::string_view body) {
  Response response;
  ResponseParser parser;
  parser.begin(response, false);
  parser.feed("HTTP/1.1 200 Fine\r\n" + fields + "\r\n");
  parser.feed(body);
  parser.end_of_stream();
  return response;
}

TEST(Response, FindsTheFirstFieldOfANameInAnyCase) {
  const Response response = response_of("X-Test: a\r\nx-test: b\r\nEmpty:\r\n", "");
  EXPECT_EQ(response.header("X-TEST"), "a");
  EXPECT_EQ(response.header("empty"), "");
  EXPECT_NE(response.header("empty").data(), nullptr);
  EXPECT_EQ(response.header("x-tes").data(), nullptr);
}

TEST(Response, GivesRepeatedFieldsInOrder) {
  const Response response = response_of("Set-Cookie: a=1\r\nX: y\r\nSet-Cookie: b=2\r\n", "");
  std::vector<std::string_view> cookies;
  for (const Header field : response.fields()) {
    if (field.name == "Set-Cookie") cookies.push_back(field.value);
  }
  EXPECT_THAT(cookies, ElementsAre("a=1", "b=2"));
  EXPECT_EQ(response.fields().size(), 3u);
}

TEST(Response, TellsItsReason) {
  EXPECT_EQ(response_of("", "").reason(), "Fine");
  EXPECT_EQ(Response{}.reason(), "");
}

TEST(Response, GivesAPlainBodyWithoutACopy) {
  Response response = response_of("", "hello");
  EXPECT_EQ(response.text(), "hello");
  EXPECT_EQ(response.text()->data(), response.body.data());
}

TEST(Response, DecodesItsTextOnce) {
  Response response = response_of("Content-Encoding: gzip\r\n", kGzip);
  const auto text = response.text();
  EXPECT_EQ(text, "hello");
  EXPECT_EQ(response.text()->data(), text->data());
  EXPECT_EQ(response.body.view(), kGzip);
}

TEST(Response, SaysWhyItHasNoText) {
  Response broken = response_of("Content-Encoding: gzip\r\n", "hello");
  EXPECT_EQ(broken.text(), std::nullopt);
  EXPECT_EQ(broken.failure, Failure::BadContentEncoding);
  EXPECT_EQ(broken.text(), std::nullopt);

  Response large = response_of("Content-Encoding: gzip\r\n", kGzip);
  EXPECT_EQ(large.text(4), std::nullopt);
  EXPECT_EQ(large.failure, Failure::DecodedTooLarge);
}

TEST(Response, ForgetsEverythingOnReset) {
  Response response = response_of("Content-Encoding: gzip\r\nSet-Cookie: a=b\r\n", "broken");
  response.text();
  response.redirects = 3;
  response.final_url = "http://h/";
  response.reset();
  EXPECT_EQ(response.status, 0);
  EXPECT_EQ(response.failure, Failure::None);
  EXPECT_FALSE(response.keep_alive || response.encoded || response.sets_cookies);
  EXPECT_EQ(response.redirects, 0);
  EXPECT_EQ(response.final_url, "");
  EXPECT_EQ(response.fields().size(), 0u);
  EXPECT_EQ(response.text(), "");
}

TEST(Response, GivesBackTheMemoryOfItsBodyAndOfALargeHead) {
  Response response = response_of("", std::string(1000, 'x'));
  response.head.assign(Response::kKeptHead + 1, 'x');
  response.reset();
  EXPECT_EQ(response.body.capacity(), 0u);
  EXPECT_LT(response.head.capacity(), 100u);
}

TEST(Response, HasRoomBehindAPaddedText) {
  Response response;
  response.body.append("12");
  const auto text = response.padded_text(64);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "12");
  EXPECT_GE(response.body.capacity(), 66u);
}

}  // namespace
}  // namespace swarm::http
