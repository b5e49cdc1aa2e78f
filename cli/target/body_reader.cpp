#include "cli/target/body_reader.h"

#include <algorithm>

#include "cli/target/request.h"

namespace swarm::target {
namespace {

constexpr std::uint8_t kMaxSizeDigits = 15;  // so that a size never overflows

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

BodyReader::BodyReader(const Request& request)
    : state_(request.chunked ? State::Size : State::Data),
      chunked_(request.chunked),
      left_(request.chunked ? 0 : request.content_length) {
  if (!request.has_body()) state_ = State::Done;
}

void BodyReader::read(std::string_view& bytes, std::string* kept) {
  while (!bytes.empty() && !done() && !bad()) {
    if (state_ == State::Data) {
      read_data(bytes, kept);
    } else {
      read_framing(bytes.front());
      bytes.remove_prefix(1);
    }
  }
}

void BodyReader::read_data(std::string_view& bytes, std::string* kept) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  if (kept != nullptr) kept->append(bytes.substr(0, count));
  bytes.remove_prefix(count);
  bytes_read_ += count;
  left_ -= count;
  if (left_ > 0) return;
  state_ = chunked_ ? State::DataEnd : State::Done;
  line_length_ = 0;
}

void BodyReader::read_framing(char c) {
  switch (state_) {
    case State::Size:
      return read_size(c);
    case State::Extension:
      if (c == '\r')
        state_ = State::SizeEnd;
      else if (c == '\n' || ++framing_bytes_ > kMaxHeadBytes)
        state_ = State::Bad;
      return;
    case State::SizeEnd:
      line_length_ = 0;
      state_ = c != '\n' ? State::Bad : left_ > 0 ? State::Data : State::Trailer;
      size_digits_ = 0;
      return;
    case State::DataEnd:
      // CR, then LF: the line behind a chunk is empty.
      if (c != (line_length_ == 0 ? '\r' : '\n'))
        state_ = State::Bad;
      else if (line_length_++ == 1)
        state_ = State::Size;
      return;
    default:
      return read_trailer(c);
  }
}

void BodyReader::read_size(char c) {
  if (const int digit = hex_digit(c); digit >= 0) {
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    if (++size_digits_ > kMaxSizeDigits) state_ = State::Bad;
  } else if (size_digits_ == 0) {
    state_ = State::Bad;
  } else if (c == '\r') {
    state_ = State::SizeEnd;
  } else {
    state_ = c == ';' || c == ' ' || c == '\t' ? State::Extension : State::Bad;
  }
}

// Trailers are read over, up to the empty line.
void BodyReader::read_trailer(char c) {
  if (++framing_bytes_ > kMaxHeadBytes) {
    state_ = State::Bad;
  } else if (c == '\n') {
    if (line_length_ == 0) state_ = State::Done;
    line_length_ = 0;
  } else if (c != '\r') {
    ++line_length_;
  }
}

}  // namespace swarm::target
