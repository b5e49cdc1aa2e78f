#include "worker/http/cookie_date.h"

#include <array>

#include "worker/http/ascii.h"

namespace swarm::http {
namespace {

constexpr bool is_delimiter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x09 || (byte >= 0x20 && byte <= 0x2f) || (byte >= 0x3b && byte <= 0x40) ||
         (byte >= 0x5b && byte <= 0x60) || (byte >= 0x7b && byte <= 0x7e);
}

// The number that `text` begins with, if it has `least` to `most` digits; they are taken off.
std::optional<int> take_number(std::string_view& text, std::size_t least, std::size_t most) {
  std::size_t digits = 0;
  int number = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    if (digits == most) return std::nullopt;
    number = number * 10 + (text[digits++] - '0');
  }
  if (digits < least) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

// "h:m:s", each of one or two digits; what follows it does not matter.
std::optional<std::chrono::seconds> time_of_day(std::string_view token) {
  std::array<int, 3> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) {
      if (!token.starts_with(':')) return std::nullopt;
      token.remove_prefix(1);
    }
    const auto part = take_number(token, 1, 2);
    if (!part) return std::nullopt;
    parts[i] = *part;
  }
  if (parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
  return std::chrono::seconds(parts[0] * 3600 + parts[1] * 60 + parts[2]);
}

// 1 to 12, from the first three letters.
std::optional<unsigned> month_named(std::string_view token) {
  constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (token.size() < 3) return std::nullopt;
  for (unsigned month = 0; month < 12; ++month) {
    if (equals_lower(token.substr(0, 3), kMonths.substr(month * 3, 3))) return month + 1;
  }
  return std::nullopt;
}

}  // namespace

std::optional<WallTime> parse_cookie_date(std::string_view text) {
  std::optional<std::chrono::seconds> time;
  std::optional<unsigned> month;
  std::optional<int> day;
  std::optional<int> year;
  while (!text.empty()) {
    std::size_t length = 0;
    while (length < text.size() && !is_delimiter(text[length])) ++length;
    const std::string_view token = text.substr(0, length);
    text.remove_prefix(length == text.size() ? length : length + 1);
    if (token.empty()) continue;

    // The first token that fits decides each part; the order is the RFC's.
    if (!time && (time = time_of_day(token))) continue;
    std::string_view rest = token;
    if (!day && (day = take_number(rest, 1, 2))) continue;
    if (!month && (month = month_named(token))) continue;
    rest = token;
    if (!year) year = take_number(rest, 2, 4);
  }
  if (!time || !month || !day || !year) return std::nullopt;
  if (*year >= 70 && *year <= 99) *year += 1900;
  if (*year >= 0 && *year <= 69) *year += 2000;
  if (*year < 1601) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + *time;
}

}  // namespace swarm::http
