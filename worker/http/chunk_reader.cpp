#include "worker/http/chunk_reader.h"

#include <algorithm>

#include "worker/http/ascii.h"

namespace swarm::http {

void ChunkReader::begin(std::uint64_t body_limit) {
  *this = {};
  body_limit_ = body_limit;
}

std::size_t ChunkReader::feed(std::string_view bytes, Buffer& body) {
  std::size_t used = 0;
  while (used < bytes.size() && state_ < State::Done) {
    if (state_ == State::Data) {
      const std::string_view part = bytes.substr(
          used, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
      body.append(part);
      used += part.size();
      left_ -= part.size();
      if (left_ == 0) state_ = State::DataCr;
    } else {
      state_ = next(bytes[used++], body.size());
    }
  }
  return used;
}

ChunkReader::State ChunkReader::fail(Failure failure) {
  failure_ = failure;
  return State::Failed;
}

ChunkReader::State ChunkReader::next(char c, std::size_t body_size) {
  switch (state_) {
    case State::Size:
      return size_digit(c, body_size);
    case State::AfterSize:
      return after_size(c, body_size);
    case State::Extension:
      if (c == '\n' || c == '\r') return after_size(c, body_size);
      if (++passed_over_ > kExtensionLimit) return fail(Failure::BadChunk);
      return State::Extension;
    case State::SizeLf:
      return c == '\n' ? end_of_size_line(body_size) : fail(Failure::BadChunk);
    case State::DataCr:
      if (c == '\r') return State::DataLf;
      [[fallthrough]];
    case State::DataLf:
      if (c != '\n') return fail(Failure::BadChunk);
      left_ = 0;
      any_digit_ = false;
      return State::Size;
    case State::Trailer:
      if (c == '\n') return State::Done;
      if (c == '\r') return State::TrailerLf;
      [[fallthrough]];
    case State::TrailerLine:
      if (++passed_over_ > kTrailerLimit) return fail(Failure::HeadTooLarge);
      return c == '\n' ? State::Trailer : State::TrailerLine;
    case State::TrailerLf:
      return c == '\n' ? State::Done : fail(Failure::BadChunk);
    case State::Data:
    case State::Done:
    case State::Failed:
      break;
  }
  return state_;
}

ChunkReader::State ChunkReader::size_digit(char c, std::size_t body_size) {
  const int digit = hex_value(c);
  if (digit < 0) return any_digit_ ? after_size(c, body_size) : fail(Failure::BadChunk);
  if (left_ >> 60 != 0) return fail(Failure::BadChunk);
  left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
  any_digit_ = true;
  return State::Size;
}

ChunkReader::State ChunkReader::after_size(char c, std::size_t body_size) {
  switch (c) {
    case ' ':
    case '\t':
      // Some servers pad the size to a fixed width.
      if (++passed_over_ > kExtensionLimit) return fail(Failure::BadChunk);
      return State::AfterSize;
    case ';':
      return State::Extension;
    case '\r':
      return State::SizeLf;
    case '\n':
      return end_of_size_line(body_size);
    default:
      return fail(Failure::BadChunk);
  }
}

ChunkReader::State ChunkReader::end_of_size_line(std::size_t body_size) {
  passed_over_ = 0;
  if (left_ == 0) return State::Trailer;
  if (left_ > body_limit_ - std::min<std::uint64_t>(body_limit_, body_size)) {
    return fail(Failure::BodyTooLarge);
  }
  return State::Data;
}

}  // namespace swarm::http
