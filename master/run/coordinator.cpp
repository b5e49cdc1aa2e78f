#include "master/run/coordinator.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "common/log.h"

namespace swarm::master {
namespace {

using proto::RunState;

constexpr std::string_view kLogger = "swarm.runners";

void info(std::string_view text) { log(LogLevel::Info, kLogger, text); }

// {"User1": 2, "User2": 4}
std::string as_json(const std::vector<proto::ClassCount>& users) {
  std::string text = "{";
  for (const proto::ClassCount& each : users) {
    if (text.size() > 1) text += ", ";
    text += fmt::format("\"{}\": {}", each.user_class, each.users);
  }
  return text + "}";
}

std::uint32_t total(const std::vector<proto::ClassCount>& users) {
  std::uint32_t sum = 0;
  for (const proto::ClassCount& each : users) sum += each.users;
  return sum;
}

}  // namespace

Coordinator::Coordinator(proto::FleetLink& link, Settings settings, Outlets outlets)
    : link_(link), settings_(std::move(settings)), outlets_(std::move(outlets)) {}

Result<void> Coordinator::start(const Profile& profile, TimePoint now) {
  if (state_ == RunState::Stopping) return Error{"the run is being stopped: wait until it is over"};
  if (workers_.empty()) return Error{"no worker is connected"};
  const auto wanted = [](const ClassShare& share) {
    return share.weight > 0 || share.fixed_count > 0;
  };
  if (std::ranges::none_of(settings_.classes, wanted)) {
    return Error{"There are no users with weight > 0."};
  }
  const bool opens = state_ != RunState::Spawning && state_ != RunState::Running;
  if (opens) open_run(now);

  std::uint64_t fixed = 0;
  for (const ClassShare& share : placement_->classes()) fixed += share.fixed_count;
  if (fixed > profile.users) {
    log(LogLevel::Warning, kLogger,
        fmt::format("Total fixed_count of User classes ({}) is greater than the specified number "
                    "of users ({})",
                    fixed, profile.users));
  }
  info(fmt::format("Ramping to {} users at a rate of {:.2f} per second", profile.users,
                   profile.users_per_s));

  // What is ordered already goes on: the new way begins where it ends.
  window_end_ = opens ? now : std::max(now, window_end_);
  const auto target = std::min<std::size_t>(profile.users, placement_->capacity());
  ramp_ = Ramp{window_end_, static_cast<std::uint32_t>(placement_->size()),
               static_cast<std::uint32_t>(target), profile.users_per_s};
  issued_ = 0;
  everybody_ordered_ = false;
  if (profile.run_time) run_end_ = now + *profile.run_time;
  enter(RunState::Spawning);
  tick(now);
  return {};
}

void Coordinator::open_run(TimePoint now) {
  ++run_.value;
  era_ = 0;
  run_start_ = now;
  run_end_.reset();
  std::vector<std::string> ids;
  for (const Worker& worker : workers_) ids.push_back(worker.id);
  placement_.emplace(settings_.classes, ids);
  if (outlets_.reset) outlets_.reset(now);
  std::uint64_t index = 0;
  for (Worker& worker : workers_) {
    worker = Worker{.id = worker.id, .stopped = false, .users = {}};
    if (!settings_.requests) continue;
    const std::uint64_t each = *settings_.requests / workers_.size();
    const bool one_more = index++ < *settings_.requests % workers_.size();
    send(worker, proto::Permits{run_, each + (one_more ? 1 : 0)});
  }
}

void Coordinator::stop(TimePoint) {
  if (state_ != RunState::Spawning && state_ != RunState::Running) return;
  run_end_.reset();
  enter(RunState::Stopping);
  for (const Worker& worker : workers_) send(worker, proto::Stop{run_});
}

void Coordinator::quit() {
  for (const Worker& worker : workers_) send(worker, proto::Quit{});
}

void Coordinator::tick(TimePoint now) {
  if (run_end_ && now >= *run_end_) {
    info(fmt::format("--run-time limit reached, {}", ending()));
    stop(now);
    return;
  }
  if (state_ == RunState::Spawning && now >= window_end_) issue_window(now);
}

TimePoint Coordinator::due() const {
  TimePoint due = run_end_.value_or(TimePoint::max());
  const bool ramping = issued_ < ramp_.steps() || !everybody_ordered_;
  if (state_ == RunState::Spawning && ramping) due = std::min(due, window_end_);
  return due;
}

void Coordinator::issue_window(TimePoint now) {
  if (issued_ == ramp_.steps() && everybody_ordered_) return;
  // After a pause of this process, go on at the rate: what was missed would be a burst.
  if (now >= window_end_ + kWindow) {
    ramp_.delay(now - window_end_);
    window_end_ = now;
  }
  window_end_ += kWindow;

  std::vector<proto::Spawn> orders(placement_->workers().size());
  const std::uint32_t until = ramp_.due_before(window_end_);
  const auto change = ramp_.grows() ? proto::Spawn::Change::Hatch : proto::Spawn::Change::Stop;
  for (; issued_ < until; ++issued_) {
    const Placement::Seat seat = ramp_.grows() ? placement_->add() : placement_->remove();
    const Duration after = std::max(ramp_.due(issued_) - now, Duration{});
    orders[seat.worker].steps.push_back({after, seat.user_class, change});
  }

  ++last_order_;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    proto::Spawn& order = orders[i];
    Worker* const worker = find(placement_->workers()[i]);
    if (worker == nullptr || (order.steps.empty() && everybody_ordered_)) continue;
    order.run = run_;
    order.order = worker->order_sent = last_order_;
    order.run_age = now - run_start_;
    order.host = settings_.host;
    order.stop_timeout = settings_.stop_timeout;
    const auto counts = placement_->on_worker(static_cast<std::uint32_t>(i));
    for (std::size_t c = 0; c < counts.size(); ++c) {
      order.targets.push_back({placement_->classes()[c].name, counts[c]});
    }
    send(*worker, std::move(order));
  }
  everybody_ordered_ = true;
}

