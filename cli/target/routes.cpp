#include "cli/target/routes.h"

#include <array>
#include <string_view>

#include "cli/target/text.h"

namespace swarm::target {
namespace {

constexpr std::uint64_t kUnbounded = std::uint64_t{1} << 50;
constexpr std::uint64_t kMaxJsonBytes = 16 * 1024 * 1024;

struct Pattern {
  std::string_view path;  // ends with / where a number follows
  Kind kind;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

constexpr std::array kPatterns{
    Pattern{"/", Kind::Index},
    Pattern{"/success", Kind::Success},
    Pattern{"/random", Kind::Random},
    Pattern{"/status/", Kind::Status, 200, 599},
    Pattern{"/bytes/", Kind::Bytes, 0, kUnbounded},
    Pattern{"/json/", Kind::Json, 0, kMaxJsonBytes},
    Pattern{"/echo", Kind::Echo},
    Pattern{"/redirect/", Kind::Redirect, 0, kUnbounded},
    Pattern{"/cookies", Kind::Cookies},
    Pattern{"/cookies/set", Kind::SetCookies},
    Pattern{"/gzip", Kind::Gzip},
    Pattern{"/stream/", Kind::Stream, 0, kUnbounded},
    Pattern{"/close", Kind::Close},
    Pattern{"/drop", Kind::Drop},
    Pattern{"/half/", Kind::Half, 1, kUnbounded},
    Pattern{"/garbage", Kind::Garbage},
    Pattern{"/log", Kind::Log},
};

}  // namespace

Route parse_route(std::string_view path) {
  for (const Pattern& pattern : kPatterns) {
    if (path == pattern.path && pattern.most == 0) return {pattern.kind};
    if (pattern.most == 0 || !path.starts_with(pattern.path)) continue;
    const auto number = number_in(path.substr(pattern.path.size()), pattern.least, pattern.most);
    return number ? Route{pattern.kind, *number} : Route{Kind::OutOfRange};
  }
  constexpr std::string_view kDelay = "/delay/";
  if (path.starts_with(kDelay)) {
    const auto delay = milliseconds_in(path.substr(kDelay.size()));
    return delay ? Route{Kind::Delay, static_cast<std::uint64_t>(delay->count())}
                 : Route{Kind::OutOfRange};
  }
  constexpr std::string_view kBasicAuth = "/basic-auth/";
  if (path.starts_with(kBasicAuth) && path.find('/', kBasicAuth.size()) != std::string_view::npos) {
    return {Kind::BasicAuth};
  }
  if (path.starts_with("/echo/")) return {Kind::Echo};
  return {Kind::Unknown};
}

bool is_constant(const Route& route) {
  switch (route.kind) {
    case Kind::Index:
    case Kind::Success:
    case Kind::Status:
    case Kind::Bytes:
    case Kind::Json:
    case Kind::Unknown:
    case Kind::OutOfRange:
      return true;
    default:
      return false;
  }
}

}  // namespace swarm::target
