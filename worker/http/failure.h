#pragma once

#include <cstdint>
#include <string_view>

namespace swarm::http {

// Why a request has no usable response. What the target answers (404, 500) is no Failure.
enum class Failure : std::uint8_t {
  None,
  // on the way to the target
  NameNotResolved,
  Refused,
  Unreachable,
  ConnectTimedOut,
  ReadTimedOut,
  Reset,
  Tls,
  Closed,  // the connection ended before the first byte of a response
  // what came is no response, or not all of it
  NotHttp,
  BadHead,    // HTTP/1, but a field line is malformed
  BadLength,  // Content-Length malformed, or two that differ
  BadTransferEncoding,
  BadChunk,
  UnexpectedUpgrade,
  HeadTooShort,  // the connection ended within the head
  BodyTooShort,  // the connection ended within the body
  HeadTooLarge,
  BodyTooLarge,
  // the response is complete, and useless
  BadContentEncoding,
  DecodedTooLarge,
  TooManyRedirects,
  BadUrl,
  // the generator's own (is_generators)
  OutOfDescriptors,
  OutOfPorts,
  OutOfMemory,
};

inline constexpr Failure kLastFailure = Failure::OutOfMemory;

// In the words of an error report, lower case, no full stop; empty for None.
std::string_view describe(Failure failure);

// Whether the generator could not make the request: never counted against the target.
constexpr bool is_generators(Failure failure) { return failure >= Failure::OutOfDescriptors; }

}  // namespace swarm::http
