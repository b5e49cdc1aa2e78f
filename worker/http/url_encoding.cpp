#include "worker/http/url_encoding.h"

#include <array>
#include <cstdint>

#include "worker/http/ascii.h"

namespace swarm::http {
namespace {

// What stands for itself: bit 0 in a path, bit 1 in a query; bit 2 everywhere, even if escaped.
constexpr std::uint8_t kInPath = 1;
constexpr std::uint8_t kInQuery = 2;
constexpr std::uint8_t kUnreserved = 4;

constexpr std::array<std::uint8_t, 256> kUrlCharacters = [] {
  std::array<std::uint8_t, 256> table{};
  const auto allow = [&](std::string_view characters, std::uint8_t bits) {
    for (const char c : characters) table[static_cast<unsigned char>(c)] |= bits;
  };
  allow("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~",
        kInPath | kInQuery | kUnreserved);
  allow("!$&'()*+,;=:@/", kInPath | kInQuery);
  allow("?", kInQuery);
  return table;
}();

bool has_bits(char c, std::uint8_t bits) {
  return (kUrlCharacters[static_cast<unsigned char>(c)] & bits) != 0;
}

// The byte escaped at `at`, or -1 if no escape begins there.
int escaped_byte(std::string_view text, std::size_t at) {
  if (text[at] != '%' || text.size() - at < 3) return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool all_percents_are_escapes(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (escaped_byte(text, at) < 0) return false;
  }
  return true;
}

void append_hex(std::string& out, unsigned char byte) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

void append_escape(std::string& out, unsigned char byte) {
  out += '%';
  append_hex(out, byte);
}

}  // namespace

void append_encoded(std::string& out, std::string_view text, UrlPart part) {
  const std::uint8_t plain = part == UrlPart::Path ? kInPath : kInQuery;
  const bool escapes = all_percents_are_escapes(text);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (has_bits(c, plain)) {
      out += c;
    } else if (const int escaped = escaped_byte(text, at); escaped >= 0) {
      const auto byte = static_cast<unsigned char>(escaped);
      at += 2;
      if (!escapes) {
        out += "%25";
        append_hex(out, byte);
      } else if (has_bits(static_cast<char>(byte), kUnreserved)) {
        out += static_cast<char>(byte);
      } else {
        append_escape(out, byte);
      }
    } else {
      append_escape(out, static_cast<unsigned char>(c));
    }
  }
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int byte = escaped_byte(text, at);
    out += byte < 0 ? text[at] : static_cast<char>(byte);
    if (byte >= 0) at += 2;
  }
  return out;
}

std::string without_dot_segments(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  const bool absolute = path.starts_with('/');
  if (absolute) path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    const bool last = slash == std::string_view::npos;
    const std::string_view segment = path.substr(0, slash);
    if (segment == "..") {
      const std::size_t parent = out.rfind('/');
      out.resize(parent == std::string::npos ? 0 : parent);
    } else if (segment != ".") {
      out += '/';
      out += segment;
    }
    // A path that ends in a dot segment names a folder.
    if (last && (segment == "." || segment == "..")) out += '/';
    if (last) break;
    path.remove_prefix(slash + 1);
  }
  if (!absolute) out.erase(0, 1);
  return out;
}

bool is_encoded_target(std::string_view target, std::size_t& path_length) {
  if (!target.starts_with('/')) return false;
  std::size_t at = 0;
  for (; at < target.size() && has_bits(target[at], kInPath); ++at) {
    if (target[at] == '.' && target[at - 1] == '/') return false;
  }
  path_length = at;
  if (at == target.size()) return true;
  // A question mark with nothing behind it is dropped.
  if (target[at] != '?' || at + 1 == target.size()) return false;
  while (++at < target.size()) {
    if (!has_bits(target[at], kInQuery)) return false;
  }
  return true;
}

}  // namespace swarm::http
