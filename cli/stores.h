#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "cli/options.h"
#include "cli/values.h"
#include "common/result.h"

namespace swarm {

// What an option's values become, and where they are kept: the stores of the option table.
// Errors  a value that is wrong; see OptionSpec::Store

template <auto Member>
Result<void> keep_switch(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(options.*Member, parse_switch(values.front()));
  return {};
}

template <auto Member>
Result<void> switch_off(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(const bool off, parse_switch(values.front()));
  if (off) options.*Member = false;
  return {};
}

template <Role Wanted>
Result<void> keep_role(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(const bool wanted, parse_switch(values.front()));
  if (wanted) options.role = Wanted;
  return {};
}

template <auto Member>
Result<void> keep_text(Options& options, std::span<const std::string> values) {
  options.*Member = values.front();
  return {};
}

// "-T" without a tag is an empty list, which is not the same as none.
template <auto Member>
Result<void> keep_list(Options& options, std::span<const std::string> values) {
  options.*Member = std::vector<std::string>(values.begin(), values.end());
  return {};
}

template <auto Member, std::int64_t Low, std::int64_t High>
Result<void> keep_whole(Options& options, std::span<const std::string> values) {
  SWARM_TRY_ASSIGN(const std::int64_t number, parse_whole(values.front(), Low, High));
  using Field = std::remove_reference_t<decltype(options.*Member)>;
  if constexpr (std::is_arithmetic_v<Field>) {
    options.*Member = static_cast<Field>(number);
  } else {
    options.*Member = static_cast<typename Field::value_type>(number);
  }
  return {};
}

Result<void> keep_locustfiles(Options& options, std::span<const std::string> values);
Result<void> keep_host(Options& options, std::span<const std::string> values);
Result<void> keep_spawn_rate(Options& options, std::span<const std::string> values);
Result<void> keep_run_time(Options& options, std::span<const std::string> values);
Result<void> keep_stop_timeout(Options& options, std::span<const std::string> values);
Result<void> keep_expect_workers_max_wait(Options& options, std::span<const std::string> values);
Result<void> keep_worker_id(Options& options, std::span<const std::string> values);
Result<void> keep_report_interval(Options& options, std::span<const std::string> values);
Result<void> keep_autoquit(Options& options, std::span<const std::string> values);
Result<void> keep_orphan_after(Options& options, std::span<const std::string> values);
Result<void> keep_master_wait(Options& options, std::span<const std::string> values);
Result<void> keep_loglevel(Options& options, std::span<const std::string> values);
// There to cancel what a configuration file says: its row stands below that of --headless.
Result<void> cancel_headless(Options& options, std::span<const std::string> values);

}  // namespace swarm
