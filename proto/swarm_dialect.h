#pragma once

#include <cstddef>
#include <string_view>

#include "common/result.h"
#include "proto/codec.h"
#include "proto/messages.h"

namespace swarm::proto {

// What swarm's own processes say to each other: every message of messages.h, exactly.
//
// Flow    ToMaster, ToWorker -> [SwarmDialect] -> Envelope, and back
// Thread  any
// Errors  decoding is total: an envelope that is no message of the dialect gives an Error
// Source  proto/README.md
//
// It is agreed upon when a worker connects: its `client_ready` carries a version that ends with the
// dialect's suffix, and the `ack` to it a map with a key of the dialect's.
class SwarmDialect {
 public:
  // Grows with every change that a peer must know of. Equal numbers understand each other.
  static constexpr unsigned kNumber = 1;
  // What the files of a scenario may hold, all together.
  static constexpr std::size_t kMostScenarioBytes = std::size_t{64} << 20;

  static Envelope encode(const ToMaster& message, const WorkerId& worker);
  static Envelope encode(const ToWorker& message, const WorkerId& worker);
  static Result<ToMaster> decode_to_master(const Envelope& envelope);
  static Result<ToWorker> decode_to_worker(const Envelope& envelope);

  // The envelope is of this dialect, whatever it says.
  static bool speaks(const Envelope& envelope);

  // --- the agreement ---

  // `client_ready` of a worker of ours; `version` is the program's.
  static Envelope greeting(const WorkerId& worker, std::string_view version);
  // The dialect's number in such a greeting; 0: it is of Locust's or another's.
  static unsigned offered(const Envelope& client_ready);
  // `ack` to it.
  static Envelope welcome(const WorkerId& worker);
  // Whether an `ack` is a master of ours's.
  static bool is_welcome(const Envelope& ack);
};

// The version of Locust that we are like on the wire.
inline constexpr std::string_view kLocustVersion = "2.46.3";

}  // namespace swarm::proto
