#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/clock.h"
#include "proto/codec.h"
#include "proto/locust_dialect.h"
#include "proto/messages.h"

namespace swarm::proto {

// How much one peer may give us to read: a stock that fills up again with time. It is meant to be
// out of reach of any worker, and to keep a peer that floods us from being read instead of others.
class Allowance {
 public:
  static constexpr double kMost = 48.0 * (1 << 20);  // bytes
  static constexpr double kPerSecond = 16.0 * (1 << 20);
  static constexpr double kPerMessage = 1024;  // beside its own bytes

  bool take(std::size_t bytes, TimePoint now);

 private:
  double left_ = kMost;
  TimePoint filled_{};
};

// Lines about peers that misbehave: one a second, that says how many others there were.
class Complaints {
 public:
  void add(TimePoint now, std::string_view identity, std::string_view what);

 private:
  TimePoint next_{};
  std::uint64_t left_out_ = 0;
};

// The workers as a master's end of the wire knows them: which peer has which id and speaks what.
// Welcomes those of ours, and asks those that it does not know who they are.
//
// Flow    bytes of peers -> [WorkerPeers] -> ToMaster, and back
// Thread  the link's
// Errors  what a peer sends and nobody can read is dropped, with a line of the log
// Units   now_s: seconds since 1970, now
//
// A peer is who its socket says, not who its message says. The first peer that has something to say
// to the master holds its id as long as it is alive: then a second one with the same id, another
// process, has to wait; once it is clear that the first one goes on, the second is Refused.
class WorkerPeers {
 public:
  static constexpr std::chrono::seconds kAlive{5};       // after its last word
  static constexpr std::chrono::seconds kClaimWaits{6};  // longer than that
  // What is silent for so long is to introduce itself anew. No later than a master forgets it.
  static constexpr std::chrono::seconds kForget{30};
  static constexpr std::chrono::seconds kForgetLocust{60};
  // A heartbeat of ours is answered unless its worker was told something in so short a time.
  static constexpr std::chrono::milliseconds kSpeaks{2500};
  // Of one that has not said who it is.
  static constexpr std::size_t kStrangerBytes = std::size_t{64} << 10;
  static constexpr std::size_t kMostPeers = 50'000;

  struct Outlets {
    std::function<void(std::string_view identity, std::shared_ptr<const std::string> bytes)>
        to_peer;
    // False: there is no room; the message is lost.
    std::function<bool(const WorkerId&, ToMaster, std::size_t bytes)> to_loop;
    // A worker can be sent something from now on, or no more.
    std::function<void(const WorkerId&, bool)> reachable;
  };
  WorkerPeers(std::string version, Outlets outlets);

  // `whole`: see ZmqSocket::Received.
  void receive(std::string_view identity, std::string_view bytes, bool whole, TimePoint now,
               double now_s);
  void send(const WorkerId& worker, const ToWorker& message, double now_s);
  // Once a second.
  void tick(TimePoint now);

  std::size_t size() const { return peers_.size(); }

 private:
  enum class Kind : std::uint8_t { Stranger, Swarm, Locust };
  struct Peer {
    Kind kind = Kind::Stranger;
    bool introduced = false;  // its ClientReady was passed on
    bool left = false;        // said Goodbye
    std::string identity;
    WorkerId id;
    TimePoint heard;
    TimePoint told{};       // when it was last sent something
    TimePoint next_hint{};  // when it may be asked again who it is
    Allowance allowance;
    std::optional<LocustWorker> locust;
    // Heartbeats that a new worker of Locust's must still send before it is told more than `ack`:
    // it may begin to work before its own start is over, and the first one may be older than that.
    unsigned beats_awaited = 0;
    std::vector<Envelope> held{};  // until then
    // Waits for its id, since when, with what to say then.
    std::optional<std::pair<TimePoint, ToMaster>> claim;
  };

  Peer* find_or_add(std::string_view identity, TimePoint now);
  void understand(Peer& peer, const Envelope& envelope, std::size_t bytes, TimePoint now,
                  double now_s);
  void greeted(Peer& peer, const Envelope& envelope, std::size_t bytes, TimePoint now,
               double now_s);
  void ask_who(Peer& peer, TimePoint now);
  void pass_on(Peer& peer, ToMaster message, std::size_t bytes, TimePoint now);
  bool holds_id(Peer& peer, TimePoint now);
  void settle_claims(TimePoint now);
  void forget_silent(TimePoint now);
  void tell(Peer& peer, Envelope envelope);
  void beat(Peer& peer);
  void reply(Peer& peer, const Envelope& envelope);
  void refuse(Peer& peer, const std::string& reason, double now_s);
  void complain(const Peer& peer, std::string_view what, TimePoint now);

  const std::string version_;
  const Outlets outlets_;
  TimePoint now_{};                                    // when something last came, or time passed
  std::unordered_map<std::string, Peer> peers_;        // by identity
  std::unordered_map<WorkerId, std::string> holders_;  // the identity of who has it
  std::vector<std::string> claimants_;                 // identities
  ScenarioFiles files_;                                // the last that were sent
  std::shared_ptr<const std::string> encoded_files_;
  Complaints complaints_;
};

}  // namespace swarm::proto
