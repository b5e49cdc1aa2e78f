#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "worker/http/buffer.h"
#include "worker/http/failure.h"

namespace swarm::http {

// Takes a chunked body apart. Extensions and trailer fields are passed over. Line ends may be a
// bare LF, as other clients take them too.
//
// Flow    bytes -> [ChunkReader] -> the body
// Thread  any
// Errors  BadChunk, BodyTooLarge, HeadTooLarge (the trailer); then failed() until the next begin()
// Source  RFC 9112 section 7.1
class ChunkReader {
 public:
  // Limits in bytes, of one size line's extension and of the whole trailer.
  static constexpr std::size_t kExtensionLimit = 4 * 1024;
  static constexpr std::size_t kTrailerLimit = 64 * 1024;

  // `body_limit`: how large the body may become.
  void begin(std::uint64_t body_limit);

  // Appends to `body`; returns how many bytes it used: all, unless done() or failed().
  std::size_t feed(std::string_view bytes, Buffer& body);

  bool done() const { return state_ == State::Done; }
  bool failed() const { return state_ == State::Failed; }
  Failure failure() const { return failure_; }

 private:
  enum class State : std::uint8_t {
    Size,
    AfterSize,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    Trailer,
    TrailerLine,
    TrailerLf,
    Done,
    Failed
  };
  State fail(Failure failure);
  State next(char c, std::size_t body_size);
  State size_digit(char c, std::size_t body_size);
  State after_size(char c, std::size_t body_size);
  State end_of_size_line(std::size_t body_size);

  State state_ = State::Size;
  Failure failure_ = Failure::None;
  bool any_digit_ = false;
  std::size_t passed_over_ = 0;  // bytes of the extension or trailer so far
  std::uint64_t left_ = 0;       // the size while it is read, then what is missing of the chunk
  std::uint64_t body_limit_ = 0;
};

}  // namespace swarm::http
