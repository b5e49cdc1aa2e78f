#include "cli/stores.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

#include "cli/timespan.h"

namespace swarm {
namespace {

Result<std::chrono::seconds> parse_wait(const std::string& text) {
  SWARM_TRY_ASSIGN(const auto wait, parse_timespan(text));
  if (wait.count() < 1) return Error{"must be at least 1 second"};
  return wait;
}

}  // namespace

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

Result<void> keep_expect_workers_max_wait(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(options.expect_workers_max_wait, parse_timespan(values.front()));
  return {};
}

Result<void> keep_worker_id(Options& options, std::span<const std::string> values) {
  constexpr std::size_t kLongest = 200;  // ZeroMQ's identities have 255 bytes
  const std::string_view id = trimmed(values.front());
  const bool printable =
      std::ranges::all_of(id, [](unsigned char letter) { return letter > 0x20 && letter != 0x7f; });
  if (id.empty() || id.size() > kLongest || !printable) {
    return Error{fmt::format("{} is no name: 1 to {} characters without blanks",
                             in_quotes(values.front()), kLongest)};
  }
  options.worker_id = id;
  return {};
}

Result<void> keep_report_interval(Options& options, std::span<const std::string> values) {
  constexpr double kLeast = 0.1;
  constexpr double kMost = 3600;
  SWARM_TRY_ASSIGN(const double seconds, parse_positive(values.front()));
  if (seconds < kLeast || seconds > kMost) {
    return Error{fmt::format("must be from {} to {} seconds, not {}", kLeast, kMost,
                             trimmed(values.front()))};
  }
  options.report_interval =
      std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
  return {};
}

// Locust's way to say "never" is a number below zero.
Result<void> keep_autoquit(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(const auto seconds, parse_whole(values.front(), -1, INT32_MAX));
  options.autoquit = seconds >= 0 ? std::optional{std::chrono::seconds{seconds}} : std::nullopt;
  return {};
}

Result<void> keep_orphan_after(Options& options, std::span<const std::string> values) {
  // A master need not say a word in every second.
  static constexpr std::chrono::seconds kLeast{5};
  SWARM_TRY_ASSIGN(options.orphan_after, parse_wait(values.front()));
  if (options.orphan_after < kLeast) return Error{"must be at least 5 seconds"};
  return {};
}

Result<void> keep_master_wait(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(options.master_wait, parse_wait(values.front()));
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
