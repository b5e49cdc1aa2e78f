#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/cache.h"
#include "common/clock.h"
#include "common/ids.h"
#include "common/stats/delta.h"
#include "common/stats/sample.h"
#include "worker/report/exchange_capture.h"

namespace swarm::worker {

// Counts what the users of this process measure, at under 100 ns a sample, and hands it over as a
// Delta when asked. Endpoints and error texts seen before cost no memory.
//
// Flow    Sample -> [Recorder] -> Delta (to the reporter)
// Thread  loop
// Errors  none
class Recorder {
 public:
  // Longer texts are cut (scenarios like to fail with the whole page in the text).
  static constexpr std::size_t kMostErrorBytes = 4096;
  static constexpr std::size_t kMostTracebackBytes = 16384;
  // Of one error the first few exchanges are kept, then no more than one in this time; and of all
  // errors so many between two deltas: a target that fails throughout costs no more than others.
  static constexpr Duration kBetweenCaptures = std::chrono::milliseconds{250};
  static constexpr std::size_t kMostCaptures = 100;

  // `run_start` is what the instants of a Delta count from. It may lie in the past: this process
  // may join a run that others began.
  explicit Recorder(TimePoint run_start) : start_(run_start) {}

  // The same (method, name) gives the same id for the life of the recorder, across runs.
  EndpointId endpoint(std::string_view method, std::string_view name);

  // REQUIRES: the sample's endpoint is from endpoint().
  void record(const Sample& sample);
  void record_interrupted(EndpointId endpoint);
  void record_generator_error(std::string_view what);
  void record_exception(std::string_view message, std::string_view traceback);

  // Everything since the last take() or reset(). `now` becomes Delta::until.
  Delta take(TimePoint now);

  // How failed exchanges are kept from now on.
  void capture_with(ExchangeCapture capture) { capture_ = std::move(capture); }

  // A new run: forgets what was not taken, and counts from 0. Endpoints keep their ids.
  void reset(TimePoint run_start);

  // Since the run started, taken or not.
  std::uint64_t requests() const { return requests_; }
  std::uint64_t failures() const { return failures_; }  // of requests
  std::uint64_t interrupted() const { return interrupted_; }

 private:
  // A pair of texts, looked up without making strings of them.
  struct EndpointView {
    std::string_view method;
    std::string_view name;
  };
  struct EndpointHash {
    using is_transparent = void;
    std::size_t operator()(const auto& e) const {
      return std::hash<std::string_view>{}(e.method) * 31 + std::hash<std::string_view>{}(e.name);
    }
  };
  struct EndpointEqual {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const {
      return a.method == b.method && a.name == b.name;
    }
  };
  struct FailureView {
    EndpointId endpoint;
    std::string_view text;
  };
  struct Failure {
    EndpointId endpoint;
    std::string text;
  };
  struct Failed {
    ErrorCount count;
    KeptExchanges exchanges;
    Duration captured{};  // the newest of them
  };
  struct FailureHash {
    using is_transparent = void;
    std::size_t operator()(const auto& f) const {
      return std::hash<std::string_view>{}(f.text) + f.endpoint.value;
    }
  };
  struct FailureEqual {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const {
      return a.endpoint == b.endpoint && a.text == b.text;
    }
  };

  Duration since_start(TimePoint when) const {
    return when > start_ ? when - start_ : Duration::zero();
  }
  EndpointId find_or_add(std::string_view method, std::string_view name);
  void count_failure(const Sample& sample, Duration when);

  TimePoint start_;
  std::unordered_map<EndpointName, EndpointId, EndpointHash, EndpointEqual> ids_;
  std::vector<EndpointName> names_;     // by id
  Cache<EndpointId> recent_;            // of those asked for, in front of ids_
  std::vector<EndpointStats> pending_;  // by id
  // Known texts stay, with zero occurrences, so that a failing target allocates nothing either.
  std::unordered_map<Failure, Failed, FailureHash, FailureEqual> errors_;
  ExchangeCapture capture_;
  std::size_t captured_ = 0;  // since the last take()
  Delta rest_;                // all but endpoints and errors
  std::uint64_t requests_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t interrupted_ = 0;
};

}  // namespace swarm::worker
