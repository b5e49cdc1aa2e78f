#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"

// The small languages that requests and answers are written in.
namespace swarm::target {

// %41 becomes A; a % without two hex digits stays as it is.
std::string percent_decoded(std::string_view text);

// One name=value of a query.
struct Parameter {
  std::string_view name;
  std::string_view value;  // as sent, not decoded
};

// Takes the first parameter off `query`; false at the end.
bool next_parameter(std::string_view& query, Parameter& parameter);
std::optional<std::string_view> find_parameter(std::string_view query, std::string_view name);

// A whole number from `least` to `most`, and nothing else.
std::optional<std::uint64_t> number_in(std::string_view text, std::uint64_t least,
                                       std::uint64_t most);
// Milliseconds from 0 to an hour, perhaps with a fraction.
std::optional<Duration> milliseconds_in(std::string_view text);

std::string base64(std::string_view bytes);

// Appends a JSON string. Bytes beyond ASCII are copied if the text is UTF-8, and else taken as
// Latin-1, so that no byte of a header is lost.
void append_json(std::string& out, std::string_view text);

}  // namespace swarm::target
