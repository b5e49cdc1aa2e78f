#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "proto/locust_dialect.h"
#include "proto/messages.h"
#include "proto/pulse.h"
#include "tests/bench/fleet/zmtp.h"

namespace swarm::bench {

// What happened to the whole fleet, in seconds of the monotonic clock.
struct FleetLog {
  struct Arrivals {
    double first_s = 0;
    double last_s = 0;
    std::uint64_t count = 0;
    void note(double now_s) {
      if (count++ == 0) first_s = now_s;
      last_s = now_s;
    }
  };
  Arrivals acks;
  Arrivals stops;
  std::map<std::uint64_t, Arrivals> orders;                             // by number
  std::map<std::int64_t, std::map<std::string, std::int64_t>> changes;  // of users, by ms and class
  std::uint64_t reports = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t requests = 0;  // in all reports
  std::uint64_t unreadable = 0;
};

// One worker without users: obeys like a real one, and reports what nobody measured. Speaks either
// dialect.
// Flow    bytes from the master -> [SimulatedWorker] -> bytes to it
class SimulatedWorker {
 public:
  struct Settings {
    bool locust = false;  // Locust's dialect
    std::size_t endpoints = 20;
    std::size_t of = 20;        // all workers together: neighbours report neighbouring ones of them
    std::size_t buckets = 110;  // filled, of each endpoint's histogram in each report
    Duration interval = std::chrono::seconds{2};
  };

  SimulatedWorker(std::string id, unsigned seed, Settings settings, FleetLog& log);

  // To be sent at once; taken by the caller.
  std::string& output() { return output_; }
  void connected();
  // `arrived`: at this machine, whenever there is time for them.
  void receive(std::string_view bytes, TimePoint arrived);
  void tick(TimePoint now);
  TimePoint due() const;
  bool gone() const { return gone_; }

 private:
  void greet();
  void understand(const proto::Envelope& envelope, TimePoint now);
  void obey(const proto::ToWorker& message, TimePoint now);
  void obey(const proto::Spawn& order, TimePoint now);
  void change(const std::string& user_class, std::int64_t users, TimePoint now);
  void report(TimePoint now);
  void send(const proto::ToMaster& message);
  void send(const proto::Envelope& envelope);
  Delta invent(TimePoint now);
  std::vector<proto::ClassCount> counts() const;

  struct Step {
    TimePoint at;
    std::string user_class;
    std::int64_t change = 0;
  };

  const std::string id_;
  const Settings settings_;
  const std::size_t first_;  // of its endpoints
  FleetLog& log_;
  std::minstd_rand random_;
  ZmtpReader reader_;
  proto::LocustMaster locust_;
  std::string output_;
  bool greeted_ = false;
  bool gone_ = false;

  proto::RunId run_{};
  TimePoint run_start_{};
  std::uint64_t order_ = 0;
  std::uint64_t order_done_ = 0;
  std::vector<Step> steps_;  // the next one last
  std::map<std::string, std::int64_t> users_;
  std::uint64_t seq_ = 0;
  std::uint64_t counted_ = 0;
  std::uint64_t samples_ = 0;
  std::optional<proto::Report> in_flight_;
  bool stopping_ = false;
  proto::Pulse pulse_;
  TimePoint next_report_ = TimePoint::max();
};

}  // namespace swarm::bench