void Coordinator::receive(const proto::WorkerId& from, proto::ToMaster message, TimePoint now) {
  if (const auto* ready = std::get_if<proto::ClientReady>(&message)) return handle(*ready, from);
  Worker* const worker = find(from);
  if (worker == nullptr) {
    log(LogLevel::Debug, kLogger, fmt::format("Discarded a message of unknown worker {}", from));
    return;
  }
  std::visit(
      [&](auto& it) {
        using Message = std::remove_cvref_t<decltype(it)>;
        if constexpr (std::is_same_v<Message, proto::OrderDone> ||
                      std::is_same_v<Message, proto::Report>) {
          handle(*worker, std::move(it), now);
        } else if constexpr (std::is_same_v<Message, proto::StopRequest>) {
          if (it.run == run_) stop(now);
        } else if constexpr (std::is_same_v<Message, proto::ClientStopped>) {
          handle(*worker, it);
        } else if constexpr (std::is_same_v<Message, proto::Goodbye>) {
          remove(from);
        }
      },
      message);
}

void Coordinator::handle(const proto::ClientReady&, const proto::WorkerId& from) {
  if (find(from) == nullptr) workers_.push_back(Worker{.id = from, .users = {}});
  const auto index = static_cast<std::uint32_t>(find(from) - workers_.data());
  send(workers_[index], proto::Ack{index});
}

void Coordinator::handle(Worker& worker, proto::OrderDone done, TimePoint now) {
  if (done.run != run_) return;
  worker.order_done = std::max(worker.order_done, done.order);
  worker.users = std::move(done.users);
  complete_spawning_if_done(now);
}

