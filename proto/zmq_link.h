#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/clock.h"
#include "common/result.h"
#include "proto/link.h"
#include "proto/token.h"

namespace swarm {
class Loop;
}

namespace swarm::proto {

// The way to a master over TCP.
//
// Flow    ToMaster -> [ZmqLink] -> ZeroMQ -> a master, and back
// Thread  loop; a thread of its own owns the socket, encodes, decodes, and beats once a second
//         whether the loop comes round or not
// Errors  a master that is not there, or goes and comes again, is waited for: see last_heard().
//         What it sends and nobody can read is logged and dropped. A refused token is logged, the
//         socket made anew with growing pauses.
//
// Greets the master (`client_ready`) until it answers, and again whenever it asks who this is; the
// answer tells whether it is one of ours or Locust's. The socket's identity is the worker's id and
// a number drawn by this process, so that a second process with the same id is another peer.
class ZmqLink final : public Link {
 public:
  struct Settings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 5557;
    WorkerId worker{};      // see new_worker_id()
    std::string version{};  // the program's
    std::optional<Token> token{};
  };

  // `loop` must outlive the link. Nothing arrives after the link is gone; what was sent before it
  // goes is given a second to leave.
  ZmqLink(Loop& loop, Settings settings);
  ~ZmqLink() override;

  Result<void> send(ToMaster message) override;
  void on_receive(std::function<void(ToWorker)> receiver) override;
  void publish(const Heartbeat& heartbeat) override;
  TimePoint last_heard() const override;

 private:
  class Wire;
  std::unique_ptr<Wire> wire_;
};

// The way of a master to all its workers: binds a port.
//
// Flow    ToWorker -> [ZmqFleetLink] -> ZeroMQ -> workers, and back
// Thread  loop; a thread of its own owns the socket, encodes and decodes
// Errors  bind(): the port is in use, the host is no address of this machine. What a peer sends and
//         nobody can read is logged (at most once a second) and dropped; it disturbs no other peer.
//         Refused handshakes are logged at most once a minute, with their number.
//
// A peer that speaks ours but was never welcomed (of a master that was here before) is asked who it
// is. A second living process with the id of another worker is Refused.
class ZmqFleetLink final : public FleetLink {
 public:
  struct Settings {
    std::string host = "*";     // an address, a name, or * for all
    std::uint16_t port = 5557;  // 0: any
    std::string version{};      // the program's
    std::optional<Token> token{};
  };

  static Result<std::unique_ptr<ZmqFleetLink>> bind(Loop& loop, Settings settings);
  ~ZmqFleetLink() override;

  std::uint16_t port() const;

  Result<void> send(const WorkerId& worker, ToWorker message) override;
  void on_receive(std::function<void(const WorkerId&, ToMaster)> receiver) override;

 private:
  class Wire;
  explicit ZmqFleetLink(std::unique_ptr<Wire> wire);
  std::unique_ptr<Wire> wire_;
};

// Asks a master for its scenario, and waits for it: before a worker knows what it is to load.
// `patience`: how long a master that is not there is waited for.
// Thread  any; blocks
// Errors  nobody answers in time, the master has no scenario to give, a token that it does not know
Result<ScenarioFiles> fetch_scenario(const ZmqLink::Settings& master, Duration patience);

// Says to a master that this worker cannot load its scenario. Blocks, a second at most.
void tell_scenario_failed(const ZmqLink::Settings& master, const std::string& reason);

// "HOSTNAME_0123456789abcdef0123456789abcdef": as Locust's workers are called.
WorkerId new_worker_id();

}  // namespace swarm::proto
