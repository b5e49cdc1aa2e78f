#include "master/views/live_json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "master/views/history_json.h"
#include "master/views/task_ratio.h"

namespace swarm::master {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kRowQuantiles{.5, .66, .75, .8, .9, .95, .98, .99, .999, .9999, 1.0};

double milliseconds(Duration time) { return static_cast<double>(time.count()) / 1e6; }
double seconds(Duration time) { return static_cast<double>(time.count()) / 1e9; }

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// FNV-1a, 52 bits of it.
class Hash {
 public:
  Hash& add(std::string_view text) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
    mix(0xff);  // in no UTF-8: keeps "a", "bc" apart from "ab", "c"
    return *this;
  }
  std::uint64_t value() const { return (state_ ^ state_ >> 52) & ((std::uint64_t{1} << 52) - 1); }

 private:
  void mix(std::uint64_t byte) { state_ = (state_ ^ byte) * 1099511628211u; }
  std::uint64_t state_ = 14695981039346656037u;
};

// JSON has no number that is not finite.
double finite(double value) { return std::isfinite(value) ? value : 0; }

std::string_view state_word(const Scene& scene) {
  return proto::name(scene.snapshot->status.state);
}

std::string_view kind_word(ScenarioOption::Kind kind) {
  constexpr std::array<std::string_view, 5> kWords{"text", "number", "bool", "choice", "list"};
  return kWords.at(static_cast<std::size_t>(kind));
}

void add_tasks(Json& names, std::span<const TaskNode> tasks) {
  for (const TaskNode& task : tasks) {
    if (task.children.empty()) names.push_back(task.name);
    add_tasks(names, task.children);
  }
}

Json class_object(const UserClass& each) {
  Json tasks = Json::array();
  add_tasks(tasks, each.tasks);
  return {{"name", each.name},
          {"weight", each.weight},
          {"fixed_count", each.fixed_count},
          {"host", each.host},
          {"tasks", std::move(tasks)}};
}

Json value_of(const ScenarioOption& option) {
  using enum ScenarioOption::Kind;
  if (option.kind == List) return option.values;
  if (option.values.empty()) return nullptr;
  const std::string& text = option.values.front();
  return option.kind == Bool ? Json(text == "true") : Json(text);
}

Json option_object(const ScenarioOption& option) {
  return {{"name", option.name},
          {"help", option.help},
          {"kind", kind_word(option.kind)},
          {"choices", option.choices.empty() ? Json() : Json(option.choices)},
          // A secret is not told, not even to those who may change it.
          {"default", option.secret ? Json() : value_of(option)},
          {"has_value", !option.values.empty()},
          {"secret", option.secret},
          {"required", option.required}};
}

std::size_t joined_size(std::span<const std::string_view> parts) {
  std::size_t size = parts.size();
  for (const std::string_view part : parts) size += part.size();
  return size;
}

void join(std::string& text, std::span<const std::string_view> parts) {
  bool first = true;
  for (const std::string_view part : parts) {
    if (!std::exchange(first, false)) text += ',';
    text += part;
  }
}

template <typename Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

Json run_time_of(const std::optional<std::chrono::seconds>& time) {
  return time ? Json(time->count()) : Json();
}

std::string row_texts(const EndpointRow& row) {
  return fmt::format(R"("method":{},"name":{})", dump(row.endpoint.method),
                     dump(row.endpoint.name));
}

Json tree(std::span<const TaskRatio> ratios) {
  Json object = Json::object();
  for (const TaskRatio& each : ratios) {
    Json& value = object[each.name];
    value["ratio"] = each.ratio;
    if (!each.tasks.empty()) value["tasks"] = tree(each.tasks);
  }
  return object;
}

Json trees(std::span<const UserClass> classes, std::uint32_t users) {
  return {{"per_class", tree(task_ratios(classes, users, RatioOf::Class))},
          {"total", tree(task_ratios(classes, users, RatioOf::Total))}};
}

// The classes as they are spread now: as if each was wanted that often.
std::vector<UserClass> as_hatched(const Scene& scene) {
  std::vector<UserClass> hatched = scene.offer->classes;
  for (UserClass& each : hatched) {
    each.weight = 0;
    each.fixed_count = 0;
    for (const auto& count : scene.snapshot->status.users) {
      if (count.user_class == each.name) each.weight = count.users;
    }
  }
  return hatched;
}

Json hatched_trees(const Scene& scene) {
  return trees(as_hatched(scene), static_cast<std::uint32_t>(scene.snapshot->users()));
}

