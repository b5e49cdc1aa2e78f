#pragma once

#include <memory>

#include "proto/link.h"

namespace swarm {
class Loop;
}

namespace swarm::proto {

// A master and its one worker in the same process and on the same loop: two ends, joined in
// memory. A message arrives at the end of the present turn, in the order of sending.
// Thread  loop
// Errors  none but an unknown worker id
class LocalLink {
 public:
  // `loop` must outlive the link. Nothing arrives after the link is gone.
  LocalLink(Loop& loop, WorkerId worker);
  ~LocalLink();
  LocalLink(const LocalLink&) = delete;
  LocalLink& operator=(const LocalLink&) = delete;

  Link& worker_end();
  FleetLink& master_end();
  // What is on its way to either end arrives now, first at the master, and so do the answers.
  void deliver_now();

 private:
  class WorkerEnd;
  class MasterEnd;
  std::unique_ptr<WorkerEnd> worker_end_;
  std::unique_ptr<MasterEnd> master_end_;
};

}  // namespace swarm::proto
