#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/loop.h"
#include "master/aggregate/aggregator.h"
#include "proto/link.h"

namespace swarm {

// A worker's way to its master that also adds up what is reported on it, since the run began: what
// the scenario's hooks on a worker see as the statistics.
//
// Flow    proto::Report -> [Reported] -> proto::Link; Snapshot
// Thread  loop
// Errors  as the link's; a report counts when it is made, whether or not it arrives
class Reported final : public proto::Link {
 public:
  // `met` is told whenever the way to the master is there anew.
  Reported(Loop& loop, proto::Link& link, std::string worker,
           std::function<void(proto::Dialect)> met = {});

  // `beside`: what is in no report yet.
  master::Snapshot snapshot(master::RunStatus status, Delta beside = {}) const;
  // Forgets what was reported so far.
  void reset() { totals_.reset(loop_.now()); }

  Result<void> send(proto::ToMaster message) override;
  void on_receive(std::function<void(proto::ToWorker)> receiver) override;
  void publish(const proto::Heartbeat& heartbeat) override { link_.publish(heartbeat); }
  TimePoint last_heard() const override { return link_.last_heard(); }

 private:
  void note(const proto::ToWorker& message);
  void count(const proto::Report& report);
  void begin(TimePoint start);

  Loop& loop_;
  proto::Link& link_;
  const std::string worker_;
  const std::function<void(proto::Dialect)> met_;
  master::Aggregator totals_;
  TimePoint start_;
  proto::RunId run_;
  std::uint32_t era_ = 0;
  std::uint64_t seq_ = 0;  // the newest that is counted
};

}  // namespace swarm