Json log_object(const Scene& scene) {
  Json workers = Json::object();
  for (const auto& [id, lines] : scene.worker_logs) workers[id] = *lines;
  return {{"master", scene.log}, {"workers", std::move(workers)}};
}

std::int64_t workers_there(const Scene& scene) {
  return std::ranges::count_if(
      scene.workers, [](const SeenWorker& each) { return each.state != proto::RunState::Missing; });
}

// The time of the slots that are over.
Duration whole_slots(const Scene& scene) {
  const Duration width = std::chrono::seconds{scene.total->width()};
  return std::max(scene.until, Duration{}) / width * width;
}

Json health_object(const Snapshot& run) {
  double busy = 0;
  std::uint64_t used = 0;
  std::uint64_t limit = 0;
  std::uint64_t connections = 0;
  for (const WorkerRow& each : run.workers) {
    busy = std::max(busy, each.sustained_busy_ratio);
    connections += each.newest.connections_opened;
    // The one that is nearest to its limit.
    const auto share = [](std::uint64_t of, std::uint64_t all) {
      return all == 0 ? 0.0 : static_cast<double>(of) / static_cast<double>(all);
    };
    const auto theirs = each.newest;
    if (limit != 0 &&
        share(theirs.descriptors_used, theirs.descriptors_limit) <= share(used, limit)) {
      continue;
    }
    used = theirs.descriptors_used;
    limit = theirs.descriptors_limit;
  }
  Json errors = Json::array();
  for (const auto& each : run.generator_errors) {
    errors.push_back({{"text", each.text}, {"count", each.count}});
  }
  const auto lag = [&run](double p) {
    return run.send_lag.empty() ? Json() : Json(milliseconds(run.send_lag.percentile(p)));
  };
  return {{"busy_ratio", busy},
          {"send_lag", {{"p50_ms", lag(.5)}, {"p99_ms", lag(.99)}, {"max_ms", lag(1)}}},
          {"descriptors", {{"used", used}, {"limit", limit}}},
          {"connections", connections},
          {"generator_errors", std::move(errors)}};
}

// What became of a worker that its master does not know any more.
std::string gone(const Snapshot& run, const std::string& worker) {
  return std::ranges::find(run.lost, worker, &LostRow::worker) == run.lost.end() ? "gone" : "lost";
}

Json worker_object(const Snapshot& run, const SeenWorker* seen, const WorkerRow* row) {
  Json object{{"id", seen != nullptr ? seen->id : row->id}};
  object["index"] = seen != nullptr ? Json(seen->index) : Json();
  const bool was_there = seen == nullptr && run.status.distributed;
  object["state"] = was_there         ? Json(gone(run, row->id))
                    : seen != nullptr ? Json(proto::name(seen->state))
                                      : Json();
  object["users"] = seen != nullptr ? seen->users : was_there ? 0 : row->users;
  object["rps"] = row != nullptr ? row->requests_per_s : 0;
  object["requests"] = row != nullptr ? row->requests : 0;
  object["cpu_percent"] = seen != nullptr ? seen->cpu_percent : 100 * row->busy_ratio;
  object["memory_bytes"] = seen != nullptr && seen->bytes_memory > 0 ? seen->bytes_memory
                           : row != nullptr                          ? row->newest.bytes_memory
                                                                     : 0;
  object["loop_lag_ms"] = milliseconds(seen != nullptr ? seen->loop_lag : row->longest_lag);
  object["longest_lag_ms"] = row != nullptr ? milliseconds(row->longest_lag) : 0;
  object["send_lag_p99_ms"] =
      row != nullptr && row->paced > 0 ? Json(milliseconds(row->send_lag_p99)) : Json();
  object["busy_ratio"] = row != nullptr ? row->busy_ratio : 0;
  object["last_report_s"] = seen != nullptr ? Json(seconds(seen->last_heard)) : Json();
  object["lost_intervals"] = row != nullptr ? row->lost_intervals : 0;
  return object;
}

}  // namespace

std::uint64_t endpoint_id(const EndpointName& endpoint) {
  return Hash{}.add(endpoint.method).add(endpoint.name).value();
}

std::uint64_t error_id(const ErrorKey& key) {
  return Hash{}.add(key.endpoint.method).add(key.endpoint.name).add(key.error).value();
}

std::span<const double> row_quantiles() { return kRowQuantiles; }

std::string iso_time(const WallClock& clock, TimePoint when) {
  const double epoch_s = clock.epoch_seconds(when);
  const auto whole = static_cast<std::time_t>(std::floor(epoch_s));
  const auto ms = static_cast<int>((epoch_s - std::floor(epoch_s)) * 1000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(whole), ms);
}

