#pragma once

#include <functional>

#include "common/result.h"
#include "proto/messages.h"

namespace swarm::proto {

// A worker's way to its master.
// Thread  loop
// Errors  send() fails while there is no way to the master; what was sent may be lost all the
//         same. Whoever needs certainty waits for an answer and repeats.
class Link {
 public:
  virtual ~Link() = default;
  virtual Result<void> send(ToMaster message) = 0;
  // Who is told of what arrives: from the loop, never from inside send(). Messages that came
  // before are delivered then. An empty function: nobody; what arrives is kept.
  virtual void on_receive(std::function<void(ToWorker)> receiver) = 0;
};

// A master's way to all its workers.
// Thread  loop
// Errors  send() fails for a worker that was never heard of; otherwise as Link.
class FleetLink {
 public:
  virtual ~FleetLink() = default;
  virtual Result<void> send(const WorkerId& worker, ToWorker message) = 0;
  // As Link::on_receive.
  virtual void on_receive(std::function<void(const WorkerId&, ToMaster)> receiver) = 0;
};

}  // namespace swarm::proto
