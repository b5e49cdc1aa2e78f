#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/result.h"
#include "common/stats/delta.h"
#include "common/value.h"
#include "proto/codec.h"
#include "proto/messages.h"

namespace swarm::proto {

// A master of Locust's, as a worker of ours knows it. One object serves one acquaintance: a master
// that was started anew gets a new one.
//
// Flow    ToMaster -> [LocustMaster] -> Envelope of Locust's, and back
// Thread  link
// Errors  what is no message of Locust's, or has the wrong types in it, gives an Error and changes
//         nothing; types that nobody knows are the scenario's own (CustomMessage)
// Units   now_s: seconds since 1970, now
class LocustMaster {
 public:
  // A master of Locust's wants one `exception` for each that happened. As many are sent with a
  // report; what is left goes with the next ones, and at the end of a run is dropped.
  static constexpr std::size_t kMostExceptions = 1000;

  explicit LocustMaster(WorkerId id) : id_(std::move(id)) {}

  // None for what such a master has no word for. A Report gives `stats`, and `exception` for what
  // the scenario raised or the generator could not do; one that was translated before gives none.
  // A worker that has nothing to do sends no `stats`: listeners there may count on keys that only
  // the scenario's hooks add.
  std::vector<Envelope> translate(const ToMaster& message, double now_s);
  // `ack` gives Introduce and Ack. The first `spawn` after a `stop` begins a run.
  Result<std::vector<ToWorker>> translate(const Envelope& envelope, double now_s);

 private:
  struct Run {
    RunId id{};
    double start_s = 0;
    std::uint64_t seq = 0;  // the newest report that was translated
  };
  using Answer = std::vector<ToWorker>;

  std::vector<Envelope> say(const OrderDone& done) const;
  std::vector<Envelope> say(const Heartbeat& heartbeat) const;
  std::vector<Envelope> say(const Logs& logs) const;
  std::vector<Envelope> say(const Report& report);
  std::vector<Envelope> say(const ClientStopped& stopped);
  Envelope to_master(std::string type, Value data = {}) const;
  void owe_exceptions(const Delta& delta);
  void pay_exceptions(std::vector<Envelope>& envelopes);
  Run* find(RunId run);

  Result<Answer> read_ack(const Value& data) const;
  Result<Answer> read_spawn(const Value& data, double now_s);
  void open_run(double now_s);

  WorkerId id_;
  bool knows_logs_ = false;  // the master does
  Run run_;                  // the present one; 0: none
  Run previous_;             // its last report may still come
  bool stopping_ = false;
  bool quitting_ = false;
  std::uint64_t last_run_ = 0;
  double last_spawn_s_ = 0;  // its timestamp: others must be greater
  std::uint64_t order_ = 0;
  std::map<std::string, ExceptionCount> owed_;  // exceptions by traceback
};

}  // namespace swarm::proto
