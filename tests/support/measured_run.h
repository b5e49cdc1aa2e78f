#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "common/stats/worker_health.h"
#include "master/aggregate/aggregator.h"
#include "worker/report/recorder.h"

namespace swarm::test {

// A request as a test names it: when it ended since the run started, and how long it took.
struct Measured {
  std::string_view method = "GET";
  std::string_view name = "/";
  Duration ended = std::chrono::seconds{1};
  Duration took = std::chrono::milliseconds{10};
  std::string_view error = {};
  std::uint64_t bytes = 22;
  Duration late = Duration::zero();  // sent this long after it was due
  bool has_response_time = true;
  bool self_timed = false;
};

// Makes Deltas and Snapshots of what a test says was measured, with the real recorder and
// aggregator, of as many workers as it names.
class MeasuredRun {
 public:
  static constexpr TimePoint kStart{std::chrono::hours{5}};

  void add(const Measured& m, const std::string& worker = "w1", int times = 1) {
    const TimePoint ended = kStart + m.ended;
    for (int i = 0; i < times; ++i) {
      recorder_.record({.endpoint = recorder_.endpoint(m.method, m.name),
                        .due = ended - m.took - m.late,
                        .started = ended - m.took,
                        .ended = ended,
                        .bytes_received = m.bytes,
                        .has_response_time = m.has_response_time,
                        .self_timed = m.self_timed,
                        .error = m.error});
    }
    report(worker);
  }
  void interrupt(std::string_view method, std::string_view name) {
    recorder_.record_interrupted(recorder_.endpoint(method, name));
    report("w1");
  }
  void generator_error(std::string_view what) {
    recorder_.record_generator_error(what);
    report("w1");
  }
  void exception(std::string_view message, std::string_view traceback,
                 const std::string& worker = "w1") {
    recorder_.record_exception(message, traceback);
    report(worker);
  }
  void fare(const WorkerHealth& health, const std::string& worker = "w1") {
    aggregator_.add(worker, health);
  }
  // A healthy worker's second.
  static WorkerHealth healthy() {
    using namespace std::chrono_literals;
    return {.wall = 1s,
            .loop_busy = 420ms,
            .longest_turn = 3ms,
            .descriptors_used = 1034,
            .descriptors_limit = 1048576,
            .connections_opened = 1000,
            .bytes_memory = 64u << 20};
  }

  master::Snapshot snapshot(Duration now, const master::RunStatus& status = {}) const {
    return aggregator_.snapshot(status, kStart + now);
  }
  master::Aggregator& aggregator() { return aggregator_; }

 private:
  void report(const std::string& worker) { aggregator_.add(worker, recorder_.take(kStart)); }

  worker::Recorder recorder_{kStart};
  master::Aggregator aggregator_{kStart};
};

}  // namespace swarm::test
