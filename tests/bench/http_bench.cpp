// What the HTTP client's text costs: a response read, by our parser and by Beast's, and a request
// written. Decision 2 rests on the first two.
#include <benchmark/benchmark.h>

#include <boost/beast/http/basic_parser.hpp>
#include <string>

#include "worker/http/request_writer.h"
#include "worker/http/response_parser.h"
#include "worker/http/url.h"

namespace swarm::http {
namespace {

const std::string kResponse =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 20:45:42 GMT\r\n"
    "Content-Type: text/plain\r\nContent-Length: 22\r\nConnection: keep-alive\r\n"
    "X-Request-Id: 0123456789abcdef\r\n\r\nTwenty-two bytes long.";

void ParseResponse(benchmark::State& state) {
  Response response;
  ResponseParser parser;
  for (auto _ : state) {
    parser.begin(response, false);
    benchmark::DoNotOptimize(parser.feed(kResponse));
  }
}
BENCHMARK(ParseResponse);

namespace beast = boost::beast::http;

// The least that a client could do with it: it keeps the status and counts the body.
class BeastParser final : public beast::basic_parser<false> {
 public:
  int status = 0;
  std::size_t body = 0;

 private:
  using Error = boost::beast::error_code;
  using View = boost::beast::string_view;
  void on_request_impl(beast::verb, View, View, int, Error&) override {}
  void on_response_impl(int code, View, int, Error&) override { status = code; }
  void on_field_impl(beast::field, View, View, Error&) override {}
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(View bytes, Error&) override {
    return body += bytes.size(), bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View bytes, Error&) override {
    return bytes.size();
  }
  void on_finish_impl(Error&) override {}
};

void ParseResponseWithBeast(benchmark::State& state) {
  for (auto _ : state) {
    BeastParser parser;
    parser.eager(true);
    boost::beast::error_code error;
    benchmark::DoNotOptimize(parser.put(boost::asio::buffer(kResponse), error));
  }
}
BENCHMARK(ParseResponseWithBeast);

void WriteRequest(benchmark::State& state) {
  const auto url = std::move(Url::parse("http://127.0.0.1:8080")).value();
  const auto defaults = std::move(RequestDefaults::create(url.host_header())).value();
  const Header accept{"Accept", "application/json"};
  std::string out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(
        write_request(out, defaults, {.target = "/success", .headers = {&accept, 1}}).ok());
  }
}
BENCHMARK(WriteRequest);

void JoinUrl(benchmark::State& state) {
  const auto base = std::move(Url::parse("http://127.0.0.1:8080")).value();
  Url url;
  for (auto _ : state) benchmark::DoNotOptimize(Url::join(base, "/success", url).ok());
}
BENCHMARK(JoinUrl);

}  // namespace
}  // namespace swarm::http
