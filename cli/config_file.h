#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace swarm {

// One `key = value` of a configuration file.
struct ConfigEntry {
  std::string key;
  std::vector<std::string> values;  // one, unless a list was written
  std::size_t line = 0;             // from 1

  friend bool operator==(const ConfigEntry&, const ConfigEntry&) = default;
};

// The elements of `[a, "b, c", {"d": 1, "e": 2}]`; no value: the text is not in brackets.
std::optional<std::vector<std::string>> parse_list(std::string_view text);

// Reads the .conf form: `key = value`, `key: value`, `key value`, a key alone (a switch), lists
// `key = [a, b]`, values in quotes. `#` and `;` begin a comment at the start of a line or after a
// blank; [sections] and lines of dashes are skipped. `path` is for messages.
// Source  the format of Locust's files, which is configargparse's
// Errors  a line that is none of these
Result<std::vector<ConfigEntry>> parse_conf(std::string_view text, std::string_view path);

// Reads the tables tool.locust and tool.swarm of a TOML file, in this order; none is no error,
// since a pyproject.toml belongs to others too.
// Errors  malformed TOML, a value that is no string, number, truth value or list of them
Result<std::vector<ConfigEntry>> parse_toml(std::string_view text, std::string_view path);

}  // namespace swarm
