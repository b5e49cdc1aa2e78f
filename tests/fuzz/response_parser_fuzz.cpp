// Any bytes, in whatever pieces, give the same response; cut anywhere, they give an end.

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/check.h"
#include "tests/support/parsed_response.h"

namespace swarm {
namespace {

using http::Failure;
using http::ResponseParser;
using test::Close;
using test::Delivery;
using test::parse_at_once;
using test::parse_in_pieces;
using test::ParsedResponse;

// At how many positions an input is split and cut. (response_corpus_test does it at all; here the
// next input is worth more.)
constexpr std::size_t kPositions = 12;

void check(std::string_view bytes, Delivery delivery) {
  const ParsedResponse whole = parse_at_once(bytes, delivery);
  FUZZ_CHECK(whole.state >= ResponseParser::State::Done);
  FUZZ_CHECK(whole.done() == (whole.failure == Failure::None));
  FUZZ_CHECK(whole.done() || !http::describe(whole.failure).empty());
  FUZZ_CHECK(!whole.done() || (whole.status >= 200 && whole.status <= 999));
  FUZZ_CHECK(whole.used <= bytes.size());
  // Also with its head, and those of other inputs, known.
  static http::HeadCache cache;
  delivery.cache = &cache;
  FUZZ_CHECK(parse_at_once(bytes, delivery) == whole);
  FUZZ_CHECK(parse_at_once(bytes, delivery) == whole);
  delivery.cache = nullptr;

  for (const std::size_t length : {1, 2, 7, 64}) {
    FUZZ_CHECK(parse_in_pieces(
                   bytes, [&](std::size_t) { return length; }, delivery) == whole);
  }
  const std::size_t stride = 1 + bytes.size() / kPositions;
  for (std::size_t split = 1; split < bytes.size(); split += stride) {
    const auto at_split = [&](std::size_t at) { return at < split ? split - at : bytes.size(); };
    FUZZ_CHECK(parse_in_pieces(bytes, at_split, delivery) == whole);
    delivery.lent = true;
    FUZZ_CHECK(parse_in_pieces(bytes, at_split, delivery) == whole);
    delivery.lent = false;
    FUZZ_CHECK(parse_at_once(bytes.substr(0, split), delivery).state >=
               ResponseParser::State::Done);
  }
}

// What the scenario may ask of a response that came through.
void check_use(std::string_view bytes) {
  ResponseParser parser;
  http::Response response;
  parser.begin(response, false);
  parser.feed(bytes);
  parser.end_of_stream();
  const bool failed = response.failed();
  for (const http::Header field : response.fields()) {
    FUZZ_CHECK(!field.name.empty());
    FUZZ_CHECK(field.name.data() >= response.head.data());
    FUZZ_CHECK(field.value.data() + field.value.size() <=
               response.head.data() + response.head.size());
    FUZZ_CHECK(response.header(field.name).data() != nullptr);
    FUZZ_CHECK(field.value.find_first_of(std::string_view("\0\r\n", 3)) == std::string_view::npos);
  }
  constexpr std::size_t kLimit = 1 << 20;
  const auto text = response.text(kLimit);
  FUZZ_CHECK(text.has_value() || response.failed());
  FUZZ_CHECK(!text || response.failed() == failed);
  FUZZ_CHECK(!text || !response.encoded || text->size() <= std::max(kLimit, response.body.size()));
}

}  // namespace
}  // namespace swarm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  swarm::check(text, {});
  swarm::check(text, {.to_head = true});
  swarm::check(text, {.limits = {.head = 100, .body = 10}});
  swarm::check_use(text);
  return 0;
}
