#include "master/views/locust_web.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "master/views/json.h"
#include "master/views/live_json.h"
#include "master/views/locust_times.h"
#include "master/views/task_ratio.h"

namespace swarm::master {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& value) {
  return value.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::int64_t rounded(Duration time) { return std::llround(milliseconds(time)); }

Json entry(const EndpointRow& row) {
  const EndpointStats& stats = row.stats;
  const Histogram& exact = stats.response_times;
  const LocustTimes times(exact);
  return {
      {"method", row.endpoint.method},
      {"name", row.endpoint.name},
      {"safe_name", row.endpoint.name},
      {"num_requests", stats.requests},
      {"num_failures", stats.failures},
      {"min_response_time", rounded(exact.min())},
      {"max_response_time", rounded(exact.max())},
      {"current_rps", row.current.requests_per_s},
      {"current_fail_per_sec", row.current.failures_per_s},
      {"avg_response_time", exact.mean_ns() / 1e6},
      {"median_response_time", locust_median(exact, times)},
      {"total_rps", row.average.requests_per_s},
      {"total_fail_per_sec", row.average.failures_per_s},
      {"response_time_percentile_0.95", times.percentile(0.95)},
      {"response_time_percentile_0.99", times.percentile(0.99)},
      {"ninetieth_response_time", times.percentile(0.9)},
      {"ninety_ninth_response_time", times.percentile(0.99)},
      {"avg_content_length", stats.mean_bytes()},
  };
}

// Of the slots that cover the last ten seconds.
Json current_percentile(const Timeline* total, double p) {
  if (total == nullptr || total->slots().empty()) return nullptr;
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(10 / total->width(), 1));
  const auto slots = total->slots();
  Latencies sum;
  for (const auto& slot : slots.last(std::min(wanted, slots.size()))) sum.merge(slot.latencies);
  if (sum.empty()) return nullptr;
  const std::uint32_t index = Latencies::percentile(sum.buckets(), p);
  Histogram one;
  one.record(Latencies::middle_of(index, total->coarseness()));
  return LocustTimes(one).percentile(p);
}

Json errors(const Snapshot& run, const WallClock& clock) {
  Json list = Json::array();
  const auto at = [&](Duration since) { return clock.epoch_seconds(run.started + since); };
  for (const auto& [key, count, exchanges] : run.errors) {
    if (list.size() == kMostLocustRows) break;
    list.push_back({{"method", key.endpoint.method},
                    {"name", key.endpoint.name},
                    {"error", key.error},
                    {"occurrences", count.occurrences},
                    {"first_seen", at(count.first_seen)},
                    {"last_seen", at(count.last_seen)}});
  }
  return list;
}

Json worker_list(std::span<const WorkerNow> workers) {
  Json list = Json::array();
  for (const WorkerNow& worker : workers) {
    list.push_back({{"id", worker.id},
                    {"state", worker.state},
                    {"user_count", worker.users},
                    {"cpu_usage", worker.cpu_percent},
                    {"memory_usage", worker.bytes_memory}});
  }
  return list;
}

}  // namespace

std::string locust_stats_json(const Snapshot& run, const Timeline* total, const WallClock& clock,
                              std::optional<std::span<const WorkerNow>> workers) {
  Json stats = Json::array();
  for (const EndpointRow& row : run.endpoints) {
    if (stats.size() == kMostLocustRows) break;
    if (row.stats.requests > 0) stats.push_back(entry(row));
  }
  stats.push_back(entry(run.total));
  const Json median = current_percentile(total, 0.5);
  const Json p95 = current_percentile(total, 0.95);
  Json all{{"stats", std::move(stats)},
           {"errors", errors(run, clock)},
           {"current_rps", run.total.current.requests_per_s},
           {"current_fail_per_sec", run.total.current.failures_per_s},
           {"total_rps", run.total.average.requests_per_s},
           {"total_fail_per_sec", run.total.average.failures_per_s},
           {"fail_ratio", run.total.stats.fail_ratio()},
           {"current_response_time_percentiles",
            {{"response_time_percentile_0.5", median}, {"response_time_percentile_0.95", p95}}},
           {"current_response_time_percentile_50", median},
           {"current_response_time_percentile_95", p95}};
  if (workers) {
    const Json list = worker_list(*workers);
    const auto there = std::ranges::count_if(
        *workers, [](const WorkerNow& worker) { return worker.state != "missing"; });
    all["workers"] = list;
    all["slaves"] = list;
    all["worker_count"] = there;
    all["slave_count"] = there;
  }
  all["state"] = name(run.status.state);
  all["user_count"] = run.users();
  return dump(all);
}

