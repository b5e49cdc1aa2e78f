#include "worker/report/reporter.h"

#include <algorithm>
#include <utility>

#include "common/assert.h"

namespace swarm::worker {

Reporter::Reporter(proto::Link& link, proto::RunId run, Duration interval, TimePoint start,
                   Counted counted)
    : link_(link),
      run_(run),
      interval_(std::max<Duration>(interval, kMinInterval)),
      keeps_(counted == Counted::Kept),
      due_(start + interval_) {}

void Reporter::add(Delta measured) { pending_.merge(std::move(measured)); }

// The report that is under way keeps its number: the master may have counted it already.
void Reporter::begin_era(std::uint32_t era) {
  era_ = era;
  pending_ = Delta{};
  kept_ = Delta{};
  if (!in_flight_) return;
  in_flight_->era = era;
  in_flight_->delta = Delta{};
}

// New measurements never join a report that is under way: the master may have counted it already,
// and would ignore the repeat with the new measurements in it.
void Reporter::make(Facts facts) {
  SWARM_ASSERT(!in_flight_);
  hastened_ = false;
  again_ = true;
  in_flight_.emplace(proto::Report{.run = run_,
                                   .seq = counted_ + 1,
                                   .since = base_,
                                   .era = era_,
                                   .delta = std::exchange(pending_, Delta{}),
                                   .samples = facts.samples,
                                   .users = std::move(facts.users),
                                   .state = facts.state,
                                   .health = facts.health,
                                   .permits = facts.permits});
}

Result<void> Reporter::tick(TimePoint now) {
  if (now < due()) return {};
  if (now >= due_) {
    // Count from when this report *was due*, not from when it is sent: otherwise every late tick
    // would stretch all later intervals.
    due_ += interval_;
    // After a pause longer than an interval, catch up with one report, not with a burst.
    if (due_ <= now) due_ = now + interval_;
  }
  again_ = false;
  if (!in_flight_) return {};
  return link_.send(message());
}

proto::Report Reporter::message() const {
  proto::Report report = *in_flight_;
  report.since = base_;
  if (base_ == counted_) return report;
  Delta all = kept_;
  all.merge(std::move(report.delta));
  report.delta = std::move(all);
  WorkerHealth health = kept_health_;
  health.extend(report.health);
  report.health = health;
  return report;
}

void Reporter::acknowledge(std::uint64_t seq) {
  if (!in_flight_ || seq < in_flight_->seq) return;
  counted_ = base_ = in_flight_->seq;
  samples_counted_ = in_flight_->samples;
  if (keeps_) {
    kept_.merge(std::move(in_flight_->delta));
    kept_health_.extend(in_flight_->health);
  }
  in_flight_.reset();
  again_ = false;
}

// A master that lives has counted up to counted_, or what is in flight as well; a new one nothing.
// Whatever else is said was true once: the answer to the next report tells better.
void Reporter::resume(std::uint64_t counted) {
  if (in_flight_ && counted >= in_flight_->seq) return acknowledge(counted);
  if (counted == counted_) {
    base_ = counted_;
  } else if (counted == 0 && keeps_) {
    base_ = 0;
  } else {
    return;
  }
  if (in_flight_) {
    again_ = true;
  } else if (base_ != counted_) {
    hasten();
  }
}

}  // namespace swarm::worker
