#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/clock.h"
#include "common/result.h"
#include "common/stats/delta.h"
#include "proto/link.h"
#include "proto/messages.h"

namespace swarm::worker {

// Turns what the users of one run measured into one numbered report per interval, and repeats each
// report until the master has acknowledged it.
//
// Flow    Delta (from the recorder) -> [Reporter] -> proto::Report -> Link
// Thread  loop
// Errors  a lost report or acknowledgement delays measurements; none are dropped, and none
//         counted twice, provided the master ignores a sequence number it has counted
class Reporter {
 public:
  // Below this, a worker would spend more on reporting than a person can see.
  static constexpr std::chrono::milliseconds kMinInterval{100};

  // What a report says beside the measurements, as it is when the report is made.
  struct Facts {
    proto::RunState state = proto::RunState::Ready;
    std::uint32_t era = 0;
    std::uint64_t samples = 0;
    std::vector<proto::ClassCount> users{};
    WorkerHealth health{};
  };

  // The first report is due one interval after `start`. An `interval` below kMinInterval is raised
  // to it. `link` must outlive the reporter.
  Reporter(proto::Link& link, proto::RunId run, Duration interval, TimePoint start);

  // Adds measurements to the next report, in any order: deltas commute.
  void add(Delta measured);
  // Forgets what is in no report yet: the statistics start again at zero.
  void forget_pending();

  // If a report is due at `now`, sends the unacknowledged one again, or else a new one with these
  // facts. A new one may be empty: to the master, silence means a dead worker.
  // Errors: LinkDown. Nothing is lost; the next tick that is due tries again.
  Result<void> tick(TimePoint now, Facts facts);

  // The next new report is due at once, without a change of the rhythm: as soon as the present
  // one is acknowledged, if there is one.
  void hasten() { hastened_ = true; }

  // The master has counted all reports up to `seq`. Late and repeated acknowledgements are
  // harmless.
  void acknowledge(std::uint64_t seq);

  // When tick() next has something to do; in the past if it was hastened.
  TimePoint due() const { return hastened_ && !in_flight_ ? TimePoint::min() : due_; }
  // tick() would send something that was not sent before: it wants fresh facts.
  bool wants_facts(TimePoint now) const { return now >= due() && !in_flight_; }
  // Everything that was added is acknowledged.
  bool idle() const { return !in_flight_ && !hastened_ && pending_.empty(); }

 private:
  proto::Link& link_;
  const proto::RunId run_;
  const Duration interval_;
  TimePoint due_;
  bool hastened_ = false;
  Delta pending_;                           // measured, in no report yet
  std::optional<proto::Report> in_flight_;  // sent, perhaps counted, not acknowledged
  std::uint64_t last_seq_ = 0;
};

}  // namespace swarm::worker
