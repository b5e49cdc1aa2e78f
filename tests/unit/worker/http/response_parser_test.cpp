#include "worker/http/response_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/allocations.h"
#include "tests/support/parsed_response.h"

namespace swarm::http {
namespace {

using test::Close;
using test::Delivery;
using test::parse_at_once;
using test::ParsedResponse;
using testing::ElementsAre;
using testing::Pair;
using State = ResponseParser::State;

// What a response means in every framing, how it is split and where it is cut: that is tested over
// the files of tests/fuzz/corpus/response_parser.

constexpr std::string_view kUsual =
    "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 22\r\n\r\n0123456789012345678901";

TEST(ResponseParser, KeepsTheHeadAndIndexesItsFields) {
  const ParsedResponse parsed = parse_at_once(
      "HTTP/1.1 404 Not Found\r\nA: 1\r\nb:  two \r\nA:3\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(parsed.status, 404);
  EXPECT_EQ(parsed.reason, "Not Found");
  EXPECT_THAT(parsed.fields, ElementsAre(Pair("A", "1"), Pair("b", "two"), Pair("A", "3"),
                                         Pair("Content-Length", "0")));
  EXPECT_TRUE(parsed.head.ends_with("\r\n\r\n"));
}

TEST(ResponseParser, UnfoldsAValueInPlace) {
  const ParsedResponse parsed =
      parse_at_once("HTTP/1.1 204 No\r\nA: one\r\n  two\r\n\tthree\r\nB: c\r\n\r\n");
  EXPECT_THAT(parsed.fields, ElementsAre(Pair("A", "one    two  \tthree"), Pair("B", "c")));
}

TEST(ResponseParser, ShowsNothingOfAnInterimResponse) {
  const ParsedResponse parsed = parse_at_once(
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nSet-Cookie: a=b\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(parsed.status, 200);
  EXPECT_THAT(parsed.fields, ElementsAre(Pair("Content-Length", "0")));
  EXPECT_FALSE(parsed.sets_cookies);
}

TEST(ResponseParser, CountsInterimResponsesOfEachRequestAnew) {
  ResponseParser parser;
  Response response;
  for (int request = 0; request <= ResponseParser::kMaxInterim; ++request) {
    parser.begin(response, false);
    parser.feed("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n");
    ASSERT_EQ(parser.state(), State::Done) << request;
  }
}

TEST(ResponseParser, KnowsAHeadAgain) {
  const std::string first = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX-A: 1\r\n\r\na";
  const std::string other = "HTTP/1.1 404 No\r\nContent-Length: 1\r\nX-B: 1\r\n\r\nb";
  ASSERT_EQ(first.size(), other.size());  // so that they meet in one place
  HeadCache cache;
  EXPECT_EQ(cache.find(first), nullptr);
  const Delivery delivery{.cache = &cache};
  parse_at_once(first, delivery);
  ASSERT_NE(cache.find(first), nullptr);
  EXPECT_EQ(cache.find(first)->text, first.substr(0, first.size() - 1));
  EXPECT_EQ(cache.find(std::string_view(first).substr(0, 40)), nullptr);

  for (int i = 0; i < 10; ++i) {
    for (const std::string& text : {other, first}) {
      EXPECT_EQ(parse_at_once(text, delivery), parse_at_once(text));
    }
    EXPECT_EQ(parse_at_once(other, delivery), parse_at_once(other));
  }
}

TEST(ResponseParser, KnowsNoHeadOfAnInterimResponseAndNoLargeOne) {
  HeadCache cache;
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  parse_at_once(interim, {.cache = &cache});
  EXPECT_EQ(cache.find(interim), nullptr);
  const std::string large =
      "HTTP/1.1 204 No\r\nX: " + std::string(HeadCache::kLargest, 'x') + "\r\n\r\n";
  EXPECT_TRUE(parse_at_once(large, {.cache = &cache}).done());
  EXPECT_EQ(cache.find(large), nullptr);
}

TEST(ResponseParser, LeavesNothingOfABrokenHead) {
  const ParsedResponse parsed = parse_at_once("HTTP/1.1 200 OK\r\nA: b\r\nbroken\r\n\r\n");
  EXPECT_EQ(parsed.failure, Failure::BadHead);
  EXPECT_EQ(parsed.status, 0);
  EXPECT_EQ(parsed.head, "");
  EXPECT_THAT(parsed.fields, ElementsAre());
}

TEST(ResponseParser, NotesCookiesAndCodings) {
  const ParsedResponse plain = parse_at_once(kUsual);
  EXPECT_FALSE(plain.sets_cookies);
  EXPECT_FALSE(plain.encoded);
  const ParsedResponse both =
      parse_at_once("HTTP/1.1 204 No\r\nset-cookie: a=b\r\ncontent-encoding: gzip\r\n\r\n");
  EXPECT_TRUE(both.sets_cookies);
  EXPECT_TRUE(both.encoded);
}

TEST(ResponseParser, TakesNothingBehindTheEnd) {
  ResponseParser parser;
  Response response;
  parser.begin(response, false);
  EXPECT_EQ(parser.feed(std::string(kUsual) + "next"), kUsual.size());
  EXPECT_EQ(parser.state(), State::Done);
  EXPECT_EQ(parser.feed("next"), 0u);
  EXPECT_EQ(response.body.view(), "0123456789012345678901");
}

TEST(ResponseParser, KnowsAtOnceThatItIsNotHttp) {
  ResponseParser parser;
  Response response;
  parser.begin(response, false);
  parser.feed("HTT");
  EXPECT_EQ(parser.state(), State::Head);
  parser.feed("X");
  EXPECT_EQ(parser.state(), State::Failed);
  EXPECT_EQ(response.failure, Failure::NotHttp);
}

TEST(ResponseParser, BoundsTheHead) {
  const std::string start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ";
  const std::string end = "\r\n\r\n";
  const std::size_t limit = ResponseParser::Limits{}.head;
  const std::string fitting(limit - start.size() - end.size(), 'x');
  EXPECT_TRUE(parse_at_once(start + fitting + end).done());
  EXPECT_EQ(parse_at_once(start + fitting + 'x' + end).failure, Failure::HeadTooLarge);

  // Noticed while it grows, not when it ends.
  ResponseParser parser;
  Response response;
  parser.begin(response, false);
  parser.feed(start);
  parser.feed(std::string(limit, 'x'));
  EXPECT_EQ(response.failure, Failure::HeadTooLarge);
  EXPECT_LT(response.head.capacity(), limit);
}

TEST(ResponseParser, BoundsTheBodyInEveryFraming) {
  const ResponseParser::Limits limits{.body = 5};
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const auto failure = [&](const std::string& rest) {
    return parse_at_once(head + rest, {.limits = limits}).failure;
  };
  EXPECT_EQ(failure("Content-Length: 5\r\n\r\n12345"), Failure::None);
  EXPECT_EQ(failure("Content-Length: 6\r\n\r\n"), Failure::BodyTooLarge);
  EXPECT_EQ(failure("\r\n12345"), Failure::None);
  EXPECT_EQ(failure("\r\n123456"), Failure::BodyTooLarge);
  const std::string chunked = "Transfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(failure(chunked + "3\r\n123\r\n2\r\n45\r\n0\r\n\r\n"), Failure::None);
  EXPECT_EQ(failure(chunked + "3\r\n123\r\n3\r\n"), Failure::BodyTooLarge);
  // What does not follow cannot be too large.
  EXPECT_TRUE(parse_at_once(head + "Content-Length: 6\r\n\r\n", {.to_head = true, .limits = limits})
                  .done());
}

TEST(ResponseParser, TakesALengthOnItsWordOnlySoFar) {
  ResponseParser parser;
  Response response;
  parser.begin(response, false);
  parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
  EXPECT_EQ(parser.body_remaining(), 1'000'000'000u);
  EXPECT_LE(response.body.capacity(), 64u * 1024);
}

TEST(ResponseParser, BorrowsABodyThatCameWithItsHead) {
  const std::string body(5000, 'b');
  std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + body;
  ResponseParser parser;
  Response response;
  {
    Loan loan;
    parser.begin(response, false);
    EXPECT_EQ(parser.feed(bytes, &loan), bytes.size());
    EXPECT_EQ(parser.state(), State::Done);
    EXPECT_EQ(response.body.data(), bytes.data() + bytes.size() - body.size());
  }
  bytes.assign(bytes.size(), 'x');
  EXPECT_EQ(response.body.view(), body);
}

TEST(ResponseParser, CopiesABodyThatCameInPieces) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n";
  ResponseParser parser;
  Response response;
  Loan loan;
  parser.begin(response, false);
  parser.feed(head + std::string(2000, 'a'), &loan);
  EXPECT_EQ(parser.body_remaining(), 3000u);
  parser.feed(std::string(3000, 'b'), &loan);
  EXPECT_EQ(parser.state(), State::Done);
  EXPECT_EQ(response.body.view(), std::string(2000, 'a') + std::string(3000, 'b'));
}

TEST(ResponseParser, HasNoRemainingBodyInOtherFramings) {
  ResponseParser parser;
  Response response;
  parser.begin(response, false);
  EXPECT_EQ(parser.body_remaining(), 0u);
  parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
  EXPECT_EQ(parser.state(), State::Body);
  EXPECT_EQ(parser.body_remaining(), 0u);
}

TEST(ResponseParser, StartsAnewAfterAFailure) {
  ResponseParser parser;
  Response response;
  parser.begin(response, false);
  parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz");
  EXPECT_EQ(response.failure, Failure::BadChunk);
  EXPECT_EQ(response.status, 200);

  parser.begin(response, false);
  EXPECT_EQ(response.failure, Failure::None);
  parser.feed(kUsual);
  EXPECT_EQ(parser.state(), State::Done);
  EXPECT_TRUE(response.keep_alive);
}

TEST(ResponseParser, KeepsWhatRedirectsHaveLeft) {
  ResponseParser parser;
  Response response;
  response.redirects = 2;
  response.final_url = "http://h/2";
  parser.begin(response, false);
  EXPECT_EQ(response.redirects, 2);
  EXPECT_EQ(response.final_url, "http://h/2");
}

TEST(ResponseParser, AllocatesNothingOnceItIsWarm) {
  ResponseParser parser;
  Response response;
  const std::string_view chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  std::uint64_t before = 0;
  for (int round = 0; round < 10; ++round) {
    if (round == 1) before = test::allocations();
    for (const std::string_view bytes : {kUsual, chunked}) {
      parser.begin(response, false);
      parser.feed(bytes);
      ASSERT_EQ(parser.state(), State::Done);
    }
  }
  EXPECT_EQ(test::allocations(), before);
}

TEST(ResponseParser, EndsAfterAnEndWithoutAChange) {
  ResponseParser parser;
  Response response;
  parser.begin(response, false);
  parser.feed(kUsual);
  parser.end_of_stream();
  EXPECT_EQ(parser.state(), State::Done);
  EXPECT_EQ(response.failure, Failure::None);
}

}  // namespace
}  // namespace swarm::http
