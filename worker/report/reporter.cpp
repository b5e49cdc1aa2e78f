#include "worker/report/reporter.h"

#include <algorithm>
#include <utility>

namespace swarm::worker {

Reporter::Reporter(proto::Link& link, proto::RunId run, Duration interval, TimePoint start)
    : link_(link),
      run_(run),
      interval_(std::max<Duration>(interval, kMinInterval)),
      due_(start + interval_) {}

void Reporter::add(Delta measured) { pending_.merge(std::move(measured)); }

void Reporter::forget_pending() { pending_ = Delta{}; }

Result<void> Reporter::tick(TimePoint now, Facts facts) {
  if (now < due()) return {};

  if (now >= due_) {
    // Count from when this report *was due*, not from when it is sent: otherwise every late tick
    // would stretch all later intervals.
    due_ += interval_;
    // After a pause longer than an interval, catch up with one report, not with a burst.
    if (due_ <= now) due_ = now + interval_;
  }

  // Never merge new measurements into an unacknowledged report: the master may have counted it
  // already, and would ignore the repeat with the new measurements in it.
  if (!in_flight_) {
    hastened_ = false;
    in_flight_ = proto::Report{.run = run_,
                               .seq = ++last_seq_,
                               .era = facts.era,
                               .delta = std::exchange(pending_, Delta{}),
                               .samples = facts.samples,
                               .users = std::move(facts.users),
                               .state = facts.state,
                               .health = facts.health};
  }
  return link_.send(*in_flight_);
}

void Reporter::acknowledge(std::uint64_t seq) {
  if (in_flight_ && in_flight_->seq <= seq) in_flight_.reset();
}

}  // namespace swarm::worker
