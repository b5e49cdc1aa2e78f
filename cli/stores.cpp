#include "cli/stores.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

#include "cli/timespan.h"

namespace swarm {

Result<void> keep_locustfiles(Options& options, std::span<const std::string> values) {
  options.locustfile = fmt::format("{}", fmt::join(values, ","));
  options.locustfiles.clear();
  for (std::string_view rest : values) {
    while (!rest.empty()) {
      const std::string_view file = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(file.size() + 1, rest.size()));
      if (!trimmed(file).empty()) options.locustfiles.emplace_back(trimmed(file));
    }
  }
  if (options.locustfiles.empty()) return Error{"names no file"};
  return {};
}

Result<void> keep_host(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(options.host, parse_host(values.front()));
  return {};
}

Result<void> keep_spawn_rate(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(options.spawn_rate, parse_positive(values.front()));
  return {};
}

Result<void> keep_run_time(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(const auto run_time, parse_timespan(values.front()));
  // As in Locust, 0 is how a script says "no limit".
  options.run_time = run_time.count() > 0 ? std::optional{run_time} : std::nullopt;
  return {};
}

Result<void> keep_stop_timeout(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(options.stop_timeout, parse_timespan(values.front()));
  return {};
}

Result<void> keep_loglevel(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(options.loglevel, parse_loglevel(values.front()));
  return {};
}

Result<void> cancel_headless(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(const bool headful, parse_switch(values.front()));
  if (headful) options.headless = false;
  return {};
}

}  // namespace swarm
