#include "cli/target/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace swarm::target {
namespace {

Request parsed(std::string_view head) {
  auto result = parse_request(head);
  EXPECT_TRUE(std::holds_alternative<Request>(result)) << head;
  return std::holds_alternative<Request>(result) ? std::get<Request>(result) : Request{};
}

int refusal(std::string_view head) {
  const auto result = parse_request(head);
  const auto* refused = std::get_if<Refusal>(&result);
  return refused != nullptr ? refused->status : 0;
}

TEST(Request, SplitsItsLineIntoMethodPathAndQuery) {
  const Request request = parsed("PUT /a/b?c=d&e HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.path, "/a/b");
  EXPECT_EQ(request.query, "c=d&e");
  EXPECT_TRUE(request.keep_alive);
  EXPECT_FALSE(request.has_body());
}

TEST(Request, LosesTheOriginThatAProxyIsAskedWith) {
  EXPECT_EQ(parsed("GET http://host:1/a HTTP/1.1\r\nHost: x\r\n\r\n").path, "/a");
  EXPECT_EQ(parsed("GET http://host HTTP/1.1\r\nHost: x\r\n\r\n").path, "/");
  EXPECT_EQ(parsed("GET /a?u=http://b/c HTTP/1.1\r\nHost: x\r\n\r\n").path, "/a");
}

TEST(Request, FindsHeadersInAnyCaseAndTrimsTheirValues) {
  const Request request =
      parsed("GET / HTTP/1.1\r\nhOsT: x\r\nX-Thing:  \t some thing \r\nEmpty:\r\n\r\n");
  EXPECT_EQ(find_header(request, "x-thing"), "some thing");
  EXPECT_EQ(find_header(request, "empty"), "");
  EXPECT_EQ(find_header(request, "absent"), "");

  std::string_view rest = request.headers;
  HeaderField field;
  int count = 0;
  while (next_header(rest, field)) ++count;
  EXPECT_EQ(count, 3);
}

TEST(Request, KnowsWhetherTheConnectionStays) {
  EXPECT_FALSE(parsed("GET / HTTP/1.1\r\nHost: x\r\nConnection: x, Close\r\n\r\n").keep_alive);
  EXPECT_TRUE(parsed("GET / HTTP/1.1\r\nHost: x\r\nConnection: closed\r\n\r\n").keep_alive);
  EXPECT_FALSE(parsed("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(parsed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST(Request, ReadsHowItsBodyIsFramed) {
  EXPECT_EQ(parsed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n").content_length, 12u);
  EXPECT_TRUE(parsed("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n").chunked);
  EXPECT_TRUE(
      parsed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n").expects_continue);
}

TEST(Request, IsReadFromLinesThatEndWithLfAlone) {
  const Request request = parsed("GET /a HTTP/1.1\nHost: x\n\n");
  EXPECT_EQ(request.path, "/a");
  EXPECT_EQ(find_header(request, "host"), "x");
}

TEST(Request, IsRefusedWhereItCouldBeUnderstoodInTwoWays) {
  const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_EQ(refusal("GET / HTTP/1.1\r\n\r\n"), 400) << "no host";
  EXPECT_EQ(refusal(get + "Host: y\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"), 0);
  EXPECT_EQ(refusal(get + "Content-Length: +1\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + "Content-Length: 99999999999999999999\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + "Content-Length:\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + "Transfer-Encoding: gzip, chunked\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + "Name : value\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + "Name: one\r\n folded\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + "no colon\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + "Name: a\rb\r\n\r\n"), 400);
  EXPECT_EQ(refusal(get + std::string("Name: a\0b\r\n\r\n", 13)), 400);
}

TEST(Request, IsRefusedIfItsLineIsNone) {
  EXPECT_EQ(refusal("GET /\r\n\r\n"), 400);
  EXPECT_EQ(refusal("G(T / HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET  / HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(refusal("GET / FTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(refusal("PRI * HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(refusal("\x16\x03\x01\n\n"), 400);
}

TEST(HeadSize, CountsUpToTheEmptyLineWhereverTheBytesWereCut) {
  const std::string_view head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string bytes = std::string{head} + "rest\r\n\r\n";
  for (std::size_t scanned = 0; scanned < head.size(); ++scanned) {
    EXPECT_EQ(head_size(head.substr(0, scanned), 0), std::string_view::npos) << scanned;
    EXPECT_EQ(head_size(bytes, scanned), head.size()) << scanned;
  }
}

}  // namespace
}  // namespace swarm::target
