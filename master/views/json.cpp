#include "master/views/json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "master/views/history_json.h"
#include "master/views/locust_times.h"
#include "master/views/task_ratio.h"

namespace swarm::master {
namespace {

using Json = nlohmann::ordered_json;

// As Python's json.dumps(value, indent=4): ASCII only. Names that are no UTF-8 are shown as well
// as they can be.
std::string dump(const Json& value) {
  return value.dump(4, ' ', true, Json::error_handler_t::replace);
}

Json response_times(const Histogram& times) {
  const LocustTimes rounded(times);
  Json object = Json::object();
  for (const auto& [ms, count] : rounded.counts()) object[std::to_string(ms)] = count;
  return object;
}

// The requests, or the failures, of each second that had some, by its time since 1970.
Json by_second(const SecondCounts& counts, double started,
               std::uint32_t SecondCounts::Counts::*which) {
  Json object = Json::object();
  const auto first = static_cast<std::int64_t>(std::floor(started));
  for (std::int64_t second = counts.begin(); second < counts.end(); ++second) {
    const std::uint32_t count = counts.at(second).*which;
    if (count > 0) object[std::to_string(first + second)] = count;
  }
  return object;
}

Json entry(const Snapshot& run, const EndpointRow& row, const WallClock& clock) {
  const EndpointStats& stats = row.stats;
  const Histogram& times = stats.response_times;
  const double started = clock.epoch_seconds(run.started);
  return {
      {"name", row.endpoint.name},
      {"method", row.endpoint.method},
      {"last_request_timestamp", clock.epoch_seconds(run.started + stats.last)},
      {"start_time", started},
      {"num_requests", stats.requests},
      {"num_none_requests", stats.none_requests},
      {"num_failures", stats.failures},
      {"total_response_time", static_cast<double>(times.sum_ns()) / 1e6},
      {"max_response_time", milliseconds(times.max())},
      {"min_response_time", times.empty() ? Json(nullptr) : Json(milliseconds(times.min()))},
      {"total_content_length", stats.bytes_received},
      {"response_times", response_times(times)},
      {"num_reqs_per_sec", by_second(stats.seconds, started, &SecondCounts::Counts::requests)},
      {"num_fail_per_sec", by_second(stats.seconds, started, &SecondCounts::Counts::failures)},
  };
}

Json percentiles(const Histogram& times) {
  Json values = Json::array();
  if (times.empty()) return values;
  for (int half_percent = 0; half_percent <= 200; ++half_percent) {
    values.push_back(milliseconds(times.percentile(half_percent / 200.0)));
  }
  for (const double ratio : {0.999, 0.9999}) {
    values.push_back(milliseconds(times.percentile(ratio)));
  }
  return values;
}

Json entry_with_rates(const Snapshot& run, const EndpointRow& row, const WallClock& clock) {
  Json all = entry(run, row, clock);
  all["current_rps"] = row.current.requests_per_s;
  all["current_fail_per_sec"] = row.current.failures_per_s;
  all["total_rps"] = row.average.requests_per_s;
  all["total_fail_per_sec"] = row.average.failures_per_s;
  all["percentiles"] = percentiles(row.stats.response_times);
  return all;
}

// A whole number is written without its fraction, as 1.
Json number(double value) {
  if (value == std::floor(value)) return static_cast<std::int64_t>(value);
  return value;
}

Json ratio_object(const std::vector<TaskRatio>& ratios) {
  Json object = Json::object();
  for (const auto& ratio : ratios) {
    Json& value = object[ratio.name];
    if (!ratio.tasks.empty()) value["tasks"] = ratio_object(ratio.tasks);
    value["ratio"] = number(ratio.ratio);
  }
  return object;
}

Json worker_object(const WorkerRow& worker) {
  return {{"id", worker.id},
          {"requests", worker.requests},
          {"requests_per_s", worker.requests_per_s},
          {"users", worker.users},
          {"peak_users", worker.peak_users},
          {"send_lag_p99", worker.paced > 0 ? Json(milliseconds(worker.send_lag_p99)) : Json()},
          {"loop_busy", worker.sustained_busy_ratio},
          {"loop_lag", milliseconds(worker.longest_lag)},
          {"memory", worker.newest.bytes_memory},
          {"lost_intervals", worker.lost_intervals}};
}

Json run_object(const Snapshot& run, const WallClock& clock) {
  const auto at = [&](Duration since_start) {
    return clock.epoch_seconds(run.started + since_start);
  };
  Json entries = Json::array();
  for (const auto& row : run.endpoints) {
    if (row.stats.requests > 0) entries.push_back(entry_with_rates(run, row, clock));
  }
  Json errors = Json::array();
  for (const auto& [key, count, exchanges] : run.errors) {
    errors.push_back({{"method", key.endpoint.method},
                      {"name", key.endpoint.name},
                      {"error", key.error},
                      {"occurrences", count.occurrences},
                      {"first_seen", at(count.first_seen)},
                      {"last_seen", at(count.last_seen)}});
  }
  Json exceptions = Json::array();
  for (const auto& row : run.exceptions) {
    exceptions.push_back({{"count", row.count},
                          {"msg", row.message},
                          {"traceback", row.traceback},
                          {"nodes", row.workers}});
  }
  Json workers = Json::array();
  for (const WorkerRow& worker : run.workers) workers.push_back(worker_object(worker));
  Json lost = Json::array();
  for (const LostRow& row : run.lost) {
    lost.push_back({{"worker", row.worker},
                    {"since", at(row.since)},
                    {"at_least", row.at_least},
                    {"at_most", row.at_most}});
  }
  return {{"start_time", at(Duration{})},
          {"entries", std::move(entries)},
          {"total", entry_with_rates(run, run.total, clock)},
          {"interrupted", run.total.stats.interrupted},
          {"errors", std::move(errors)},
          {"exceptions", std::move(exceptions)},
          {"workers", std::move(workers)},
          {"lost", std::move(lost)}};
}

}  // namespace

std::string stats_json(const Snapshot& run, const WallClock& clock) {
  Json list = Json::array();
  for (const auto& row : run.endpoints) {
    if (row.stats.requests > 0) list.push_back(entry(run, row, clock));
  }
  return dump(list);
}

std::string run_json(const Snapshot& run, const WallClock& clock) {
  return run_object(run, clock).dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string run_document(const Snapshot& run, const RunFacts& facts, const Timeline* total,
                         const WallClock& clock) {
  Json document{{"format", "swarm run 1"},
                {"version", facts.version},
                {"scenario", facts.scenario},
                {"host", facts.host},
                {"started", utc_text(clock.epoch_seconds(run.started))},
                {"taken", utc_text(clock.epoch_seconds(run.taken))},
                {"state", name(run.status.state)},
                {"users", run.users()},
                {"valid", run.verdict.valid()},
                {"reasons", run.verdict.reasons}};
  Json generator_errors = Json::array();
  for (const GeneratorErrorRow& row : run.generator_errors) {
    generator_errors.push_back({{"text", row.text}, {"count", row.count}});
  }
  document["generator_errors"] = std::move(generator_errors);
  document.update(run_object(run, clock));
  document["history"] =
      total == nullptr ? Json::array() : Json::parse(points_json(*total, run.taken - run.started));
  return dump(document);
}

std::string task_ratio_json(std::span<const UserClass> classes, std::uint32_t users) {
  Json both = Json::object();
  both["per_class"] = ratio_object(task_ratios(classes, users, RatioOf::Class));
  both["total"] = ratio_object(task_ratios(classes, users, RatioOf::Total));
  return dump(both);
}

}  // namespace swarm::master