std::string hello_json(const Scene& scene) {
  const Offer& offer = *scene.offer;
  Json classes = Json::array();
  for (const UserClass& each : offer.classes) classes.push_back(class_object(each));
  Json options = Json::array();
  for (const ScenarioOption& each : offer.options) options.push_back(option_object(each));
  return dump({{"kind", "hello"},
               {"version", offer.version},
               {"role", offer.distributed ? "master" : "local"},
               {"scenario", offer.scenario},
               {"host", offer.host},
               {"host_required", offer.host_required},
               {"state", state_word(scene)},
               {"classes", std::move(classes)},
               {"picker", offer.picker},
               {"shapes", offer.shapes},
               {"shape", offer.shape.empty() ? Json() : Json(offer.shape)},
               {"defaults",
                {{"users", or_null(offer.users)},
                 {"hatch_rate", or_null(offer.users_per_s)},
                 {"host", offer.host},
                 {"run_time", run_time_of(offer.run_time)}}},
               {"profile", offer.profile},
               {"options", std::move(options)},
               {"login", offer.login},
               {"percentiles", {0.5, 0.95, 0.99}},
               {"quantiles", kRowQuantiles},
               {"can_full_history", offer.full_history}});
}

std::string row_json(const EndpointRow& row, std::uint64_t id) {
  const EndpointStats& stats = row.stats;
  const Histogram& times = stats.response_times;
  std::string text;
  auto to = std::back_inserter(text);
  fmt::format_to(to, R"({{"id":{},{},"requests":{},"failures":{},"interrupted":{})", id,
                 row_texts(row), stats.requests, stats.failures, stats.interrupted);
  fmt::format_to(to, R"(,"avg_ms":{:.3f},"min_ms":{:.3f},"max_ms":{:.3f},"bytes_avg":{:.1f})",
                 times.mean_ns() / 1e6, milliseconds(times.min()), milliseconds(times.max()),
                 finite(stats.mean_bytes()));
  fmt::format_to(to, R"(,"rps":{:.2f},"fps":{:.2f},"rps_avg":{:.2f},"fps_avg":{:.2f},"p":[)",
                 finite(row.current.requests_per_s), finite(row.current.failures_per_s),
                 finite(row.average.requests_per_s), finite(row.average.failures_per_s));
  std::array<Duration, kRowQuantiles.size()> values;
  times.percentiles(kRowQuantiles, values);
  bool first = true;
  for (const Duration value : values) {
    if (!std::exchange(first, false)) text += ',';
    if (times.empty()) {
      text += "null";
    } else {
      fmt::format_to(to, "{:.3f}", milliseconds(value));
    }
  }
  return text + "]}";
}

std::string counts_json(const EndpointRow& row, std::uint64_t id) {
  return fmt::format("[{},{},{},{:.2f},{:.2f}]", id, row.stats.requests, row.stats.failures,
                     finite(row.current.requests_per_s), finite(row.current.failures_per_s));
}

std::size_t points_of(const Scene& scene) {
  if (!scene.total) return 0;
  const auto width = std::chrono::seconds{scene.total->width()};
  return std::min<std::size_t>(static_cast<std::size_t>(whole_slots(scene) / width),
                               scene.total->slots().size());
}

std::string stats_frame_json(const Scene& scene, const StatsFrame& frame) {
  const Snapshot& run = *scene.snapshot;
  std::string text;
  text.reserve(1024 + joined_size(frame.rows) + joined_size(frame.counts));
  auto to = std::back_inserter(text);
  // Of statistics that were reset after the end, no time.
  const Duration elapsed = scene.started
                               ? std::max(scene.ended.value_or(run.taken) - run.started, Duration{})
                               : Duration{};
  fmt::format_to(to, R"({{"kind":"stats","run":{},"resets":{},"state":"{}","users":{})", scene.run,
                 scene.resets, state_word(scene), run.users());
  fmt::format_to(to, R"(,"target_users":{},"hatch_rate":{},"elapsed_s":{:.3f})", scene.target_users,
                 scene.users_per_s, seconds(elapsed));
  fmt::format_to(to, R"(,"started":{},"run_time_s":{},"total":{},"full":{},"rows":[)",
                 scene.started ? dump(iso_time(scene.clock, run.started)) : "null",
                 scene.run_time ? std::to_string(scene.run_time->count()) : "null",
                 row_json(run.total, 0), frame.full);
  join(text, frame.rows);
  text += R"(],"counts":[)";
  join(text, frame.counts);
  fmt::format_to(to, R"(],"verdict":{{"valid":{},"reasons":{}}},"interrupted":{})",
                 run.verdict.valid(), dump(Json(run.verdict.reasons)), run.total.stats.interrupted);
  fmt::format_to(to, R"(,"look_ms":{:.3f})", milliseconds(scene.took));
  fmt::format_to(to, R"(,"worker_count":{},"errors_version":{},"exceptions_version":{})",
                 workers_there(scene), frame.errors_version, frame.exceptions_version);
  fmt::format_to(to, R"(,"run_id":{},"finished":{},"recent":{})", scene.run_id, scene.finished,
                 scene.total ? recent_json(*scene.total, whole_slots(scene), run.total) : "null");
  text += R"(,"history":)";
  const bool points = frame.first_point && *frame.first_point < points_of(scene);
  text += points ? points_json(*scene.total, whole_slots(scene), *frame.first_point) : "[]";
  return text + "}";
}

