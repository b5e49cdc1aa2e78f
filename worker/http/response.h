#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/http/buffer.h"
#include "worker/http/failure.h"
#include "worker/http/fields.h"

namespace swarm::http {

// What came back for one request. Made to be used again: its memory stays with it, within limits.
//
// Flow    bytes -> ResponseParser -> [Response] -> the scenario
// Thread  loop
// Errors  `failure`, next to whatever had arrived until then
struct Response {
  // What reset() keeps of the memory of a large head.
  static constexpr std::size_t kKeptHead = 4 * 1024;
  // How far text() decompresses, in bytes.
  static constexpr std::size_t kDecodedLimit = 64 * 1024 * 1024;

  int status = 0;  // 0: no response
  std::uint8_t minor_version = 1;
  bool keep_alive = false;    // the connection can carry another request
  bool encoded = false;       // there is a Content-Encoding
  bool sets_cookies = false;  // there is a Set-Cookie
  Failure failure = Failure::None;
  std::uint16_t redirects = 0;  // followed before this response
  std::string final_url;        // who answered; empty if nothing was redirected
  std::string head;             // as received, up to and including the empty line
  std::vector<FieldPlace> places;
  Buffer body;  // as received, without its chunks

  bool failed() const { return failure != Failure::None; }
  std::string_view reason() const;
  Fields fields() const { return {head, places}; }
  // The first field of that name, whatever its case; empty if there is none.
  std::string_view header(std::string_view name) const { return fields().find(name); }

  // The body without its Content-Encoding: decoded at the first call, kept for the next. A coding
  // that we do not know leaves the body as it came.
  // Errors: nothing, and `failure` says why: BadContentEncoding, DecodedTooLarge.
  std::optional<std::string_view> text(std::size_t limit = kDecodedLimit);

  // The same; behind it are `padding` bytes that may be read, for parsers that want them.
  std::optional<std::string_view> padded_text(std::size_t padding);

  // The body as far as it can be read without work: nothing, if it is encoded and was not decoded.
  std::string_view readable() const {
    if (!encoded) return body.view();
    return decoding_ == Decoding::Done ? decoded_.view() : std::string_view{};
  }

  // Back to no response.
  void reset();
  // The same for all but what the redirects so far have left: redirects, final_url.
  void reset_message();

 private:
  enum class Decoding : std::uint8_t { Pending, Done, Failed };
  Decoding decoding_ = Decoding::Pending;
  Buffer decoded_;
};

}  // namespace swarm::http
