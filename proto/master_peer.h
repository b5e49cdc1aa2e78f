#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/result.h"
#include "proto/codec.h"
#include "proto/locust_dialect.h"
#include "proto/messages.h"

namespace swarm::proto {

// The master as a worker's end of the wire knows it: greets it until it answers, and speaks what it
// understands.
//
// Flow    ToMaster -> [MasterPeer] -> Envelope, and back
// Thread  the link's
// Errors  receive(): an envelope that cannot be understood changes nothing
// Units   now_s: seconds since 1970, now
//
// A master of Locust's calls a worker by the identity of its socket, so that must be the plain id
// until the master is known to be one of ours; a master of ours is greeted anew under an identity
// that no other process has.
class MasterPeer {
 public:
  static constexpr std::chrono::seconds kGreetingFirst{1};
  static constexpr int kGreetingsFirst = 10;
  static constexpr std::chrono::seconds kGreetingLater{5};
  // A master that is not heard of for so long may be another one: it is greeted again. One of
  // Locust's would take a worker that it knows for a new one, and before 2.19 is silent by nature.
  static constexpr std::chrono::seconds kSilence{10};
  static constexpr std::chrono::seconds kSilenceLocust{30};

  struct Settings {
    WorkerId worker;
    std::string incarnation;  // of this process, to tell it from others with the same id
    std::string version;      // the program's
    bool only_ours = false;   // no master of Locust's can be at the other end
  };
  MasterPeer(Settings settings, TimePoint now);

  // That the socket must have.
  std::string identity() const;
  // There is a new socket.
  void start_over(TimePoint now);

  bool answered() const { return answered_; }
  // It answers heartbeats: silence means something.
  bool beats() const { return beats_; }
  Dialect dialect() const { return locust_ ? Dialect::Locust : Dialect::Swarm; }

  // The greeting, if it is due.
  std::optional<Envelope> greet(TimePoint now);
  TimePoint greeting_due() const { return greeting_due_; }

  Result<std::vector<ToWorker>> receive(const Envelope& envelope, TimePoint now, double now_s);
  // None before the master has answered, and for what it has no word for. Nothing follows Goodbye.
  std::vector<Envelope> translate(const ToMaster& message, double now_s);

 private:
  TimePoint silent_at(TimePoint now) const;
  Result<std::vector<ToWorker>> take_ack(const Envelope& ack, TimePoint now, double now_s);

  const Settings settings_;
  bool ours_;              // the master is one of ours, as far as is known
  bool answered_ = false;  // to the newest greeting that had to be answered
  bool beats_ = false;
  bool asked_ = false;  // an ack is awaited
  bool left_ = false;
  int greetings_ = 0;
  TimePoint greeting_due_;
  std::optional<LocustMaster> locust_;  // the other end, if it is one
};

// "id~0123456789abcdef": the identity of one of several processes with the same id.
std::string identity_of(const WorkerId& worker, std::string_view incarnation);
// Without what identity_of() added, if it did.
WorkerId worker_of(std::string_view identity);

}  // namespace swarm::proto
