#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/log.h"
#include "common/result.h"

namespace swarm {

// Texts of people, turned into values. Errors name the text and what is expected, and read on
// after "argument -x/--option: ".
// Thread  any

// A whole number in [low, high].
Result<std::int64_t> parse_whole(std::string_view text, std::int64_t low, std::int64_t high);
// A finite number > 0.
Result<double> parse_positive(std::string_view text);
// true, yes, on, 1, false, no, off, 0, in any case.
Result<bool> parse_switch(std::string_view text);
// DEBUG, INFO, WARNING, ERROR, CRITICAL, in any case.
Result<LogLevel> parse_loglevel(std::string_view text);
// A base URL, without the slash at its end; without a scheme it is http. Empty stays empty.
// Errors: no host name, spaces, a port outside 1 to 65535.
Result<std::string> parse_host(std::string_view text);

// Without the white space around it.
std::string_view trimmed(std::string_view text);
// `text` in quotes, on one line whatever it contains, cut when it is long.
std::string in_quotes(std::string_view text);

}  // namespace swarm
