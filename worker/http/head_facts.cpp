#include "worker/http/head_facts.h"

#include <charconv>

#include "worker/http/ascii.h"

namespace swarm::http {

Failure HeadFacts::note(std::string_view name, std::string_view value) {
  // The length first: it tells nearly all other fields apart without reading them.
  switch (name.size()) {
    case 10:
      if (equals_lower(name, "connection")) note_connection(value);
      if (equals_lower(name, "set-cookie")) sets_cookies = true;
      return Failure::None;
    case 14:
      return equals_lower(name, "content-length") ? note_length(value) : Failure::None;
    case 16:
      if (equals_lower(name, "content-encoding")) encoded = true;
      return Failure::None;
    case 17:
      return equals_lower(name, "transfer-encoding") ? note_transfer_encoding(value)
                                                     : Failure::None;
    default:
      return Failure::None;
  }
}

Failure HeadFacts::note_length(std::string_view value) {
  // Repeated lengths that agree come from careless proxies; one that differs is an attack or a bug.
  do {
    const std::string_view item = next_of_list(value);
    std::uint64_t number = 0;
    const char* const end = item.data() + item.size();
    const auto [stop, error] = std::from_chars(item.data(), end, number);
    if (error != std::errc{} || stop != end) return Failure::BadLength;
    if (has_length && number != length) return Failure::BadLength;
    has_length = true;
    length = number;
  } while (!value.empty());
  return Failure::None;
}

Failure HeadFacts::note_transfer_encoding(std::string_view value) {
  do {
    const std::string_view coding = next_of_list(value);
    if (coding.empty() || equals_lower(coding, "identity")) continue;
    // "gzip, chunked" was never asked for (TE), and chunked twice is refused as the RFC has it.
    if (!equals_lower(coding, "chunked") || chunked) return Failure::BadTransferEncoding;
    chunked = true;
  } while (!value.empty());
  return Failure::None;
}

void HeadFacts::note_connection(std::string_view value) {
  do {
    const std::string_view option = next_of_list(value);
    if (equals_lower(option, "close")) close = true;
    if (equals_lower(option, "keep-alive")) keep_alive = true;
  } while (!value.empty());
}

}  // namespace swarm::http
