#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace swarm {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error, Critical };

// Writes one line `[2026-11-22 20:45:42,123] host/LEVEL/logger: message`, in local time, to stderr
// or to the log file. `logger` is swarm.main, swarm.runners, ...
// Thread  any
void log(LogLevel level, std::string_view logger, std::string_view message);

// Where lines go and from which level on. `file` empty: stderr. Until it is called: stderr, Info.
// Errors: the file cannot be opened.
Result<void> setup_log(LogLevel threshold, const std::string& file);

// The last lines that were written, at most kRecentLines, the oldest first.
// Thread  any
inline constexpr std::size_t kRecentLines = 500;
std::vector<std::string> recent_log_lines();
// How many lines were written so far.
// Thread  any
std::uint64_t log_count();

}  // namespace swarm
