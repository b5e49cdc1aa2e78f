#include "cli/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

namespace swarm {
namespace {

std::string upper(std::string_view text) {
  std::string result{text};
  for (char& letter : result) {
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return result;
}

// The whole text as a number; from_chars knows no plus sign.
template <typename Number>
std::errc read_number(std::string_view text, Number& number) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end != text.data() + text.size()) return std::errc::invalid_argument;
  return error;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::string result = "'";
  for (const char letter : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\x{:02x}", byte);
    } else {
      result += letter;
    }
  }
  return result + (text.size() > kShown ? "...'" : "'");
}

Result<std::int64_t> parse_whole(std::string_view text, std::int64_t low, std::int64_t high) {
  std::int64_t number = 0;
  const std::errc error = read_number(text, number);
  if (error == std::errc::invalid_argument) {
    return Error{fmt::format("{} is not a whole number", in_quotes(text))};
  }
  const std::string_view shown = trimmed(text).substr(0, 24);
  // Beyond 64 bits `number` is not set: the sign tells which end was missed.
  const bool overflow = error != std::errc{};
  if (overflow ? shown.starts_with('-') : number < low) {
    return Error{fmt::format("must be at least {}, not {}", low, shown)};
  }
  if (overflow || number > high) {
    return Error{fmt::format("must be at most {}, not {}", high, shown)};
  }
  return number;
}

Result<double> parse_positive(std::string_view text) {
  double number = 0;
  const std::errc error = read_number(text, number);
  if (error != std::errc{} || !std::isfinite(number)) {
    return Error{fmt::format("{} is not a number", in_quotes(text))};
  }
  if (number <= 0) return Error{fmt::format("must be > 0, not {}", trimmed(text))};
  return number;
}

Result<bool> parse_switch(std::string_view text) {
  const std::string word = upper(trimmed(text));
  if (word == "TRUE" || word == "YES" || word == "ON" || word == "1") return true;
  if (word == "FALSE" || word == "NO" || word == "OFF" || word == "0") return false;
  return Error{fmt::format("{} is neither true nor false", in_quotes(text))};
}

Result<LogLevel> parse_loglevel(std::string_view text) {
  constexpr std::array kLevels{
      std::pair{"DEBUG", LogLevel::Debug}, std::pair{"INFO", LogLevel::Info},
      std::pair{"WARNING", LogLevel::Warning}, std::pair{"ERROR", LogLevel::Error},
      std::pair{"CRITICAL", LogLevel::Critical}};
  const std::string word = upper(trimmed(text));
  for (const auto& [name, level] : kLevels) {
    if (word == name) return level;
  }
  return Error{fmt::format("{} is none of DEBUG, INFO, WARNING, ERROR, CRITICAL", in_quotes(text))};
}

Result<std::string> parse_host(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::string{};
  const Error malformed{
      fmt::format("{} is no base URL; write it like http://127.0.0.1:8080 or https://example.org",
                  in_quotes(text))};
  const bool blank = std::ranges::any_of(
      text, [](unsigned char letter) { return letter <= 0x20 || letter == 0x7f; });
  if (blank) return malformed;

  std::string url{text};
  if (url.find("://") == std::string::npos) url.insert(0, "http://");
  const std::size_t start = url.find("://") + 3;
  std::string_view authority = std::string_view{url}.substr(start);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
  }

  // An IPv6 address has colons of its own, in brackets.
  const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return malformed;
  const auto colon = authority.find(':', bracket);
  const auto name_end = bracket == 0 ? authority.find(':') : bracket + 1;
  if (name_end < authority.size() && authority[name_end] != ':') return malformed;
  if (start == 3 || authority.empty() || colon == 0) return malformed;
  if (colon != std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    std::uint16_t number = 0;
    const std::errc error = read_number(port, number);
    if (error == std::errc::invalid_argument) return malformed;
    if (error != std::errc{} || number == 0) {
      return Error{fmt::format("port {} is out of range: 1 to 65535", port.substr(0, 24))};
    }
  }
  while (url.size() > start && url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace swarm
