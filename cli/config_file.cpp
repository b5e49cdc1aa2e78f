#include "cli/config_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "cli/values.h"

namespace swarm {
namespace {

constexpr std::string_view kBlank = " \t\r\f\v";

bool is_quote(char letter) { return letter == '"' || letter == '\''; }

// A value up to a comment, which needs a blank before it: `http://x/#top` is a value. Quotes keep
// comment signs, and are removed. No value: something follows the closing quote.
std::optional<std::string> without_comment(std::string_view text) {
  text = trimmed(text);
  if (!text.empty() && is_quote(text.front())) {
    const auto end = text.find(text.front(), 1);
    if (end != std::string_view::npos) {
      const std::string_view rest = trimmed(text.substr(end + 1));
      const bool comment = rest.starts_with('#') || rest.starts_with(';');
      if (!rest.empty() && !comment) return std::nullopt;
      return std::string{text.substr(1, end - 1)};
    }
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool sign = text[at] == '#' || text[at] == ';';
    if (sign && (at == 0 || kBlank.find(text[at - 1]) != std::string_view::npos)) {
      return std::string{trimmed(text.substr(0, at))};
    }
  }
  return std::string{text};
}

// An element of a list, without the blanks and quotes around it.
std::string element_of(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && is_quote(text.front()) && text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  return std::string{text};
}

// A line of a .conf file that is neither empty nor skipped; nothing if it is malformed.
std::optional<ConfigEntry> parse_line(std::string_view line, std::size_t number) {
  const std::string_view key = line.substr(0, line.find_first_of(":=;# \t"));
  if (key.empty()) return std::nullopt;
  ConfigEntry entry{.key = std::string{key}, .values = {}, .line = number};

  std::string_view rest = trimmed(line.substr(key.size()));
  const bool assigned = rest.starts_with('=') || rest.starts_with(':');
  if (assigned) rest.remove_prefix(1);

  std::optional<std::string> value = without_comment(rest);
  if (!value) return std::nullopt;
  if (value->empty() && !assigned) *value = "true";  // a switch stands alone
  if (auto list = parse_list(*value)) {
    entry.values = std::move(*list);
  } else {
    entry.values.push_back(std::move(*value));
  }
  return entry;
}

// A scalar of TOML as it would be typed on the command line.
std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto truth = node.value_exact<bool>()) return *truth ? "true" : "false";
  if (const auto whole = node.value_exact<std::int64_t>()) return fmt::format("{}", *whole);
  if (const auto number = node.value_exact<double>()) return fmt::format("{}", *number);
  return std::nullopt;
}

Result<ConfigEntry> entry_of_node(std::string_view key, const toml::node& node,
                                  std::string_view path) {
  ConfigEntry entry{.key = std::string{key}, .values = {}, .line = node.source().begin.line};
  bool scalars = true;
  const auto add = [&](const toml::node& value) {
    std::optional<std::string> text = scalar_text(value);
    scalars = scalars && text.has_value();
    entry.values.push_back(std::move(text).value_or(""));
  };
  if (const toml::array* list = node.as_array()) {
    for (const toml::node& element : *list) add(element);
  } else {
    add(node);
  }
  if (scalars) return entry;
  return Error{
      fmt::format("{}, line {}: {} needs a string, a number, true, false or a list of them", path,
                  entry.line, in_quotes(key))};
}

}  // namespace

std::optional<std::vector<std::string>> parse_list(std::string_view text) {
  text = trimmed(text);
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  text = text.substr(1, text.size() - 2);

  std::vector<std::string> elements;
  std::size_t start = 0;
  int depth = 0;  // commas inside of an element's own brackets are the element's
  char quote = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char letter = text[at];
    if (quote != 0) {
      if (letter == quote) quote = 0;
    } else if (is_quote(letter)) {
      quote = letter;
    } else if (letter == '{' || letter == '[') {
      ++depth;
    } else if (letter == '}' || letter == ']') {
      --depth;
    } else if (letter == ',' && depth <= 0) {
      elements.push_back(element_of(text.substr(start, at - start)));
      start = at + 1;
    }
  }
  const std::string_view last = text.substr(start);
  if (!elements.empty() || !trimmed(last).empty()) elements.push_back(element_of(last));
  return elements;
}

Result<std::vector<ConfigEntry>> parse_conf(std::string_view text, std::string_view path) {
  std::vector<ConfigEntry> entries;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(whole.size() + 1, text.size()));

    const std::string_view line = trimmed(whole);
    const bool skipped = line.empty() || line.front() == '#' || line.front() == ';' ||
                         line.front() == '[' || line.starts_with("---");
    if (skipped) continue;
    std::optional<ConfigEntry> entry = parse_line(line, number);
    if (!entry) {
      return Error{fmt::format("{}, line {}: write it as 'option = value', not {}", path, number,
                               in_quotes(line))};
    }
    entries.push_back(std::move(*entry));
  }
  return entries;
}

Result<std::vector<ConfigEntry>> parse_toml(std::string_view text, std::string_view path) {
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return Error{
        fmt::format("{}, line {}: {}", path, error.source().begin.line, error.description())};
  }

  std::vector<ConfigEntry> entries;
  for (const std::string_view section : {"locust", "swarm"}) {
    const toml::table* table = root["tool"][section].as_table();
    if (table == nullptr) continue;
    for (const auto& [key, node] : *table) {
      SWARM_TRY_ASSIGN(auto entry, entry_of_node(key.str(), node, path));
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

}  // namespace swarm
