#pragma once

#include <functional>

#include "common/clock.h"
#include "common/result.h"
#include "proto/messages.h"

namespace swarm::proto {

// A worker's way to its master.
// Thread  loop
// Errors  send() fails while there is no way to the master; what was sent may be lost all the
//         same. Whoever needs certainty waits for an answer and repeats.
//
// Whenever the way is there anew, the worker is told to Introduce itself; nothing can be sent
// before. Towards a master of Locust's the link itself gives the answers that such a master does
// not know: Ack, ReportAck.
class Link {
 public:
  virtual ~Link() = default;
  virtual Result<void> send(ToMaster message) = 0;
  // Who is told of what arrives: from the loop, never from inside send(). Messages that came
  // before are delivered then. An empty function: nobody; what arrives is kept.
  virtual void on_receive(std::function<void(ToWorker)> receiver) = 0;

  // What the link tells the master every second from now on, also while the loop is held.
  virtual void publish(const Heartbeat& heartbeat) = 0;
  // When something of the master's last arrived; TimePoint::max() if it is always there. Before
  // the first time: when the link was made.
  virtual TimePoint last_heard() const = 0;
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
