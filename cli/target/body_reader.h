#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace swarm::target {

struct Request;

// Reads a request's body as it arrives, counted or chunked, and finds its end.
//
// Flow    bytes behind the head -> [BodyReader] -> body, and where the next request begins
// Errors  bytes that are not chunks: bad(), for good
// Source  RFC 9112, 7.1
class BodyReader {
 public:
  explicit BodyReader(const Request& request);

  // Takes the part of `bytes` that belongs to the body off their front. Appends it, decoded, to
  // `kept` unless that is null.
  void read(std::string_view& bytes, std::string* kept);

  bool done() const { return state_ == State::Done; }
  bool bad() const { return state_ == State::Bad; }
  std::uint64_t bytes_read() const { return bytes_read_; }  // decoded

 private:
  enum class State : std::uint8_t { Size, Extension, SizeEnd, Data, DataEnd, Trailer, Done, Bad };

  void read_data(std::string_view& bytes, std::string* kept);
  void read_framing(char c);
  void read_size(char c);
  void read_trailer(char c);

  State state_;
  bool chunked_;
  std::uint8_t size_digits_ = 0;
  std::uint32_t line_length_ = 0;    // of a trailer, without its end
  std::uint32_t framing_bytes_ = 0;  // spent on extensions and trailers, which are bounded
  std::uint64_t left_ = 0;           // of the body or the chunk
  std::uint64_t bytes_read_ = 0;
};

}  // namespace swarm::target
