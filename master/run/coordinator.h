#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/result.h"
#include "master/run/placement.h"
#include "master/run/profile.h"
#include "proto/link.h"
#include "proto/messages.h"

namespace swarm::master {

// Conducts runs: turns a profile into orders for the workers, follows what they report, and knows
// when the run is over.
//
// Flow    Profile -> [Coordinator] -> proto::Spawn, Stop, Permits -> workers
//         workers -> proto::Report -> [Coordinator] -> Outlets::report, each report once
// Thread  loop
// Errors  start() refuses what cannot be run. A worker that cannot be reached is logged.
//
// Orders are given for a second at a time; each names the instant of every user within it, and
// only the workers that it changes are sent one.
class Coordinator {
 public:
  static constexpr Duration kWindow = std::chrono::seconds{1};

  struct Settings {
    std::vector<ClassShare> classes{};
    std::string host{};  // --host, or empty
    Duration stop_timeout{};
    std::optional<std::uint64_t> requests{};  // the run ends after exactly so many samples
    bool reset_stats = false;                 // when all users are there
    bool leave_after_run = true;              // words of the log only
  };

  // Where the rest of the master is told. All may be empty.
  struct Outlets {
    std::function<void(const proto::WorkerId&, proto::Report)> report{};
    // The totals start at zero: a run begins, or its users are all there and reset_stats is set.
    std::function<void(TimePoint now)> reset{};
    std::function<void(proto::RunState)> state{};
  };

  // `link` must outlive the coordinator; its owner passes on what arrives.
  Coordinator(proto::FleetLink& link, Settings settings, Outlets outlets);

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
  std::size_t workers() const { return workers_.size(); }
  // By class, sorted by name; all that workers have reported, or zero.
  std::vector<proto::ClassCount> users() const;
  // Recorded in this run, as reported.
  std::uint64_t samples() const;

 private:
  struct Worker {
    proto::WorkerId id;
    std::uint64_t order_sent = 0;
    std::uint64_t order_done = 0;
    std::uint64_t seq_counted = 0;
    std::uint64_t samples = 0;
    bool stopped = true;                   // has no part in the run
    std::vector<proto::ClassCount> users;  // as it last said
  };

  void handle(const proto::ClientReady& ready, const proto::WorkerId& from);
  void handle(Worker& worker, proto::OrderDone done, TimePoint now);
  void handle(Worker& worker, proto::Report report, TimePoint now);
  void handle(Worker& worker, const proto::ClientStopped& stopped);
  void remove(const proto::WorkerId& id);

  void open_run(TimePoint now);
  void issue_window(TimePoint now);
  void complete_spawning_if_done(TimePoint now);
  void end_if_requests_are_made(TimePoint now);
  void enter(proto::RunState state);
  void send(const Worker& worker, proto::ToWorker message);
  Worker* find(const proto::WorkerId& id);
  std::string_view ending() const;

  proto::FleetLink& link_;
  const Settings settings_;
  const Outlets outlets_;
  proto::RunState state_ = proto::RunState::Ready;
  proto::RunId run_;
  std::uint32_t era_ = 0;
  std::uint64_t last_order_ = 0;
  std::vector<Worker> workers_;         // in the order in which they came
  std::optional<Placement> placement_;  // of the run
  Ramp ramp_;
  std::uint32_t issued_ = 0;       // steps of ramp_ that are ordered
  bool everybody_ordered_ = true;  // since the last start(), every worker had an order
  TimePoint run_start_{};
  TimePoint window_end_{};  // until when orders are given
  std::optional<TimePoint> run_end_;
};

}  // namespace swarm::master