void Coordinator::handle(Worker& worker, proto::Report report, TimePoint now) {
  // Also what is not counted is acknowledged: the worker would repeat it for ever.
  send(worker, proto::ReportAck{report.run, report.seq});
  if (report.run != run_ || report.seq <= worker.seq_counted) return;
  worker.seq_counted = report.seq;
  worker.samples = report.samples;
  worker.users = report.users;
  if (report.era != era_) report.delta = Delta{};  // measured before the totals were reset
  if (outlets_.report) outlets_.report(worker.id, std::move(report));
  end_if_requests_are_made(now);
}

void Coordinator::handle(Worker& worker, const proto::ClientStopped& stopped) {
  if (stopped.run != run_) return;
  worker.stopped = true;
  worker.users.clear();
  if (std::ranges::all_of(workers_, &Worker::stopped)) enter(RunState::Stopped);
}

void Coordinator::remove(const proto::WorkerId& id) {
  std::erase_if(workers_, [&](const Worker& worker) { return worker.id == id; });
  if (state_ == RunState::Ready || state_ == RunState::Stopped) return;
  if (workers_.empty()) info("The last worker quit, stopping test.");
  if (std::ranges::all_of(workers_, &Worker::stopped)) enter(RunState::Stopped);
}

void Coordinator::complete_spawning_if_done(TimePoint now) {
  if (state_ != RunState::Spawning || issued_ < ramp_.steps() || !everybody_ordered_) return;
  const auto behind = [](const Worker& worker) { return worker.order_done < worker.order_sent; };
  if (std::ranges::any_of(workers_, behind)) return;

  const std::vector<proto::ClassCount> counts = users();
  info(fmt::format("All users spawned: {} ({} total users)", as_json(counts), total(counts)));
  enter(RunState::Running);
  if (settings_.reset_stats) {
    ++era_;
    info("Resetting stats");
    if (outlets_.reset) outlets_.reset(now);
  }
  for (const Worker& worker : workers_) {
    send(worker, proto::SpawningComplete{run_, total(counts), era_});
  }
}

void Coordinator::end_if_requests_are_made(TimePoint now) {
  if (!settings_.requests) return;
  if (state_ != RunState::Spawning && state_ != RunState::Running) return;
  if (samples() >= *settings_.requests) {
    info(fmt::format("--num-requests limit reached ({}), {}", samples(), ending()));
    stop(now);
  } else if (state_ == RunState::Running && placement_->size() > 0 && total(users()) == 0) {
    log(LogLevel::Warning, kLogger,
        fmt::format("All users have ended after {} of {} requests, {}", samples(),
                    *settings_.requests, ending()));
    stop(now);
  }
}

std::vector<proto::ClassCount> Coordinator::users() const {
  std::vector<proto::ClassCount> sum;
  if (!placement_) return sum;
  for (const ClassShare& share : placement_->classes()) sum.push_back({share.name, 0});
  for (const Worker& worker : workers_) {
    for (const proto::ClassCount& each : worker.users) {
      const auto found =
          std::ranges::lower_bound(sum, each.user_class, {}, &proto::ClassCount::user_class);
      if (found != sum.end() && found->user_class == each.user_class) found->users += each.users;
    }
  }
  return sum;
}

std::uint64_t Coordinator::samples() const {
  std::uint64_t sum = 0;
  for (const Worker& worker : workers_) sum += worker.samples;
  return sum;
}

void Coordinator::enter(RunState state) {
  if (std::exchange(state_, state) != state && outlets_.state) outlets_.state(state);
}

void Coordinator::send(const Worker& worker, proto::ToWorker message) {
  if (const auto sent = link_.send(worker.id, std::move(message)); !sent) {
    log(LogLevel::Warning, kLogger, sent.error().message);
  }
}

Coordinator::Worker* Coordinator::find(const proto::WorkerId& id) {
  const auto found = std::ranges::find(workers_, id, &Worker::id);
  return found == workers_.end() ? nullptr : &*found;
}

std::string_view Coordinator::ending() const {
  return settings_.leave_after_run ? "shutting down" : "stopping test";
}

}  // namespace swarm::master
