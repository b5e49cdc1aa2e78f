#include "proto/locust_master.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <string_view>
#include <type_traits>
#include <variant>

#include "common/utf8.h"
#include "proto/locust_dialect.h"
#include "proto/locust_scenario.h"
#include "proto/locust_stats.h"
#include "proto/locust_text.h"
#include "proto/swarm_dialect.h"

namespace swarm::proto {
namespace {

std::string_view locust_state(RunState state, bool in_run) {
  if (!in_run || state == RunState::Ready) return "ready";
  // A worker that stops says that it runs until it is ready again.
  return state == RunState::Spawning ? "spawning" : "running";
}

}  // namespace

// --- to the master ---

Envelope LocustMaster::to_master(std::string type, Value data) const {
  return {std::move(type), std::move(data), id_};
}

std::vector<Envelope> LocustMaster::translate(const ToMaster& message, double /*now_s*/) {
  return std::visit(
      [&](const auto& said) -> std::vector<Envelope> {
        using Said = std::decay_t<decltype(said)>;
        if constexpr (std::is_same_v<Said, OrderDone> || std::is_same_v<Said, Heartbeat> ||
                      std::is_same_v<Said, Report> || std::is_same_v<Said, ClientStopped>) {
          return say(said);
        } else if constexpr (std::is_same_v<Said, Logs>) {
          return knows_logs_ ? say(said) : std::vector<Envelope>{};
        } else if constexpr (std::is_same_v<Said, Goodbye>) {
          return {to_master("quit")};
        } else if constexpr (std::is_same_v<Said, ScenarioRequest>) {
          return {to_master("locustfile", Value::Map{{Value("version"), Value(kLocustVersion)}})};
        } else if constexpr (std::is_same_v<Said, CustomMessage>) {
          return {to_master(said.type, said.data)};
        } else {
          return {};  // the link itself greets; a worker cannot end a run there
        }
      },
      message);
}

// A master of before 2.13 does not survive one that it does not expect any more.
std::vector<Envelope> LocustMaster::say(const OrderDone& done) const {
  if (done.run != run_.id || stopping_) return {};
  Value data{Value::Map{}};
  data.set("user_classes_count", users_value(done.users));
  data.set("user_count", sum_of(done.users));
  return {to_master("spawning"), to_master("spawning_complete", std::move(data))};
}

std::vector<Envelope> LocustMaster::say(const Heartbeat& heartbeat) const {
  Value data{Value::Map{}};
  data.set("state", locust_state(heartbeat.state, run_.id.value != 0));
  data.set("current_cpu_usage", heartbeat.cpu_percent);
  data.set("current_memory_usage", heartbeat.bytes_memory);
  return {to_master("heartbeat", std::move(data))};
}

std::vector<Envelope> LocustMaster::say(const Logs& logs) const {
  Value::Array lines;
  for (const std::string& line : logs.lines) lines.emplace_back(line);
  Value data{Value::Map{}};
  data.set("worker_id", id_);
  data.set("logs", std::move(lines));
  return {to_master("logs", std::move(data))};
}

std::vector<Envelope> LocustMaster::say(const Report& report) {
  Run* const run = find(report.run);
  if (run == nullptr || report.seq <= run->seq) return {};
  run->seq = report.seq;
  std::vector<Envelope> envelopes{to_master("stats", locust_stats(report, run->start_s))};
  owe_exceptions(report.delta);
  pay_exceptions(envelopes);
  return envelopes;
}

std::vector<Envelope> LocustMaster::say(const ClientStopped& stopped) {
  if (stopped.run == run_.id) {
    previous_ = std::exchange(run_, Run{});
    stopping_ = false;
  }
  owed_.clear();
  if (quitting_) return {};  // it is not to be given work again
  return {to_master("client_stopped"), to_master("client_ready", Value(kLocustVersion))};
}

// What the generator could not do is no exception of the scenario; it is the only way to show it
// to whoever looks at Locust's pages.
void LocustMaster::owe_exceptions(const Delta& delta) {
  for (const auto& [traceback, count] : delta.exceptions) owed_[traceback].merge(count);
  for (const auto& [text, count] : delta.generator_errors) {
    owed_["the load generator made no request: " + text].merge({count, text});
  }
}

// Once for each traceback before any comes twice.
void LocustMaster::pay_exceptions(std::vector<Envelope>& envelopes) {
  std::size_t left = kMostExceptions;
  while (!owed_.empty() && left > 0) {
    for (auto owed = owed_.begin(); owed != owed_.end() && left > 0; --left) {
      Value data{Value::Map{}};
      data.set("msg", repaired_utf8(owed->second.message));
      data.set("traceback", repaired_utf8(owed->first));
      envelopes.push_back(to_master("exception", std::move(data)));
      owed = --owed->second.count == 0 ? owed_.erase(owed) : std::next(owed);
    }
  }
}

LocustMaster::Run* LocustMaster::find(RunId run) {
  if (run.value == 0) return nullptr;
  if (run == run_.id) return &run_;
  return run == previous_.id ? &previous_ : nullptr;
}

// --- from the master ---

Result<std::vector<ToWorker>> LocustMaster::translate(const Envelope& envelope, double now_s) {
  const std::string& type = envelope.type;
  if (type == "ack") return read_ack(envelope.data);
  if (type == "spawn") return read_spawn(envelope.data, now_s);
  if (type == "spawning_complete") {
    // Masters tell it since 2.29, which is also when they came to know `logs`.
    knows_logs_ = true;
    const double users = number_or(envelope.data.find("user_count"), -1);
    if (users < 0 || users > std::numeric_limits<std::uint32_t>::max()) {
      return Error{"spawning_complete without a number of users"};
    }
    return Answer{SpawningComplete{run_.id, static_cast<std::uint32_t>(users), 0}};
  }
  if (type == "stop") {
    stopping_ = run_.id.value != 0;
    const RunId run = stopping_ ? run_.id : previous_.id;
    return run.value == 0 ? Answer{} : Answer{Stop{run}};
  }
  if (type == "quit") {
    quitting_ = true;
    return Answer{Quit{}};
  }
  // The link sees to these.
  if (type == "heartbeat" || type == "reconnect") return Answer{};
  if (type == "locustfile") {
    SWARM_TRY_ASSIGN(ScenarioFiles files, read_locustfiles(envelope.data));
    return Answer{std::move(files)};
  }
  return Answer{CustomMessage{type, envelope.data}};
}

// The link greets until it is answered, so there may be more than one answer, also in a run.
Result<LocustMaster::Answer> LocustMaster::read_ack(const Value& data) const {
  const double index = std::clamp(number_or(data.find("index"), 0), 0.0, 1e9);
  return Answer{Introduce{Dialect::Locust},
                Ack{static_cast<std::uint32_t>(index), run_.id, run_.seq}};
}

Result<LocustMaster::Answer> LocustMaster::read_spawn(const Value& data, double now_s) {
  const double timestamp_s = number_or(data.find("timestamp"), -1);
  if (timestamp_s < 0) return Error{"spawn without a timestamp"};
  SWARM_TRY_ASSIGN(std::vector<ClassCount> targets, read_users(data.find("user_classes_count")));
  if (timestamp_s <= last_spawn_s_) return Answer{};
  last_spawn_s_ = timestamp_s;
  if (run_.id.value == 0 || stopping_) open_run(now_s);

  const Value* const host = data.find("host");
  const double stop_timeout_s = std::clamp(number_or(data.find("stop_timeout"), 0), 0.0, 1e9);
  Spawn order;
  order.run = run_.id;
  order.run_age = Duration{static_cast<std::int64_t>(std::max(now_s - run_.start_s, 0.0) * 1e9)};
  order.order = ++order_;
  order.targets = std::move(targets);
  if (host != nullptr && host->as_text() != nullptr) order.host = *host->as_text();
  order.stop_timeout = Duration{static_cast<std::int64_t>(stop_timeout_s * 1e9)};
  order.options = scenario_options(data.find("parsed_options"));
  return Answer{std::move(order)};
}

// A number that no run of this process had, with this master or one before it.
void LocustMaster::open_run(double now_s) {
  if (run_.id.value != 0) previous_ = run_;
  last_run_ = std::max(last_run_ + 1, static_cast<std::uint64_t>(std::max(now_s, 0.0) * 1e3));
  run_ = Run{RunId{last_run_}, now_s, 0};
  stopping_ = false;
  owed_.clear();
}

}  // namespace swarm::proto
