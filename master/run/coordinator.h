#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/result.h"
#include "master/run/fleet.h"
#include "master/run/ledger.h"
#include "master/run/orders.h"
#include "master/run/permits.h"
#include "master/run/profile.h"
#include "proto/link.h"
#include "proto/messages.h"

namespace swarm::master {

// A worker as its master knows it.
struct WorkerStatus {
  proto::WorkerId id;
  std::uint32_t index = 0;
  proto::RunState state = proto::RunState::Ready;
  std::vector<proto::ClassCount> users;  // as it last said
  proto::Heartbeat newest;
  TimePoint last_heard;
  std::uint64_t lost_intervals = 0;  // between reports, of this run, that no report will cover
  bool takes_part = false;           // in the run, and has not stopped
};

// Conducts runs: turns a profile into orders for the workers, follows what they report, and knows
// when the run is over.
//
// Flow    Profile -> [Coordinator] -> proto::Spawn, Stop, Permits -> workers
//         workers -> proto::Report -> [Coordinator] -> Outlets::report, each report once
// Thread  loop
// Errors  start() refuses what cannot be run. A worker that cannot be reached is logged.
//
// Fleet knows who is there, Orders which users are where, Ledger which reports are counted,
// PermitPool who may make how many requests; this joins them.
//
// A worker that falls silent is missing after 5 s: its users are hatched again on others. It may
// come back within Settings.patience, with whatever it has: its users are taken as they are and
// only then brought to what is wanted; its reports go on where they were. A run goes on without
// any worker as long as one may come back.
//
// A master that has begun no run and is told of one takes it over, from its start: it was begun by
// a master before. For a while it waits for the others, then goes on with the users that are there.
class Coordinator {
 public:
  static constexpr Duration kWindow = Orders::kWindow;
  // How long the workers of a run that is taken over are waited for.
  static constexpr Duration kGathering = std::chrono::seconds{5};
  // How long after the stop timeout the last reports are waited for.
  static constexpr Duration kLastReports = std::chrono::seconds{60};

  struct Settings {
    std::vector<ClassShare> classes{};
    std::string host{};  // --host, or empty
    Duration stop_timeout{};
    std::optional<std::uint64_t> requests{};  // the run ends after exactly so many samples
    bool reset_stats = false;                 // when all users are there
    bool leave_after_run = true;              // words of the log only
    bool rebalancing = true;                  // users move when workers come and go
    proto::RunId first_run{1};                // see RunId
    Duration report_interval{};               // told to workers; 0: as they like
    Value options{};                          // told to workers: the scenario's own
    // How long a worker that is missing may still come back with its users and reports: its
    // permits are handed out again after that, and it is forgotten.
    Duration patience = std::chrono::seconds{60};
  };

  // Where the rest of the master is told. All may be empty.
  struct Outlets {
    std::function<void(const proto::WorkerId&, proto::Report)> report{};
    // The totals start at zero: a run begins, or its users are all there and reset_stats is set.
    std::function<void(TimePoint now)> reset{};
    std::function<void(proto::RunState)> state{};
    std::function<void(const proto::WorkerId&)> joined{};   // for the first time, or again
    std::function<void(const proto::WorkerId&)> missing{};  // one of a run that is on
    std::function<void(const proto::WorkerId&, proto::CustomMessage)> message{};
    // A worker went, with measurements that it never reported. Said once it is forgotten, has quit,
    // was started anew, or the run is over without it. If it comes back and reports after all, said
    // again for it with zeros: nothing of it is lost.
    std::function<void(const LostMeasurements&)> lost{};
  };

  // `link` must outlive the coordinator; its owner passes on what arrives.
  Coordinator(proto::FleetLink& link, Settings settings, Outlets outlets);

  // What runs from the next one on are of.
  void plan(std::vector<ClassShare> classes, std::string host, Value options);
  // Begins a run, or leads the present one to other numbers.
  // Errors: no user class is wanted, no worker is there, the present run is ending.
  Result<void> start(const Profile& profile, TimePoint now);
  // Ends the run: users are asked to end, the last reports waited for. No run: no effect.
  void stop(TimePoint now);
  // Sends all workers away.
  void quit();

