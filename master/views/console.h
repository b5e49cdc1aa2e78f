#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "common/scenario.h"
#include "master/aggregate/snapshot.h"

namespace swarm::master {

// What a run looks like as text: pure functions, each result ends with a line break.
//
// Flow    Snapshot -> [console] -> stderr (tables), stdout (lists)
// Source  Locust's formats, to the character, where the output is not a terminal (scripts read
//         them). On a terminal the same tables are fitted to its width: names are shortened, short
//         times keep three digits, and below kFullTable columns the least wanted columns go.
// Units   `columns`: the terminal's width, or kNotATerminal; less than kLeastColumns counts as that

inline constexpr int kNotATerminal = 0;
inline constexpr int kLeastColumns = 60;
inline constexpr int kFullTable = 112;

enum class Show : std::uint8_t {
  CurrentRates,  // while it runs
  AverageRates,  // at its end
};

// One row an endpoint, and "Aggregated".
std::string stats_table(const Snapshot& run, Show rates, int columns);
// `shares`: the percentiles wanted, in place of the usual ones; the narrowest page has as many of
// them as fit.
std::string percentile_table(const Snapshot& run, int columns, std::span<const double> shares = {});
// Empty without errors.
std::string error_report(const Snapshot& run, int columns);
// Exceptions that left tasks, with their tracebacks. Empty without any.
std::string exception_report(const Snapshot& run, int columns);
// "Interrupted: N", or empty when there were none.
std::string interrupted_line(const Snapshot& run);
// One row a worker, sorted by id; of more than kMostWorkers the kWorstWorkers whose loops were
// busiest, and how many are fine. Empty if there is one worker, in the master's own process.
std::string worker_table(const Snapshot& run, int columns);
inline constexpr std::size_t kMostWorkers = 20;
inline constexpr std::size_t kWorstWorkers = 5;
// Busy loop, send lag, descriptors, connections, what lost workers measured, verdict; and, if the
// loop is busier than kSuggestProcesses while `idle_cores` > 0, what to do about it.
std::string health_report(const Snapshot& run, int columns, int idle_cores);
inline constexpr double kSuggestProcesses = 0.8;

// All of the above, as printed at the end of a run.
std::string final_report(const Snapshot& run, int columns, int idle_cores,
                         std::span<const double> percentiles = {});

// --list
std::string user_class_list(std::span<const UserClass> classes);
// --show-task-ratio. `users` as in task_ratios().
std::string task_ratio_tables(std::span<const UserClass> classes, std::uint32_t users);

}  // namespace swarm::master
