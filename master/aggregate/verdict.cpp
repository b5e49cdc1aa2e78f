#include "master/aggregate/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "master/aggregate/words.h"

namespace swarm::master {
namespace {

using Reasons = std::vector<std::string>;

// " on worker X", where there is more than one.
std::string on(const Snapshot& run, const WorkerRow& worker) {
  return run.workers.size() > 1 ? " on worker " + worker.id : "";
}

bool distorts(Duration delay, Duration measured) {
  return static_cast<double>(delay.count()) >
         kMostDistortion * static_cast<double>(measured.count());
}

void judge_loop(const Snapshot& run, Reasons& reasons) {
  const auto& worst = *std::ranges::max_element(run.workers, {}, &WorkerRow::sustained_busy_ratio);
  if (worst.sustained_busy_ratio <= kMostBusyRatio) return;
  reasons.push_back(fmt::format(
      "the loop was {} busy{}: users waited for the generator, the target may take more",
      percent(worst.sustained_busy_ratio), on(run, worst)));
}

void judge_turns(const Snapshot& run, Reasons& reasons) {
  const auto& worst = *std::ranges::max_element(run.workers, {}, &WorkerRow::longest_turn);
  const Duration slowest = run.total.stats.response_times.max();
  if (worst.longest_turn <= kMostTurn || !distorts(worst.longest_turn, slowest)) return;
  reasons.push_back(fmt::format("the loop stood still for {}{}: nothing was sent meanwhile",
                                in_words(worst.longest_turn), on(run, worst)));
}

Duration spread(const EndpointRow& row) {
  const Histogram& times = row.stats.response_times;
  return times.percentile(0.99) - times.median();
}

// By how much p99 may be too high if up to `ratio` of the responses waited for the generator:
// without them it would not be below the percentile that is so much lower.
Duration doubt(const Histogram& times, double ratio) {
  return times.percentile(0.99) - times.percentile(std::max(0.99 - ratio, 0.0));
}

// Where times differ by much more than the delay, a few delays shift no percentile.
bool shows(Duration wait, double ratio, const EndpointRow& row) {
  const Histogram& times = row.stats.response_times;
  return row.stats.self_timed > 0 && times.count() >= kEnoughForP99 &&
         spread(row) <= kWideSpread * wait && doubt(times, ratio) > kMostDoubt;
}

// Of what the scenario takes the time of.
void judge_lateness(const Snapshot& run, Reasons& reasons) {
  if (run.total.stats.self_timed == 0) return;
  const auto ratio = [](const WorkerRow& worker) { return worker.lateness.ratio(); };
  const auto& worst = *std::ranges::max_element(run.workers, {}, ratio);
  const Duration wait = worst.lateness.mean_wait();
  const bool all_shifted = ratio(worst) * wait > Lateness::kLate;
  const double most = worst.lateness.most_ratio();
  const auto shown = [&](const EndpointRow& row) { return shows(wait, most, row); };
  if (!all_shifted && std::ranges::none_of(run.endpoints, shown)) return;
  reasons.push_back(fmt::format(
      "{} of what users time themselves waited for the generator, {} on average{}: it was busy, or "
      "had no processor",
      percent(ratio(worst)), in_words(wait), on(run, worst)));
}

void judge_send_lag(const Snapshot& run, Reasons& reasons) {
  const Duration lag = run.send_lag.percentile(0.99);
  const Duration median = run.total.stats.response_times.median();
  if (lag <= kMostSendLag || !distorts(lag, median)) return;
  reasons.push_back(fmt::format(
      "one request in a hundred was sent {} late or more, against a median response of {}",
      in_words(lag), in_words(median)));
}

void judge_descriptors(const Snapshot& run, Reasons& reasons) {
  const auto share = [](const WorkerRow& worker) {
    const auto limit = static_cast<double>(worker.newest.descriptors_limit);
    return limit == 0 ? 0 : static_cast<double>(worker.most_descriptors_used) / limit;
  };
  const auto& worst = *std::ranges::max_element(run.workers, {}, share);
  if (share(worst) <= kMostDescriptorsRatio) return;
  reasons.push_back(fmt::format(
      "{} of {} descriptors were in use{}: raise the limit (ulimit -n) or use more workers",
      grouped(worst.most_descriptors_used), grouped(worst.newest.descriptors_limit),
      on(run, worst)));
}

void judge_generator_errors(const Snapshot& run, Reasons& reasons) {
  if (run.generator_errors.empty()) return;
  std::uint64_t failed = 0;
  for (const auto& error : run.generator_errors) failed += error.count;
  const auto& worst =
      *std::ranges::max_element(run.generator_errors, {}, &GeneratorErrorRow::count);
  const bool only = run.generator_errors.size() == 1;
  reasons.push_back(fmt::format("the generator could not make a request {}: {}{}", times(failed),
                                only ? "" : "most often, ", worst.text));
}

// "worker w1", "workers w1 and w2", "workers w1, w2 and 3 more".
std::string workers_in_words(const std::vector<std::string>& ids) {
  if (ids.size() == 1) return "worker " + ids[0];
  if (ids.size() == 2) return fmt::format("workers {} and {}", ids[0], ids[1]);
  return fmt::format("workers {}, {} and {} more", ids[0], ids[1], grouped(ids.size() - 2));
}

void judge_missing(const Snapshot& run, Reasons& reasons) {
  const auto& missing = run.status.missing;
  if (missing.empty()) return;
  std::vector<std::string> ids;
  Duration longest{};
  for (const MissingWorker& each : missing) {
    ids.push_back(each.id);
    longest = std::max(longest, each.silence);
  }
  const std::string who = workers_in_words(ids);
  const auto silence_s = longest / std::chrono::seconds{1};
  reasons.push_back(
      ids.size() == 1
          ? fmt::format(
                "{} has been silent for {} s: what it measures meanwhile is in no total yet", who,
                silence_s)
          : fmt::format(
                "{} have been silent for {} s: what they measure meanwhile is in no total yet", who,
                silence_s));
}

void judge_lost(const Snapshot& run, Reasons& reasons) {
  if (run.lost.empty()) return;
  LostRow all;
  std::vector<std::string> ids;
  for (const LostRow& lost : run.lost) {
    all.at_least += lost.at_least;
    all.at_most += std::max(lost.at_least, lost.at_most);
    if (std::ranges::find(ids, lost.worker) == ids.end()) ids.push_back(lost.worker);
  }
  reasons.push_back(fmt::format("{} of {}, lost, are in no total",
                                estimate(all.at_least, all.at_most), workers_in_words(ids)));
}

}  // namespace

Verdict judge(const Snapshot& snapshot) {
  Verdict verdict;
  judge_missing(snapshot, verdict.reasons);
  const bool observed = std::ranges::any_of(
      snapshot.workers, [](const WorkerRow& worker) { return worker.observed > Duration::zero(); });
  if (observed) {
    judge_loop(snapshot, verdict.reasons);
    judge_turns(snapshot, verdict.reasons);
    judge_lateness(snapshot, verdict.reasons);
    judge_descriptors(snapshot, verdict.reasons);
  } else if (snapshot.total.stats.requests > 0) {
    verdict.reasons.emplace_back("no worker told how it fared");
  }
  judge_send_lag(snapshot, verdict.reasons);
  judge_generator_errors(snapshot, verdict.reasons);
  judge_lost(snapshot, verdict.reasons);
  return verdict;
}

}  // namespace swarm::master
