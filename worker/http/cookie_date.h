#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace swarm::http {

// The one wall-clock time of the HTTP client: cookies expire by the calendar.
using WallTime = std::chrono::sys_seconds;

// The time that a cookie's Expires means, in any of the formats that servers have invented.
// Thread  any
// Errors  nothing, if it has no day, month, year or time, or one out of range
// Source  RFC 6265 section 5.1.1
std::optional<WallTime> parse_cookie_date(std::string_view text);

}  // namespace swarm::http
