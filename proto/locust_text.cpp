#include "proto/locust_text.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "common/utf8.h"

namespace swarm::proto {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};
// Controls, separators but the blank, formats, private use, what is no character.
constexpr std::array<Range, 20> kEscaped{
    {{0x00, 0x1f},     {0x7f, 0xa0},     {0xad, 0xad},       {0x600, 0x605},
     {0x61c, 0x61c},   {0x6dd, 0x6dd},   {0x70f, 0x70f},     {0x8e2, 0x8e2},
     {0x1680, 0x1680}, {0x180e, 0x180e}, {0x2000, 0x200f},   {0x2028, 0x202f},
     {0x205f, 0x206f}, {0x3000, 0x3000}, {0xd800, 0xf8ff},   {0xfeff, 0xfeff},
     {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff}}};

bool is_escaped(char32_t point) {
  return std::ranges::any_of(
      kEscaped, [point](Range range) { return point >= range.first && point <= range.last; });
}

std::string escape(char32_t point) {
  const auto number = static_cast<std::uint32_t>(point);
  if (point < 0x100) return fmt::format("\\x{:02x}", number);
  if (point < 0x10000) return fmt::format("\\u{:04x}", number);
  return fmt::format("\\U{:08x}", number);
}

}  // namespace

std::string python_repr(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string repr(1, quote);
  while (!text.empty()) {
    const auto character = first_character(text).value_or(Utf8Character{0xfffd, 0});
    const char32_t point = character.point;
    if (point == static_cast<char32_t>(quote) || point == '\\') {
      (repr += '\\') += static_cast<char>(point);
    } else if (point == '\n' || point == '\r' || point == '\t') {
      (repr += '\\') += point == '\n' ? 'n' : point == '\r' ? 'r' : 't';
    } else if (is_escaped(point)) {
      repr += escape(point);
    } else {
      repr += character.bytes == 0 ? kReplacementCharacter : text.substr(0, character.bytes);
    }
    text.remove_prefix(std::max<std::size_t>(character.bytes, 1));
  }
  return repr += quote;
}

std::string locust_error_key(const ErrorKey& error) {
  const std::string text =
      fmt::format("{}.{}.{}", repaired_utf8(error.endpoint.method),
                  repaired_utf8(error.endpoint.name), python_repr(error.error));
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string key;
  for (const unsigned char byte : hash) key += fmt::format("{:02x}", byte);
  return key;
}

}  // namespace swarm::proto
