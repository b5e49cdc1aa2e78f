#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace swarm::http {

// The letters of HTTP: what RFC 9110 calls a token, a digit, white space. Never the locale's.
// Thread  any
// Errors  none

// True for the characters of a token: what methods and field names are made of.
inline constexpr std::array<bool, 256> kTokenCharacters = [] {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[c] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

constexpr bool is_token_character(char c) {
  return kTokenCharacters[static_cast<unsigned char>(c)];
}
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// 0..15, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!is_token_character(c)) return false;
  }
  return !text.empty();
}

// Equal, whatever the case. `lower` has no upper-case letter.
constexpr bool equals_lower(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (to_lower(text[i]) != lower[i]) return false;
  }
  return true;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

// Without spaces and tabs at both ends.
constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The part of a comma-separated list before its next comma, trimmed; `list` keeps the rest.
constexpr std::string_view next_of_list(std::string_view& list) {
  const std::size_t comma = list.find(',');
  const std::string_view item = list.substr(0, comma);
  list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  return trim(item);
}

// Whether a CR, LF or NUL is in `text`: the bytes that no field value may contain. Eight bytes at
// a time, because it reads every head that arrives; a suspicious word is looked at byte by byte.
inline bool has_line_break_or_nul(std::string_view text) {
  const auto forbidden = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  while (text.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), 8);
    // Sets the top bit of (at least) each byte below 0x10.
    const std::uint64_t low = (word - 0x1010101010101010u) & ~word & 0x8080808080808080u;
    if (low != 0) {
      for (int i = 0; i < 8; ++i) {
        if (forbidden(text[i])) return true;
      }
    }
    text.remove_prefix(8);
  }
  for (const char c : text) {
    if (forbidden(c)) return true;
  }
  return false;
}

}  // namespace swarm::http
