#include "master/server/web_message.h"

#include <nlohmann/json.hpp>

namespace swarm::master {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string with_blanks(std::string_view text) {
  std::string blank{text};
  for (char& c : blank) {
    if (c == '+') c = ' ';
  }
  return blank;
}

}  // namespace

WebResponse refusal(unsigned status, std::string_view reason) {
  const nlohmann::json body{{"error", reason}};
  return {.status = status,
          .body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

bool decode_percent(std::string_view text, std::string& decoded) {
  decoded.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return false;
    decoded += c;
  }
  return true;
}

std::multimap<std::string, std::string> decode_form(std::string_view text) {
  std::multimap<std::string, std::string> fields;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view field = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    const std::size_t equals = field.find('=');
    std::string name;
    std::string value;
    if (!decode_percent(with_blanks(field.substr(0, equals)), name)) continue;
    if (equals != std::string_view::npos &&
        !decode_percent(with_blanks(field.substr(equals + 1)), value)) {
      continue;
    }
    if (!name.empty()) fields.emplace(std::move(name), std::move(value));
  }
  return fields;
}

}  // namespace swarm::master
