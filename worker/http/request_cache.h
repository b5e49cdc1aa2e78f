#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/cache.h"
#include "worker/http/request_writer.h"
#include "worker/http/url.h"

namespace swarm::http {

// Requests of the clients of one base URL, as they were written. Users send the same ones again and
// again; to compare one costs a fifth of checking and writing it.
//
// Flow    RequestParts, with the URL as its caller gave it for a target -> [RequestCache] ->
//         the URL that it stands for, and the text of the request
// Thread  loop
class RequestCache {
 public:
  // Of a request's text with what it was written from, in bytes; a larger one is written each time.
  static constexpr std::size_t kLargest = 4096;

  struct Request {
    Url url;
    std::string text;
  };

  // What became of the same `parts`; nullptr: not here. Valid until the next keep().
  // REQUIRES, as keep() does: neither a body nor cookies among them.
  const Request* find(const RequestParts& parts);
  void keep(const RequestParts& parts, const Url& url, std::string_view text);

 private:
  struct Kept {
    std::string pieces;  // of the parts, one after the other
    std::vector<std::uint32_t> lengths;
    Request request;
  };
  Cache<Kept> requests_;
};

}  // namespace swarm::http
