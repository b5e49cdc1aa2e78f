#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/cache.h"
#include "worker/http/fields.h"
#include "worker/http/head_facts.h"

namespace swarm::http {

struct Response;

// A response's head, parsed.
struct ParsedHead {
  std::string text;  // as Response::head
  std::vector<FieldPlace> places;
  HeadFacts facts;
  int status = 0;
  std::uint8_t minor_version = 1;
};

// Heads that came before. Servers send the same one again and again, until its Date changes; to
// compare it costs a tenth of parsing it.
// Thread  loop
class HeadCache {
 public:
  static constexpr std::size_t kLargest = 2048;  // a larger head is parsed each time

  // The head that `bytes` begin with, if it is here; valid until the next keep().
  const ParsedHead* find(std::string_view bytes);
  // The head of `response`, which came first in as many `bytes`, and means `facts`.
  void keep(std::size_t bytes, const Response& response, const HeadFacts& facts);

 private:
  Cache<ParsedHead> heads_;  // by the number of bytes: it tells endpoints apart
};

}  // namespace swarm::http
