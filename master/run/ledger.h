#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/clock.h"
#include "proto/messages.h"

namespace swarm::master {

// What a worker measured and did not report before it went: it is in no total.
struct LostMeasurements {
  proto::WorkerId worker;
  Duration since{};            // the run's age when its last report was made
  std::uint64_t at_least = 0;  // requests, as its last heartbeat told
  std::uint64_t at_most = 0;   // an estimate from its highest rate, and requests in flight
};

// Decides which reports of a run are counted, each once, and how much a worker has measured that it
// never reported. Workers are named by their index.
//
// Flow    proto::Report, Heartbeat -> [Ledger] -> count it or not; LostMeasurements
// Thread  loop
// Errors  none
class Ledger {
 public:
  // What is to be done with a report.
  enum class Entry : std::uint8_t {
    Count,
    Known,  // counted before: it is acknowledged again
    Gap,    // it follows another one than the newest that is counted: the worker is told which
    Anew,   // the first of a worker that was started again: what its forerunner had measured is
            // lost; counted
  };

  // The report is counted if the answer says so.
  Entry enter(std::uint32_t worker, const proto::Report& report, TimePoint now);
  void note(std::uint32_t worker, const proto::Heartbeat& heartbeat, TimePoint now);
  // A worker that was in the run does not know of it: it was started again, or its words are old.
  // The next report tells; `loss` is what would be lost.
  void doubt(std::uint32_t worker, LostMeasurements loss);

  // The newest report that is counted; 0: none.
  std::uint64_t counted(std::uint32_t worker) const;
  // Recorded in this run, as reported; of all that ever were in it.
  std::uint64_t samples() const { return samples_; }
  std::uint64_t samples(std::uint32_t worker) const;
  // What would be lost if nothing more came of the worker after `now`; `users` could be alive, and
  // become more if it is `ramping`.
  LostMeasurements loss(std::uint32_t worker, std::uint32_t users, bool ramping,
                        TimePoint now) const;
  bool doubted(std::uint32_t worker) const;
  // The loss that was in doubt. REQUIRES: doubted(), or enter() just said Anew.
  LostMeasurements take_doubted(std::uint32_t worker);

 private:
  struct Account {
    std::uint64_t counted = 0;
    std::uint64_t samples = 0;    // in reports
    std::uint64_t told = 0;       // in reports and heartbeats
    Duration until{};             // measured before this is counted
    TimePoint heard{};            // the newest of both
    Duration lag{};               // of the worker's loop, then
    TimePoint rate_from{};        // since when
    std::uint64_t rate_told = 0;  // `told` has grown from this
    double peak_per_s = 0;
    std::uint32_t users = 0;
    std::optional<LostMeasurements> doubted{};
  };

  Account& at(std::uint32_t worker);
  const Account* find(std::uint32_t worker) const;
  void told(Account& account, std::uint64_t samples, TimePoint now);

  std::vector<Account> accounts_;  // by index
  std::uint64_t samples_ = 0;
  double peak_per_user_ = 0;  // samples per second of one user, of any worker
};

}  // namespace swarm::master
