#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/result.h"
#include "common/stats/delta.h"
#include "common/value.h"
#include "proto/codec.h"
#include "proto/messages.h"

namespace swarm::proto {

// A worker of Locust's (or boomer), as a master of ours knows it. It knows neither permits, nor
// eras, nor numbered reports: numbers are given here.
//
// Flow    ToWorker -> [LocustWorker] -> Envelope of Locust's, and back
// Thread  link
// Errors  what is no message of Locust's, or has the wrong types in it, gives an Error and changes
//         nothing; types that nobody knows are the scenario's own (CustomMessage)
// Units   now_s: seconds since 1970, now
//
// What it measured in a run is complete only with the first `stats` after its `client_stopped`, up
// to 3 s later: ClientStopped waits for these, and whatever else tells that it is ready again.
// boomer sends none; it is not waited for longer than kLastStats.
class LocustWorker {
 public:
  // Locust's interval, and one second more.
  static constexpr double kLastStats = 4;
  // Silence after which it is taken for a new one. A master of ours has forgotten it soon after.
  static constexpr double kSilence = 60;
  // Texts of an exception are cut at so many bytes.
  static constexpr std::size_t kLongestText = 16 * 1024;

  explicit LocustWorker(WorkerId id) : id_(std::move(id)) {}

  // None for what such a worker has no word for.
  std::vector<Envelope> translate(const ToWorker& message, double now_s);
  // `client_ready` gives a ClientReady; one after `client_stopped` as well. So does the `heartbeat`
  // of a worker that was never greeted, or not heard of for long: it serves a master that was here
  // before, and is stopped if it has users.
  Result<std::vector<ToMaster>> translate(const Envelope& envelope, double now_s);

 private:
  struct Order {
    std::uint64_t number = 0;
    std::vector<ClassCount> targets;
  };
  using Answer = std::vector<ToMaster>;

  std::vector<Envelope> obey(const Spawn& order, double now_s);
  std::vector<Envelope> obey(const Stop& stop, double now_s);
  Envelope to_worker(std::string type, Value data = {}) const;

  static Answer read_logs(const Value& data);
  Result<Answer> greet(const Value& version, double now_s);
  Result<Answer> read_stats(const Value& data, double now_s);
  Result<Answer> read_heartbeat(const Value& data, double now_s);
  Result<Answer> read_spawning_complete(const Value& data);
  Result<Answer> read_exception(const Value& data);
  void spawning();
  void client_stopped(double now_s);
  void finish_run(Answer& answer);
  void forget_run();

  WorkerId id_;
  bool greeted_ = false;  // the master was told of it
  bool stray_ = false;    // has users of nobody's run
  double heard_s_ = 0;
  bool asked_with_version_ = false;  // how it asked for the scenario: 2.31 and later

  RunId run_{};  // that it takes part in; 0: none
  double run_start_s_ = 0;
  std::uint32_t era_ = 0;
  std::uint64_t last_seq_ = 0;
  std::uint64_t samples_ = 0;
  std::vector<ClassCount> users_;
  std::uint64_t bytes_memory_ = 0;
  RunState state_ = RunState::Ready;
  std::map<std::string, ExceptionCount> exceptions_;  // since the last `stats`

  double last_spawn_s_ = 0;     // its timestamp: later ones must be greater
  std::vector<Order> pending_;  // sent, and not known to be done
  std::size_t begun_ = 0;       // of these: it said `spawning` to so many

  std::optional<double> stop_sent_s_{};       // in this run
  std::optional<double> stopped_s_{};         // `client_stopped` came; its last `stats` are awaited
  bool ready_awaited_ = false;                // its `client_ready` after that, a stop timeout later
  std::optional<ClientReady> ready_again_{};  // meanwhile
  RunId has_no_part_{};                       // it was told to stop this one: to be answered
  unsigned stops_open_ = 0;                   // sent, and not answered
  unsigned stops_stale_ = 0;                  // of these: of no run, or of one before
};

}  // namespace swarm::proto