namespace {

// "2 minutes and 5 seconds", as it says it.
std::string in_words(Duration time) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(time).count();
  std::vector<std::string> parts;
  const auto add = [&parts](std::int64_t count, const std::string& unit) {
    if (count > 0) parts.push_back(std::to_string(count) + " " + unit + (count == 1 ? "" : "s"));
  };
  add(seconds / 86400, "day");
  add(seconds / 3600 % 24, "hour");
  add(seconds / 60 % 60, "minute");
  add(seconds % 60, "second");
  if (parts.empty()) return "0 seconds";
  std::string text = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    text += (i + 1 == parts.size() ? " and " : ", ") + parts[i];
  }
  return text;
}

Json response_times(const EndpointRow& row) {
  Json object{{"method", row.endpoint.method}, {"name", row.endpoint.name}};
  const LocustTimes times(row.stats.response_times);
  for (const double p : {0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0}) {
    object[fmt::format("{}", p)] = times.percentile(p);
  }
  return object;
}

}  // namespace

std::string locust_report_json(const Scene& scene) {
  const Snapshot& run = *scene.snapshot;
  const auto second = [&scene](TimePoint when) {
    return iso_time(scene.clock, when).substr(0, 19) + "Z";
  };
  Json requests = Json::array();
  Json times = Json::array();
  for (const EndpointRow& row : run.endpoints) {
    if (requests.size() == kMostLocustRows) break;
    if (row.stats.requests == 0) continue;
    requests.push_back(entry(row));
    times.push_back(response_times(row));
  }
  requests.push_back(entry(run.total));
  times.push_back(response_times(run.total));
  const Json all{
      {"is_report", true},
      {"requests_statistics", std::move(requests)},
      {"failures_statistics", errors(run, scene.clock)},
      {"exceptions_statistics", Json::parse(locust_exceptions_json(run))["exceptions"]},
      {"response_time_statistics", std::move(times)},
      {"start_time", second(run.started)},
      {"end_time", second(run.taken)},
      {"duration", in_words(run.taken - run.started)},
      {"host", scene.offer->host.empty() ? "None" : scene.offer->host},
      {"history", Json::array()},
      {"show_download_link", false},
      {"locustfile", scene.offer->scenario},
      {"tasks", Json::parse(locust_tasks_json(run, scene.offer->classes), nullptr, false)},
      {"percentiles_to_chart", {0.5, 0.95}},
      {"profile", scene.offer->profile.empty() ? Json() : Json(scene.offer->profile)},
  };
  // With a blank behind each colon, as scripts look for it.
  return all.dump(1, ' ', true, Json::error_handler_t::replace);
}

std::string locust_exceptions_json(const Snapshot& run) {
  Json list = Json::array();
  for (const ExceptionRow& row : run.exceptions) {
    std::string nodes;
    for (const std::string& worker : row.workers) nodes += (nodes.empty() ? "" : ", ") + worker;
    list.push_back({{"count", row.count},
                    {"msg", row.message},
                    {"traceback", row.traceback},
                    {"nodes", nodes}});
  }
  return dump({{"exceptions", std::move(list)}});
}

std::string locust_tasks_json(const Snapshot& run, std::span<const UserClass> classes) {
  if (run.users() == 0) return task_ratio_json(classes, 0);
  std::vector<UserClass> present;
  for (const UserClass& each : classes) {
    const auto alive =
        std::ranges::find(run.status.users, each.name, &proto::ClassCount::user_class);
    if (alive == run.status.users.end() || alive->users == 0) continue;
    present.push_back(each);
    // Of those that are alive each class has exactly its part.
    present.back().weight = alive->users;
    present.back().fixed_count = 0;
  }
  return task_ratio_json(present, 0);
}

}  // namespace swarm::master
