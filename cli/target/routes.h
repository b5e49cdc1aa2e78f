#pragma once

#include <cstdint>
#include <string_view>

#include "cli/target/answer.h"
#include "cli/target/request.h"

namespace swarm::target {

// The largest body that /echo takes.
inline constexpr std::uint64_t kMaxEchoBytes = 64ull * 1024 * 1024;

enum class Kind : std::uint8_t {
  Index,
  Success,
  Random,
  Status,
  Delay,
  Bytes,
  Json,
  Echo,
  Redirect,
  SetCookies,
  Cookies,
  Gzip,
  Stream,
  Close,
  Drop,
  BasicAuth,
  Half,
  Garbage,
  Log,
  Unknown,     // no such path: 404
  OutOfRange,  // the number in the path is none, or not one we serve: 400
};

// What a path asks for.
struct Route {
  Kind kind = Kind::Unknown;
  std::uint64_t number = 0;  // the {n} of the path; of /delay in nanoseconds
};

Route parse_route(std::string_view path);

// Whether the answer depends on nothing but the path, so that it can be kept.
bool is_constant(const Route& route);

// What a request is answered with. /random, which wants a die, and /log, which wants the counts,
// are answered by Site.
// REQUIRES: route is parse_route(request.path); for /echo, request.body is complete.
Answer answer(const Route& route, const Request& request);

}  // namespace swarm::target
