#include "master/aggregate/aggregator.h"

#include <algorithm>
#include <utility>

#include "master/aggregate/verdict.h"

namespace swarm::master {
namespace {

using std::chrono::seconds;

// The window of a current rate: whole seconds, the newest two left out, because reports of other
// workers may still add to them.
constexpr std::int64_t kWindowSeconds = 10;
constexpr std::int64_t kUnsettledSeconds = 2;
// The window ends at the last request, not now, so that the interval between reports does not show.
// But a target that stopped answering must: after this silence (longer than an interval between
// reports) the window moves on with the clock.
constexpr Duration kSilence = seconds{5};

std::int64_t whole_seconds(Duration time) { return time / seconds{1}; }

Rates current_rates(const SecondCounts& counts, std::int64_t last_second) {
  const std::int64_t end = last_second - kUnsettledSeconds;
  const std::int64_t begin = std::max<std::int64_t>(end - kWindowSeconds, 0);
  if (end <= begin) return {};
  Rates sum;
  for (std::int64_t second = begin; second < end; ++second) {
    const auto at = counts.at(second);
    sum.requests_per_s += at.requests;
    sum.failures_per_s += at.failures;
  }
  const auto length = static_cast<double>(end - begin);
  return {sum.requests_per_s / length, sum.failures_per_s / length};
}

Rates average_rates(const EndpointStats& stats, Duration until) {
  if (until <= Duration::zero()) return {};
  const double length = std::chrono::duration<double>(until).count();
  return {static_cast<double>(stats.requests) / length,
          static_cast<double>(stats.failures) / length};
}

using Endpoints = Aggregator::Endpoints;

// Mostly it is the next one.
Endpoints::iterator place_of(const EndpointName& name, Endpoints& endpoints,
                             Endpoints::iterator next) {
  return next != endpoints.end() && next->first == name ? next : endpoints.lower_bound(name);
}

// Leaves nothing in `more`.
void merge(Endpoints&& more, Endpoints& sums) {
  auto place = sums.begin();
  for (auto each = more.begin(); each != more.end();) {
    place = place_of(each->first, sums, place);
    if (place != sums.end() && place->first == each->first) {
      place->second.merge(each->second);
      ++each;
      ++place;
    } else {
      sums.insert(place, more.extract(each++));
    }
  }
  more.clear();
}

}  // namespace

void Aggregator::add(const std::string& worker, proto::Report report) {
  WorkerRecord& record = workers_[worker];
  add(record, worker, std::move(report.delta));
  record.add(report.health);
  record.set_users(report.users);
}

void Aggregator::add(const std::string& worker, Delta measured) {
  add(workers_[worker], worker, std::move(measured));
}

void Aggregator::add(WorkerRecord& record, const std::string& worker, Delta measured) {
  record.add_send_lag(measured.send_lag);
  for (const auto& [endpoint, stats] : measured.endpoints) record.add_requests(stats.requests);
  merge(std::move(measured.endpoints), gathered_);
  if (gathered_.size() > kMostGathered) settle();
  for (auto& [key, kept] : measured.exchanges) kept.name_worker(worker);
  for (const auto& [traceback, count] : measured.exceptions) {
    const bool known =
        totals_.exceptions.contains(traceback) || totals_.exceptions.size() < Delta::kMostTexts;
    workers_by_traceback_[known ? traceback : std::string(Delta::kOtherTexts)].insert(worker);
    // One at a time, so that the bound above is the one that add_exception sees.
    totals_.add_exception(traceback, count);
  }
  measured.exceptions.clear();
  totals_.merge(std::move(measured));
}

void Aggregator::settle() const {
  if (gathered_.empty()) return;
  if (shown_) shown_(gathered_);
  for (const auto& [endpoint, stats] : gathered_) total_.merge(stats);
  merge(std::move(gathered_), totals_.endpoints);
}

void Aggregator::add(const std::string& worker, const WorkerHealth& health) {
  workers_[worker].add(health);
}

void Aggregator::add_users(const std::string& worker, std::span<const proto::ClassCount> users) {
  workers_[worker].set_users(users);
}

void Aggregator::add(const std::string& worker, const proto::Heartbeat& heartbeat) {
  workers_[worker].add(heartbeat);
}

void Aggregator::set_lost_intervals(const std::string& worker, std::uint64_t intervals) {
  workers_[worker].set_lost_intervals(intervals);
}

void Aggregator::add(LostRow lost) {
  if (lost.at_least > 0 || lost.at_most > 0) {
    lost_.push_back(std::move(lost));
    return;
  }
  const auto last = std::ranges::find(lost_.rbegin(), lost_.rend(), lost.worker, &LostRow::worker);
  if (last != lost_.rend()) lost_.erase(std::next(last).base());
}

void Aggregator::reset(TimePoint start) {
  settle();
  auto shown = std::move(shown_);
  *this = Aggregator(start);
  shown_ = std::move(shown);
}

Snapshot Aggregator::snapshot(const RunStatus& status, TimePoint now) const {
  settle();
  Snapshot made;
  made.status = status;
  made.started = start_;
  made.taken = now;
  // One window for all endpoints: their rates must add up.
  const Duration length = total_.last;
  const Duration newest = std::max(length, now - start_ - kSilence);
  const auto row = [&](const EndpointName& endpoint, EndpointStats stats) {
    const Rates current = current_rates(stats.seconds, whole_seconds(newest));
    const Rates average = average_rates(stats, length);
    return EndpointRow{endpoint, std::move(stats), current, average};
  };
  for (const auto& [endpoint, stats] : totals_.endpoints) {
    made.endpoints.push_back(row(endpoint, stats));
  }
  made.total = row({.method = "", .name = "Aggregated"}, total_);
  for (const auto& [key, count] : totals_.errors) {
    const auto kept = totals_.exchanges.find(key);
    made.errors.push_back(
        {key, count, kept == totals_.exchanges.end() ? KeptExchanges{} : kept->second});
  }
  for (const auto& [traceback, count] : totals_.exceptions) {
    const auto& workers = workers_by_traceback_.at(traceback);
    made.exceptions.push_back(
        {count.message, traceback, count.count, {workers.begin(), workers.end()}});
  }
  for (const auto& [text, count] : totals_.generator_errors) {
    made.generator_errors.push_back({text, count});
  }
  made.send_lag = totals_.send_lag;
  for (const auto& [id, record] : workers_) made.workers.push_back(record.row(id, length));
  std::ranges::sort(made.workers, {}, &WorkerRow::id);
  made.lost = lost_;
  made.verdict = judge(made);
  return made;
}

}  // namespace swarm::master
