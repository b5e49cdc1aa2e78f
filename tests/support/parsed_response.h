#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "worker/http/head_cache.h"
#include "worker/http/response_parser.h"

namespace swarm::test {

// All that a parser can say about some bytes, to be compared as a whole.
struct ParsedResponse {
  http::ResponseParser::State state{};
  http::Failure failure{};
  int status = 0;
  int minor_version = 1;
  bool keep_alive = false;
  bool encoded = false;
  bool sets_cookies = false;
  std::size_t used = 0;  // bytes taken off the connection
  std::string reason;
  std::string head;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  bool done() const { return state == http::ResponseParser::State::Done; }
  friend bool operator==(const ParsedResponse&, const ParsedResponse&) = default;
};

enum class Close { Yes, No };

// How bytes reach the parser.
struct Delivery {
  bool to_head = false;
  Close close = Close::Yes;  // whether the peer closes behind them
  bool lent = false;         // in one place, which is used again for the next piece
  http::ResponseParser::Limits limits = {};
  http::HeadCache* cache = nullptr;
};

// Delivers `bytes` in pieces; `next_piece(at)` is the length of the piece that begins there (> 0).
inline ParsedResponse parse_in_pieces(std::string_view bytes,
                                      const std::function<std::size_t(std::size_t)>& next_piece,
                                      const Delivery& delivery = {}) {
  http::ResponseParser parser(delivery.limits);
  http::Response response;
  parser.begin(response, delivery.to_head, delivery.cache);
  std::size_t used = 0;
  std::string place(delivery.lent ? bytes.size() : 0, 'x');
  http::Loan loan;
  while (used < bytes.size() && !parser.finished()) {
    std::string_view piece = bytes.substr(used, next_piece(used));
    if (delivery.lent) {
      piece.copy(place.data(), piece.size());
      used += parser.feed(std::string_view(place).substr(0, piece.size()), &loan);
      loan.end();
      place.assign(place.size(), 'x');
    } else {
      used += parser.feed(piece);
    }
  }
  if (delivery.close == Close::Yes) parser.end_of_stream();

  ParsedResponse parsed{.state = parser.state(),
                        .failure = response.failure,
                        .status = response.status,
                        .minor_version = response.minor_version,
                        .keep_alive = response.keep_alive,
                        .encoded = response.encoded,
                        .sets_cookies = response.sets_cookies,
                        .used = used,
                        .reason = std::string(response.reason()),
                        .head = response.head,
                        .fields = {},
                        .body = std::string(response.body.view())};
  // What of a broken response was taken in depends on where it was found broken.
  if (parser.state() == http::ResponseParser::State::Failed) parsed.used = 0;
  for (const http::Header field : response.fields()) {
    parsed.fields.emplace_back(field.name, field.value);
  }
  return parsed;
}

inline ParsedResponse parse_at_once(std::string_view bytes, const Delivery& delivery = {}) {
  return parse_in_pieces(
      bytes, [&](std::size_t) { return bytes.size(); }, delivery);
}

}  // namespace swarm::test