  void receive(const proto::WorkerId& from, proto::ToMaster message, TimePoint now);
  // Does what is due at `now`.
  void tick(TimePoint now);
  // When tick() next has something to do; TimePoint::max() if nothing is foreseen.
  TimePoint due() const;

  proto::RunState state() const { return state_; }
  // The present run, or the last; 0: there was none.
  proto::RunId run() const { return run_; }
  // The run ends, or has ended, because its time is over or its requests are made.
  bool reached_its_limit() const { return limit_reached_; }
  // Those that are not missing.
  std::size_t workers() const { return fleet_.there(); }
  // All that are not forgotten, by id.
  std::vector<WorkerStatus> fleet() const;
  // By class, sorted by name; all that workers have reported, or zero.
  std::vector<proto::ClassCount> users() const;
  // Recorded in this run, as reported.
  std::uint64_t samples() const { return ledger_.samples(); }

 private:
  // What a worker has to do with the present run.
  struct Part {
    bool open = false;     // was ordered to take part, and has not stopped
    bool ordered = false;  // was sent an order
    bool lost = false;     // it was said that it went with measurements: it may come back
    std::uint64_t lost_intervals = 0;
    TimePoint stop_sent{};
    TimePoint complete_sent{};
  };

  // --- the run ---
  bool is_on() const;  // users are wanted
  void open_run(TimePoint now);
  void begin(proto::RunId run, std::uint32_t era, TimePoint started);
  // Sends what is due, and sees whether the ramp is over.
  void follow_up(TimePoint now);
  void send_orders(TimePoint now);
  void send_permits();
  void hatch_again(const Member& member);
  void complete_spawning_if_done(TimePoint now);
  void send_complete(const Member& member, std::uint32_t users, TimePoint now);
  void tick_stopping(TimePoint now);
  void send_stop(Member& member, TimePoint now);
  void close(Member& member);
  void end_if_all_stopped();
  void enter(proto::RunState state);

  // --- who comes and goes ---
  void welcome(const proto::ClientReady& ready, const proto::WorkerId& from, TimePoint now);
  void adopt(Member& member, const proto::RunFacts& facts, TimePoint now);
  void join(const Member& member, TimePoint now);
  void take_over(Member& member, const proto::RunFacts& facts, TimePoint now);
  void resume(Member& member, Member::Presence before, const proto::RunFacts* facts, TimePoint now);
  void restart(Member& member, TimePoint now);
  void rejoin(Member& member, TimePoint now);
  void miss(Member& member, TimePoint now);
  void forget(Member& member, TimePoint now);
  void leave(Member& member, TimePoint now);
  void depart(Member& member, TimePoint now);
  // What would be lost if the worker never came back.
  LostMeasurements loss_of(const Member& member, TimePoint now) const;
  void say_lost(const Member& member, const LostMeasurements& loss);

  // --- what they say ---
  void handle(Member& member, proto::OrderDone done, TimePoint now);
  void handle(Member& member, proto::Report report, TimePoint now);
  void handle(Member& member, const proto::Heartbeat& heartbeat, TimePoint now);
  void handle(Member& member, const proto::ClientStopped& stopped, TimePoint now);
  void count(Member& member, proto::Report report, TimePoint now);
  void end_if_requests_are_made(const Member& member, TimePoint now);

  void send(const Member& member, proto::ToWorker message);
  Part& part(const Member& member);
  std::string_view ending() const;

  proto::FleetLink& link_;
  Settings settings_;
  const Outlets outlets_;
  Fleet fleet_;
  proto::RunState state_ = proto::RunState::Ready;
  proto::RunId run_;
  std::uint32_t era_ = 0;
  std::vector<Part> parts_;  // by index
  std::size_t open_parts_ = 0;
  std::optional<Orders> orders_;       // of the run
  Ledger ledger_;                      // of the run
  std::optional<PermitPool> permits_;  // of the run
  std::uint64_t last_order_ = 0;       // of the runs before
  TimePoint run_start_{};
  std::optional<TimePoint> run_end_;
  bool limit_reached_ = false;
  std::optional<TimePoint> gathered_;  // when those of a run taken over should be there
  std::optional<TimePoint> stop_limit_;
  std::optional<TimePoint> nobody_since_;  // with limited requests: since when there are no users
  bool keep_stats_ = false;                // of a run taken over: they were reset already
  bool unlimited_told_ = false;
};

}  // namespace swarm::master
