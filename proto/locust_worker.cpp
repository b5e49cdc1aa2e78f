#include "proto/locust_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <variant>

#include "proto/locust_scenario.h"
#include "proto/locust_stats.h"

namespace swarm::proto {
namespace {

constexpr std::size_t kMostPending = 600;  // orders of ten minutes

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::string text_of(const Value* value) {
  const std::string* const text = value == nullptr ? nullptr : value->as_text();
  return text == nullptr ? std::string() : *text;
}

// Users that are not there need not be named.
std::map<std::string_view, std::uint32_t> present(const std::vector<ClassCount>& users) {
  std::map<std::string_view, std::uint32_t> counts;
  for (const ClassCount& count : users) {
    if (count.users > 0) counts[count.user_class] += count.users;
  }
  return counts;
}

}  // namespace

// --- to the worker ---

Envelope LocustWorker::to_worker(std::string type, Value data) const {
  return {std::move(type), std::move(data), id_};
}

std::vector<Envelope> LocustWorker::translate(const ToWorker& message, double now_s) {
  return std::visit(
      [&](const auto& said) -> std::vector<Envelope> {
        using Said = std::decay_t<decltype(said)>;
        if constexpr (std::is_same_v<Said, Ack>) {
          std::vector<Envelope> envelopes{
              to_worker("ack", Value::Map{{Value("index"), Value(said.index)}})};
          if (said.run.value != 0 && said.run == run_) last_seq_ = said.counted;
          if (said.run.value == 0 && std::exchange(stray_, false)) {
            ++stops_open_;
            ++stops_stale_;
            envelopes.push_back(to_worker("stop"));
          }
          return envelopes;
        } else if constexpr (std::is_same_v<Said, Spawn>) {
          return obey(said, now_s);
        } else if constexpr (std::is_same_v<Said, SpawningComplete>) {
          if (said.run == run_) era_ = said.era;
          return {
              to_worker("spawning_complete", Value::Map{{Value("user_count"), Value(said.users)}})};
        } else if constexpr (std::is_same_v<Said, Stop>) {
          return obey(said, now_s);
        } else if constexpr (std::is_same_v<Said, Quit> || std::is_same_v<Said, Refused>) {
          return {to_worker("quit")};
        } else if constexpr (std::is_same_v<Said, ScenarioFiles>) {
          return {to_worker("locustfile", locustfiles_value(said, asked_with_version_))};
        } else if constexpr (std::is_same_v<Said, CustomMessage>) {
          return {to_worker(said.type, said.data)};
        } else {
          return {};
        }
      },
      message);
}

std::vector<Envelope> LocustWorker::obey(const Spawn& order, double now_s) {
  if (order.run != run_) {
    forget_run();
    run_ = order.run;
    run_start_s_ = now_s - seconds(order.run_age);
    stops_stale_ = stops_open_;
    exceptions_.clear();
  }
  // Equal or smaller ones are ignored there, and clocks may be set back.
  last_spawn_s_ = std::max(now_s, last_spawn_s_ + 1e-6);
  if (pending_.size() == kMostPending) {
    pending_.erase(pending_.begin());
    begun_ -= std::min<std::size_t>(begun_, 1);
  }
  pending_.push_back({order.order, order.targets});
  Value data{Value::Map{}};
  data.set("timestamp", last_spawn_s_);
  data.set("user_classes_count", users_value(order.targets));
  data.set("host", order.host.empty() ? Value() : Value(order.host));
  data.set("stop_timeout", seconds(order.stop_timeout));
  data.set("parsed_options",
           order.options.as_map() == nullptr ? Value(Value::Map{}) : order.options);
  return {to_worker("spawn", std::move(data))};
}

// Each `stop` is answered, so that a second one would look like the end of the next run. It is
// repeated only for a worker that must have missed the first.
std::vector<Envelope> LocustWorker::obey(const Stop& stop, double now_s) {
  if (run_.value == 0 || stop.run != run_) {
    has_no_part_ = stop.run;
    return {};
  }
  if (stopped_s_) return {};
  if (stop_sent_s_ && now_s < *stop_sent_s_ + 5) return {};
  stop_sent_s_ = now_s;
  ++stops_open_;
  return {to_worker("stop")};
}

// --- from the worker ---

Result<std::vector<ToMaster>> LocustWorker::translate(const Envelope& envelope, double now_s) {
  const double silent_s = now_s - std::exchange(heard_s_, now_s);
  if (silent_s > kSilence) greeted_ = false;
  const std::string& type = envelope.type;
  const Value& data = envelope.data;

  if (type == "client_ready") return greet(data, now_s);
  if (type == "stats") return read_stats(data, now_s);
  if (type == "heartbeat") return read_heartbeat(data, now_s);
  if (type == "spawning") return spawning(), Answer{};
  if (type == "spawning_complete") return read_spawning_complete(data);
  if (type == "exception") return read_exception(data);
  if (type == "client_stopped") return client_stopped(now_s), Answer{};
  if (type == "logs") return read_logs(data);
  if (type == "quit") {
    forget_run();
    greeted_ = stray_ = false;
    stops_open_ = stops_stale_ = 0;
    ready_awaited_ = false;
    return Answer{Goodbye{}};
  }
  if (type == "locustfile") {
    asked_with_version_ = data.find("version") != nullptr;
    return Answer{ScenarioRequest{}};
  }
  return Answer{CustomMessage{type, data}};
}

// What is no text is no line.
LocustWorker::Answer LocustWorker::read_logs(const Value& data) {
  Logs logs;
  const Value* const lines = data.find("logs");
  if (lines == nullptr || lines->as_array() == nullptr) return {};
  for (const Value& line : *lines->as_array()) {
    if (logs.lines.size() == Logs::kMostLines) break;
    if (const std::string* const text = line.as_text()) logs.lines.push_back(*text);
  }
  return {std::move(logs)};
}

Result<LocustWorker::Answer> LocustWorker::greet(const Value& version, double now_s) {
  // Debian's tells an empty one; -1 is for whatever the version, as boomer says.
  const std::string* const text = version.as_text();
  if (text == nullptr && (version.as_int() == nullptr || *version.as_int() == 0)) {
    return Error{fmt::format("worker {} speaks the protocol of Locust before 2.0", id_)};
  }
  ClientReady ready{text == nullptr ? std::string() : *text, std::nullopt};
  Answer answer;
  if (stopped_s_) {
    ready_awaited_ = false;
    ready_again_ = ready;
    if (now_s > *stopped_s_ + kLastStats) finish_run(answer);
    return answer;
  }
  // It had been ordered anew when it came to say that the run before is over.
  if (std::exchange(ready_awaited_, false) && run_.value != 0) return answer;
  forget_run();
  greeted_ = true;
  stray_ = false;
  state_ = RunState::Ready;
  answer.push_back(ready);
  return answer;
}

Result<LocustWorker::Answer> LocustWorker::read_stats(const Value& data, double now_s) {
  if (run_.value == 0) return Answer{};
  SWARM_TRY_ASSIGN(LocustStats stats, read_locust_stats(data, run_start_s_, now_s));
  for (auto& [traceback, count] : std::exchange(exceptions_, {})) {
    stats.delta.add_exception(traceback, std::move(count));
  }
  samples_ += stats.requests;
  users_ = std::move(stats.users);
  const std::uint64_t since = last_seq_++;
  Answer answer;
  answer.push_back(Report{.run = run_,
                          .seq = last_seq_,
                          .since = since,
                          .era = era_,
                          .delta = std::move(stats.delta),
                          .samples = samples_,
                          .users = users_,
                          .state = state_,
                          .health = {.bytes_memory = bytes_memory_},
                          .extra = std::move(stats.extra)});
  if (stopped_s_) finish_run(answer);
  return answer;
}

Result<LocustWorker::Answer> LocustWorker::read_heartbeat(const Value& data, double now_s) {
  const std::string state = text_of(data.find("state"));
  if (state.empty()) return Error{"a heartbeat without a state"};
  if (state == "ready" || state == "stopped") state_ = RunState::Ready;
  if (state == "spawning") state_ = RunState::Spawning;
  if (state == "running") state_ = RunState::Running;
  bytes_memory_ = static_cast<std::uint64_t>(
      std::clamp(number_or(data.find("current_memory_usage"), 0), 0.0, 1e18));
  Answer answer;
  if (!greeted_) {
    forget_run();
    greeted_ = true;
    stray_ = state_ != RunState::Ready;
    answer.push_back(ClientReady{});
  }
  // A worker that stops goes on saying that it runs, until it is ready.
  answer.push_back(Heartbeat{.state = stopped_s_ ? RunState::Ready : state_,
                             .cpu_percent = number_or(data.find("current_cpu_usage"), 0),
                             .bytes_memory = bytes_memory_,
                             .samples = samples_});
  if (stopped_s_ && now_s > *stopped_s_ + kLastStats) finish_run(answer);
  if (const auto run = std::exchange(has_no_part_, RunId{}); run.value != 0) {
    answer.push_back(ClientStopped{run});
  }
  return answer;
}

void LocustWorker::spawning() {
  state_ = RunState::Spawning;
  begun_ = std::min(begun_ + 1, pending_.size());
}

// It does not say which order is done. The newest that asked for just these users is; and if users
// ended by themselves, so that none did, it is the newest that was begun.
Result<LocustWorker::Answer> LocustWorker::read_spawning_complete(const Value& data) {
  SWARM_TRY_ASSIGN(std::vector<ClassCount> users, read_users(data.find("user_classes_count")));
  state_ = RunState::Running;
  users_ = std::move(users);
  if (run_.value == 0 || stopped_s_ || pending_.empty()) return Answer{};
  const auto here = present(users_);
  const auto reached =
      std::find_if(pending_.rbegin(), pending_.rend(),
                   [&here](const Order& order) { return present(order.targets) == here; });
  if (reached == pending_.rend() && begun_ == 0) return Answer{};
  const std::size_t done =
      reached == pending_.rend() ? begun_ : static_cast<std::size_t>(pending_.rend() - reached);
  const std::uint64_t number = pending_[done - 1].number;
  pending_.erase(pending_.begin(), std::next(pending_.begin(), static_cast<std::ptrdiff_t>(done)));
  begun_ -= std::min(begun_, done);
  return Answer{OrderDone{run_, number, users_}};
}

Result<LocustWorker::Answer> LocustWorker::read_exception(const Value& data) {
  if (data.as_map() == nullptr) return Error{"an exception that is no map"};
  if (run_.value == 0) return Answer{};
  std::string message = text_of(data.find("msg"));
  std::string traceback = text_of(data.find("traceback"));
  message.resize(std::min(message.size(), kLongestText));
  traceback.resize(std::min(traceback.size(), kLongestText));
  if (!exceptions_.contains(traceback) && exceptions_.size() >= Delta::kMostTexts) {
    traceback = Delta::kOtherTexts;
  }
  exceptions_[std::move(traceback)].merge({1, std::move(message)});
  return Answer{};
}

void LocustWorker::client_stopped(double now_s) {
  if (stops_open_ > 0) --stops_open_;
  if (stops_stale_ > 0) {
    --stops_stale_;
    return;
  }
  if (run_.value == 0 || stopped_s_) return;
  users_.clear();
  state_ = RunState::Ready;
  stopped_s_ = now_s;
  ready_awaited_ = true;
}

void LocustWorker::finish_run(Answer& answer) {
  answer.push_back(ClientStopped{run_});
  const auto ready = std::exchange(ready_again_, std::nullopt);
  forget_run();
  if (ready) answer.push_back(*ready);
}

void LocustWorker::forget_run() {
  run_ = {};
  era_ = 0;
  last_seq_ = samples_ = 0;
  users_.clear();
  exceptions_.clear();
  pending_.clear();
  begun_ = 0;
  stop_sent_s_.reset();
  stopped_s_.reset();
  ready_again_.reset();
}

}  // namespace swarm::proto