std::string live_stats_json(const Scene& scene) {
  std::vector<std::string> rows;
  for (const EndpointRow& row : scene.snapshot->endpoints) {
    rows.push_back(row_json(row, endpoint_id(row.endpoint)));
  }
  const std::vector<std::string_view> views{rows.begin(), rows.end()};
  return stats_frame_json(scene, {.rows = views});
}

std::string rows_frame_json(const Scene& scene, std::span<const std::string_view> rows) {
  std::string text = fmt::format(R"({{"kind":"rows","run":{},"rows":[)", scene.run);
  join(text, rows);
  return text + "]}";
}

std::string errors_json(const Scene& scene) {
  Json errors = Json::array();
  for (const auto& [key, count, exchanges] : scene.snapshot->errors) {
    errors.push_back({{"id", error_id(key)},
                      {"method", key.endpoint.method},
                      {"name", key.endpoint.name},
                      {"error", key.error},
                      {"count", count.occurrences},
                      {"first_s", seconds(count.first_seen)},
                      {"last_s", seconds(count.last_seen)},
                      {"has_exchanges", !exchanges.empty()}});
  }
  return dump({{"kind", "errors"}, {"errors", std::move(errors)}});
}

std::string exceptions_json(const Scene& scene) {
  Json exceptions = Json::array();
  for (const ExceptionRow& row : scene.snapshot->exceptions) {
    exceptions.push_back({{"message", row.message},
                          {"traceback", row.traceback},
                          {"count", row.count},
                          {"workers", row.workers}});
  }
  return dump({{"kind", "exceptions"}, {"exceptions", std::move(exceptions)}});
}

std::string workers_json(const Scene& scene) {
  Json workers = Json::array();
  const auto& rows = scene.snapshot->workers;
  const auto row_of = [&rows](const std::string& id) {
    const auto found = std::ranges::find(rows, id, &WorkerRow::id);
    return found == rows.end() ? nullptr : &*found;
  };
  for (const SeenWorker& each : scene.workers) {
    workers.push_back(worker_object(*scene.snapshot, &each, row_of(each.id)));
  }
  for (const WorkerRow& row : rows) {
    if (std::ranges::find(scene.workers, row.id, &SeenWorker::id) != scene.workers.end()) continue;
    workers.push_back(worker_object(*scene.snapshot, nullptr, &row));
  }
  return dump({{"kind", "workers"},
               {"workers", std::move(workers)},
               {"health", health_object(*scene.snapshot)}});
}

std::string ratio_json(const Scene& scene) {
  return dump({{"kind", "ratio"},
               {"configured", trees(scene.offer->classes, scene.target_users)},
               {"current", scene.snapshot->users() > 0 ? hatched_trees(scene) : Json()}});
}

std::string logs_json(const Scene& scene) {
  return dump({{"kind", "logs"}, {"logs", log_object(scene)}});
}

std::string log_text(const Scene& scene) { return fmt::format("{}", fmt::join(scene.log, "\n")); }

std::string worker_log_text(const Scene& scene, const std::string& worker) {
  const auto log = scene.worker_logs.find(worker);
  if (log == scene.worker_logs.end()) return {};
  return fmt::format("{}\n", fmt::join(*log->second, "\n"));
}

// --- Locust's ---

std::string locust_logs_json(const Scene& scene) { return dump(log_object(scene)); }

std::string locust_worker_count_json(const Scene& scene) {
  return dump({{"worker_count", workers_there(scene)}});
}

}  // namespace swarm::master
