#include <fmt/format.h>

#include <algorithm>

#include "master/aggregate/words.h"
#include "master/views/console.h"
#include "master/views/text.h"

namespace swarm::master {
namespace {

// Wide enough to read, where no terminal says how wide.
constexpr int kProse = 100;
constexpr int kLabel = 18;  // with its indent

std::string labelled(std::string_view label, std::string_view text, int columns) {
  std::string lines;
  const int room = (columns == kNotATerminal ? kProse : std::max(columns, kLeastColumns)) - kLabel;
  for (const auto& line : wrap(printable(text), static_cast<std::size_t>(room))) {
    lines += fmt::format("  {:<{}}{}\n", lines.empty() ? label : "", kLabel - 2, line);
  }
  return lines;
}

std::string loop_text(const Snapshot& run, const WorkerRow& busiest) {
  std::string text = fmt::format("{} busy (peak {})", percent(busiest.sustained_busy_ratio),
                                 percent(busiest.peak_busy_ratio));
  if (run.workers.size() > 1) text += ", on worker " + busiest.id;
  const auto& slowest = *std::ranges::max_element(run.workers, {}, &WorkerRow::longest_turn);
  return text + ", longest turn " + in_words(slowest.longest_turn);
}

std::string send_lag_text(const Histogram& lag) {
  if (lag.empty()) return "nothing was paced";
  return fmt::format("p50 {}, p99 {}, max {}", in_words(lag.median()),
                     in_words(lag.percentile(0.99)), in_words(lag.max()));
}

// Of the worker that came closest to its limit.
std::string descriptors_text(const Snapshot& run) {
  const auto left = [](const WorkerRow& worker) {
    const auto limit = worker.newest.descriptors_limit;
    return limit == 0 ? UINT64_MAX : limit - std::min(limit, worker.most_descriptors_used);
  };
  const auto& closest = *std::ranges::min_element(run.workers, {}, left);
  if (closest.newest.descriptors_limit == 0) return "unknown";
  return fmt::format("{} of {} used at most{}", grouped(closest.most_descriptors_used),
                     grouped(closest.newest.descriptors_limit),
                     run.workers.size() > 1 ? ", on worker " + closest.id : "");
}

// Each of the first few lost workers in a line of its own.
std::string lost_lines(const Snapshot& run, int columns) {
  constexpr std::size_t kMostLines = 5;
  std::string text;
  LostRow rest;
  for (std::size_t i = 0; i < run.lost.size(); ++i) {
    const LostRow& lost = run.lost[i];
    if (i >= kMostLines) {
      rest.at_least += lost.at_least;
      rest.at_most += lost.at_most;
      continue;
    }
    text += labelled(i == 0 ? "lost" : "",
                     fmt::format("worker {} was lost at {}: {} are in no total", lost.worker,
                                 in_words(lost.since), estimate(lost.at_least, lost.at_most)),
                     columns);
  }
  if (run.lost.size() > kMostLines) {
    text += labelled("",
                     fmt::format("and {} more workers: {}", run.lost.size() - kMostLines,
                                 estimate(rest.at_least, rest.at_most)),
                     columns);
  }
  return text;
}

}  // namespace

std::string interrupted_line(const Snapshot& run) {
  const std::uint64_t count = run.total.stats.interrupted;
  return count == 0 ? std::string() : fmt::format("Interrupted: {}\n", count);
}

std::string health_report(const Snapshot& run, int columns, int idle_cores) {
  std::string text = "Generator health\n";
  const bool observed =
      std::ranges::any_of(run.workers, [](const auto& w) { return w.observed > Duration::zero(); });
  double busy = 0;
  if (observed) {
    const auto& busiest =
        *std::ranges::max_element(run.workers, {}, &WorkerRow::sustained_busy_ratio);
    busy = busiest.sustained_busy_ratio;
    text += labelled("loop", loop_text(run, busiest), columns);
  } else {
    text += labelled("loop", "unknown", columns);
  }
  text += labelled("send lag", send_lag_text(run.send_lag), columns);
  if (observed) {
    std::uint64_t opened = 0;
    for (const auto& worker : run.workers) opened += worker.newest.connections_opened;
    text += labelled("descriptors", descriptors_text(run), columns);
    text += labelled("connections", grouped(opened) + " opened", columns);
  }
  for (const auto& error : run.generator_errors) {
    text += labelled("own errors", fmt::format("{}: {}", times(error.count), error.text), columns);
  }
  text += lost_lines(run, columns);
  text += labelled("verdict", run.verdict.valid() ? "VALID" : "SUSPECT", columns);
  for (const auto& reason : run.verdict.reasons) text += labelled("", reason, columns);
  if (busy > kSuggestProcesses && idle_cores > 0) {
    text +=
        labelled("hint",
                 fmt::format("{} {} idle: --processes {} would share the work (-1: one a core)",
                             idle_cores, idle_cores == 1 ? "core is" : "cores are", idle_cores + 1),
                 columns);
  }
  return text + "\n";
}

}  // namespace swarm::master
