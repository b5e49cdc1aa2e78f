#pragma once

#include <cstdint>
#include <string_view>

#include "worker/http/failure.h"

namespace swarm::http {

// What the fields of a response's head mean for its connection and for where its body ends.
//
// Flow    fields, one by one -> [HeadFacts] -> ResponseParser
// Thread  any
// Errors  BadLength, BadTransferEncoding: nobody can know where such a message ends, and whoever
//         guesses takes a part of it for the next response
// Source  RFC 9112 sections 6.1 to 6.3, 9.3
struct HeadFacts {
  bool close = false;       // Connection: close
  bool keep_alive = false;  // Connection: keep-alive
  bool chunked = false;
  bool has_length = false;
  bool encoded = false;
  bool sets_cookies = false;
  std::uint64_t length = 0;

  Failure note(std::string_view name, std::string_view value);

 private:
  Failure note_length(std::string_view value);
  Failure note_transfer_encoding(std::string_view value);
  void note_connection(std::string_view value);
};

}  // namespace swarm::http
