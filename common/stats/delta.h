#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "common/clock.h"
#include "common/stats/endpoint_stats.h"
#include "common/stats/exchange_record.h"
#include "common/stats/histogram.h"

namespace swarm {

// What failures group by.
struct ErrorKey {
  EndpointName endpoint;
  std::string error;
  friend std::strong_ordering operator<=>(const ErrorKey& a, const ErrorKey& b) {
    return std::tie(a.endpoint, a.error) <=> std::tie(b.endpoint, b.error);
  }
  friend bool operator==(const ErrorKey&, const ErrorKey&) = default;
};

struct ErrorCount {
  std::uint64_t occurrences = 0;
  Duration first_seen = Duration::max();
  Duration last_seen = Duration::zero();

  void merge(const ErrorCount& other);
  friend bool operator==(const ErrorCount&, const ErrorCount&) = default;
};

struct ExceptionCount {
  std::uint64_t count = 0;
  std::string message;  // of equal tracebacks the alphabetically first

  void merge(const ExceptionCount& other);
  friend bool operator==(const ExceptionCount&, const ExceptionCount&) = default;
};

// Everything that a worker measured since its last Delta. Deltas of one worker, and of many, merge
// in any order into the same sum.
//
// Flow    Recorder -> [Delta] -> Report -> Aggregator
// Thread  any, one at a time
// Units   instants are durations since the run started. Each worker counts them on its own
//         monotonic clock, from the start that the master's order names by its age ("the run is
//         4.2 s old"): they survive the wire, clocks that disagree, and workers that join late
//
// Memory is bounded: beyond kMostTexts distinct texts, further ones count under kOtherTexts (of
// their endpoint, if they have one). Only there can the order of merging be seen.
struct Delta {
  static constexpr std::size_t kMostTexts = 1000;  // more than anybody reads
  static constexpr std::size_t kMostExchanges = 200;
  static constexpr std::string_view kOtherTexts = "(other texts: more than 1000 different ones)";

  std::map<EndpointName, EndpointStats> endpoints;
  std::map<ErrorKey, ErrorCount> errors;                  // their occurrences are all failures
  std::map<ErrorKey, KeptExchanges> exchanges;            // of some of errors
  std::map<std::string, ExceptionCount> exceptions;       // by traceback
  std::map<std::string, std::uint64_t> generator_errors;  // how often, by text; no requests
  Histogram send_lag;  // started - due, of the samples that were due at a time of their own
  Duration until = Duration::zero();  // what was measured before this is in it

  bool empty() const;  // nothing was measured
  // Commutative and associative.
  void merge(Delta&& other);

  void add_error(ErrorKey key, const ErrorCount& count);
  // Beyond kMostExchanges different errors they are dropped: their count is kept, in errors.
  void add_exchanges(const ErrorKey& key, const KeptExchanges& kept);
  void add_exception(std::string traceback, ExceptionCount count);
  void add_generator_error(std::string text, std::uint64_t count);

  friend bool operator==(const Delta&, const Delta&) = default;
};

}  // namespace swarm
