#include "master/views/text.h"

#include <algorithm>

#include "common/assert.h"

namespace swarm::master {
namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; }

// The first `count` code points, in bytes.
std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (!continues(text[at]) && count-- == 0) break;
    ++at;
  }
  return at;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string clean(text);
  for (std::size_t at = 0; at < clean.size(); ++at) {
    const auto byte = static_cast<unsigned char>(clean[at]);
    if (byte == '\n' || byte == '\r' || byte == '\t') {
      clean[at] = ' ';
    } else if (byte < 0x20 || byte == 0x7F) {
      clean[at] = '?';
    } else if (byte == 0xC2 && at + 1 < clean.size() &&
               static_cast<unsigned char>(clean[at + 1]) < 0xA0 && continues(clean[at + 1])) {
      clean.replace(at, 2, "?");  // U+0080 to U+009F command terminals too
    }
  }
  return clean;
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return !continues(byte); }));
}

std::string shorten(std::string_view text, std::size_t most) {
  const std::size_t whole = width(text);
  if (whole <= most) return std::string(text);
  if (most == 0) return {};
  const std::size_t tail = (most - 1) / 2;
  const std::size_t head = most - 1 - tail;
  return std::string(text.substr(0, bytes_of(text, head))) + "~" +
         std::string(text.substr(bytes_of(text, whole - tail)));
}

std::vector<std::string> wrap(std::string_view text, std::size_t most) {
  SWARM_ASSERT(most > 0);
  std::vector<std::string> lines;
  while (width(text) > most) {
    const std::size_t fits = bytes_of(text, most);
    // A space right after what fits is a place to break, too.
    std::size_t at = text.rfind(' ', fits);
    if (at == std::string_view::npos || at == 0) at = fits;
    lines.emplace_back(text.substr(0, at));
    text.remove_prefix(at);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

}  // namespace swarm::master
