#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/stats/delta.h"
#include "common/stats/worker_health.h"
#include "proto/messages.h"

namespace swarm::master {

// A worker of the run that is silent, and may still come back with what it measures.
struct MissingWorker {
  std::string id;
  Duration silence{};
};

// What a run is doing, as its coordinator knows it.
struct RunStatus {
  proto::RunState state = proto::RunState::Ready;
  std::vector<proto::ClassCount> users{};  // alive now, on all workers
  bool distributed = false;                // workers are processes of their own
  std::vector<MissingWorker> missing{};    // by id
};

// Requests and failures per second.
struct Rates {
  double requests_per_s = 0;
  double failures_per_s = 0;  // of requests_per_s
};

struct EndpointRow {
  EndpointName endpoint;
  EndpointStats stats;
  Rates current;  // over the ten seconds that ended two seconds ago
  Rates average;  // from the start to the last request
};

struct ErrorRow {
  ErrorKey key;
  ErrorCount count;
  KeptExchanges exchanges{};  // of them
};

struct ExceptionRow {
  std::string message;
  std::string traceback;
  std::uint64_t count = 0;
  std::vector<std::string> workers;  // where it happened, sorted
};

struct GeneratorErrorRow {
  std::string text;
  std::uint64_t count = 0;
};

// How one worker fared over the whole run.
struct WorkerRow {
  std::string id;
  std::uint64_t requests = 0;
  WorkerHealth newest;
  double busy_ratio = 0;            // of the loop, mean
  double sustained_busy_ratio = 0;  // at least this busy for a tenth of the time
  double peak_busy_ratio = 0;       // in the busiest report
  Duration observed{};              // 0: the worker never told how it fares
  Duration longest_turn{};
  Duration longest_lag{};  // of its loop, told also while it lasts: at least longest_turn
  Lateness lateness{};
  std::uint64_t most_descriptors_used = 0;
  std::uint32_t users = 0;           // in its newest report
  std::uint32_t peak_users = 0;      // in any report
  double requests_per_s = 0;         // on average, over the same time as the run's
  Duration send_lag_p99{};           // 0 if nothing was paced
  std::uint64_t paced = 0;           // requests that send_lag_p99 is of
  std::uint64_t lost_intervals = 0;  // between reports, that no report will cover
};

// What a worker measured and had not reported when it was lost: it is in no total.
struct LostRow {
  std::string worker;
  Duration since{};            // the run's age when its last report was made
  std::uint64_t at_least = 0;  // requests
  std::uint64_t at_most = 0;   // an estimate
};

// Whether the numbers tell of the target, or of the generator.
struct Verdict {
  std::vector<std::string> reasons;  // for suspicion, each a sentence
  bool valid() const { return reasons.empty(); }
};

// Everything that is known of a run at one moment, as a value: what all views show.
// Units   instants in rows are durations since `started`
struct Snapshot {
  RunStatus status;
  TimePoint started;  // of the statistics: of the run, or of their reset
  TimePoint taken;
  std::vector<EndpointRow> endpoints;  // sorted by name, then method
  EndpointRow total;                   // of all endpoints: "Aggregated"
  std::vector<ErrorRow> errors;        // sorted by endpoint, then text
  std::vector<ExceptionRow> exceptions;
  std::vector<GeneratorErrorRow> generator_errors;
  Histogram send_lag;
  std::vector<WorkerRow> workers;  // sorted by id
  std::vector<LostRow> lost;       // in the order in which they were
  Verdict verdict;

  std::uint64_t users() const;
  // What --exit-code-on-error asks.
  bool any_failures_or_exceptions() const { return !errors.empty() || !exceptions.empty(); }
};

}  // namespace swarm::master
