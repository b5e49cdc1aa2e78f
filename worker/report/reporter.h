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
//         counted twice, provided the master counts a report only if it begins where the newest
//         one ends that this master has counted
//
// The number of a report is a place in all that was measured: it holds what was measured from
// `since` to `seq`. One is under way at a time. To a master that was started anew and has counted
// nothing, it goes on from 0 instead: as the sum of everything.
class Reporter {
 public:
  // Below this, a worker would spend more on reporting than a person can see.
  static constexpr std::chrono::milliseconds kMinInterval{100};

  // What becomes of measurements that are acknowledged.
  enum class Counted : std::uint8_t {
    Forgotten,
    Kept,  // their sum, for a master that is started anew
  };

  // What a report says beside the measurements, as it is when the report is made.
  struct Facts {
    proto::RunState state = proto::RunState::Ready;
    std::uint64_t samples = 0;
    std::vector<proto::ClassCount> users{};
    WorkerHealth health{};
    proto::Permits permits{};
  };

  // The first report is due one interval after `start`. An `interval` below kMinInterval is raised
  // to it. `link` must outlive the reporter.
  Reporter(proto::Link& link, proto::RunId run, Duration interval, TimePoint start,
           Counted counted = Counted::Kept);

  // Adds measurements to the next report, in any order: deltas commute.
  void add(Delta measured);
  // The statistics start again at zero: forgets what was measured, acknowledged or not.
  void begin_era(std::uint32_t era);

  // A report is due at `now`, and all before it are acknowledged.
  bool wants_facts(TimePoint now) const { return now >= due() && !in_flight_; }
  // Makes the next report of all that was added; tick() sends it. It may be empty: to the master,
  // silence means a dead worker.
  // REQUIRES: wants_facts() at this moment
  void make(Facts facts);
  // The one that is not acknowledged; null: none.
  proto::Report* under_way() { return in_flight_ ? &*in_flight_ : nullptr; }
  // Sends the report that is under way, if it is time to.
  // Errors: LinkDown. Nothing is lost; the next tick that is due tries again.
  Result<void> tick(TimePoint now);

  // The next new report is due at once, without a change of the rhythm: as soon as the present
  // one is acknowledged, if there is one.
  void hasten() { hastened_ = true; }

  // The master has counted all reports up to `seq`. Late and repeated acknowledgements are
  // harmless.
  void acknowledge(std::uint64_t seq);
  // A master, perhaps a new one, says how far it has counted; a report that goes on from there is
  // due at once. What an overtaken message says is corrected by the next one.
  void resume(std::uint64_t counted);

  // When tick() next has something to do; in the past if it is to be at once.
  TimePoint due() const { return again_ || (hastened_ && !in_flight_) ? TimePoint::min() : due_; }
  // Everything that was added is acknowledged.
  bool idle() const { return !in_flight_ && !hastened_ && pending_.empty(); }
  // What was added and is in no report yet.
  const Delta& pending() const { return pending_; }
  // The newest report that is acknowledged; 0: none. And Facts::samples of it.
  std::uint64_t counted() const { return counted_; }
  std::uint64_t samples_counted() const { return samples_counted_; }

 private:
  proto::Report message() const;

  proto::Link& link_;
  const proto::RunId run_;
  const Duration interval_;
  const bool keeps_;
  TimePoint due_;
  bool hastened_ = false;
  bool again_ = false;  // what is in flight is to be sent at once
  std::uint32_t era_ = 0;
  Delta pending_;                           // measured, in no report yet
  std::optional<proto::Report> in_flight_;  // from counted_ on; perhaps counted
  Delta kept_;                              // of this era, up to counted_
  WorkerHealth kept_health_;
  std::uint64_t counted_ = 0;
  std::uint64_t samples_counted_ = 0;
  std::uint64_t base_ = 0;  // where reports begin: counted_, or 0 for a master that knows nothing
};

}  // namespace swarm::worker
