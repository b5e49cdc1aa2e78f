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
constexpr Duration kStopAgain = std::chrono::seconds{5};

void info(std::string_view text) { log(LogLevel::Info, kLogger, text); }
void warn(std::string_view text) { log(LogLevel::Warning, kLogger, text); }

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

// The first few of them.
std::string listed(const std::vector<std::string>& ids) {
  constexpr std::size_t kMost = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(ids.size(), kMost); ++i) {
    text += (i > 0 ? ", " : "") + ids[i];
  }
  if (ids.size() > kMost) text += fmt::format(" and {} more", ids.size() - kMost);
  return text;
}

}  // namespace

Coordinator::Coordinator(proto::FleetLink& link, Settings settings, Outlets outlets)
    : link_(link),
      settings_(std::move(settings)),
      outlets_(std::move(outlets)),
      fleet_(settings_.patience) {}

void Coordinator::plan(std::vector<ClassShare> classes, std::string host, Value options) {
  settings_.classes = std::move(classes);
  settings_.host = std::move(host);
  settings_.options = std::move(options);
}

Result<void> Coordinator::start(const Profile& profile, TimePoint now) {
  if (state_ == RunState::Stopping) return Error{"the run is being stopped: wait until it is over"};
  if (fleet_.there() == 0) return Error{"no worker is connected"};
  const auto wanted = [](const ClassShare& share) {
    return share.weight > 0 || share.fixed_count > 0;
  };
  if (std::ranges::none_of(settings_.classes, wanted)) {
    return Error{"There are no users with weight > 0."};
  }
  if (!is_on()) open_run(now);

  orders_->choose(profile.user_classes);
  const std::uint64_t fixed = orders_->placement().fixed_count();
  if (fixed > profile.users) {
    warn(
        fmt::format("Total fixed_count of User classes ({}) is greater than the specified number "
                    "of users ({})",
                    fixed, profile.users));
  }
  info(fmt::format("Ramping to {} users at a rate of {:.2f} per second", profile.users,
                   profile.users_per_s));
  orders_->lead(profile.users, profile.users_per_s, now);
  if (profile.run_time) run_end_ = run_start_ + *profile.run_time;
  enter(RunState::Spawning);
  tick(now);
  return {};
}

bool Coordinator::is_on() const {
  return state_ == RunState::Spawning || state_ == RunState::Running;
}

void Coordinator::open_run(TimePoint now) {
  std::vector<Orders::Worker> workers;
  std::vector<std::uint32_t> indices;
  for (const std::uint32_t index : fleet_.watched()) {
    Member& member = fleet_.at(index);
    member.users.clear();
    member.busy_told = false;
    if (!member.there()) continue;
    workers.push_back({index, member.id});
    indices.push_back(index);
  }
  begin(proto::RunId{std::max(run_.value + 1, settings_.first_run.value)}, 0, now);
  orders_.emplace(
      Orders::Settings{settings_.classes, settings_.stop_timeout, settings_.rebalancing}, workers,
      last_order_);
  if (permits_) permits_->join(indices);
}

// What is the same for a run of our own and one that is taken over.
void Coordinator::begin(proto::RunId run, std::uint32_t era, TimePoint started) {
  run_ = run;
  era_ = era;
  run_start_ = started;
  run_end_.reset();
  limit_reached_ = false;
  stop_limit_.reset();
  gathered_.reset();
  nobody_since_.reset();
  keep_stats_ = false;
  if (orders_) last_order_ = orders_->last_order();
  parts_.clear();
  open_parts_ = 0;
  ledger_ = Ledger{};
  permits_.reset();
  if (settings_.requests) permits_.emplace(run_, *settings_.requests);
  if (outlets_.reset) outlets_.reset(started);
}

void Coordinator::stop(TimePoint now) {
  if (!is_on()) return;
  run_end_.reset();
  stop_limit_ = now + settings_.stop_timeout + kLastReports;
  enter(RunState::Stopping);
  for (const std::uint32_t index : fleet_.watched()) {
    if (part(fleet_.at(index)).open) send_stop(fleet_.at(index), now);
  }
  end_if_all_stopped();
}

void Coordinator::send_stop(Member& member, TimePoint now) {
  part(member).stop_sent = now;
  member.state = RunState::Stopping;
  send(member, proto::Stop{run_});
}

void Coordinator::quit() {
  for (const std::uint32_t index : fleet_.watched()) send(fleet_.at(index), proto::Quit{});
}

// --- time ---

void Coordinator::tick(TimePoint now) {
  const Fleet::Silent silent = fleet_.check(now);
  for (const std::uint32_t index : silent.missing) miss(fleet_.at(index), now);
  for (const std::uint32_t index : silent.forgotten) forget(fleet_.at(index), now);
  if (run_end_ && now >= *run_end_) {
    info(fmt::format("--run-time limit reached, {}", ending()));
    limit_reached_ = true;
    stop(now);
  }
  if (gathered_ && now >= *gathered_) {
    gathered_.reset();
    if (permits_) permits_->release();
  }
  if (state_ == RunState::Stopping) tick_stopping(now);
  follow_up(now);
}

TimePoint Coordinator::due() const {
  TimePoint due = std::min(run_end_.value_or(TimePoint::max()), fleet_.due());
  if (is_on()) due = std::min(due, orders_->due());
  return due;
}

void Coordinator::tick_stopping(TimePoint now) {
  std::vector<std::string> late;
  for (const std::uint32_t index : fleet_.watched()) {
    Member& member = fleet_.at(index);
    if (!part(member).open) continue;
    if (now >= *stop_limit_) {
      late.push_back(member.id);
      part(member).lost = true;
      say_lost(member, loss_of(member, now));
      close(member);
    } else if (now - part(member).stop_sent >= settings_.stop_timeout + kStopAgain) {
      send_stop(member, now);
    }
  }
  if (late.empty()) return;
  warn(fmt::format("The run ends without the last reports of {} workers: {}", late.size(),
                   listed(late)));
  end_if_all_stopped();
}

void Coordinator::follow_up(TimePoint now) {
  if (!is_on()) return;
  send_permits();
  send_orders(now);
  complete_spawning_if_done(now);
}

void Coordinator::send_orders(TimePoint now) {
  for (Orders::Order& order : orders_->take_due(now)) {
    Member& member = fleet_.at(order.worker);
    proto::Spawn& spawn = order.spawn;
    spawn.run = run_;
    spawn.run_age = now - run_start_;
    spawn.host = settings_.host;
    spawn.stop_timeout = settings_.stop_timeout;
    spawn.report_interval = settings_.report_interval;
    spawn.options = settings_.options;
    send(member, std::move(spawn));
    member.state = RunState::Spawning;
    Part& its = part(member);
    if (!std::exchange(its.open, true)) ++open_parts_;
    // One that joins later has missed what the others were told.
    if (!std::exchange(its.ordered, true) && (state_ == RunState::Running || era_ > 0)) {
      send_complete(member, total(users()), now);
    }
  }
}

void Coordinator::complete_spawning_if_done(TimePoint now) {
  if (state_ != RunState::Spawning || gathered_) return;
  std::string_view said = "All users spawned";
  if (!orders_->settled()) {
    const std::vector<std::uint32_t> overdue = orders_->overdue(now);
    // A worker that reports nothing is still in its test_start: its users are to come.
    const auto measures = [this](std::uint32_t index) { return ledger_.counted(index) > 0; };
    if (overdue.empty() || !std::ranges::all_of(overdue, measures)) return;
    said =
        "Spawning is complete and report waittime is expired, but not all reports received from "
        "workers";
  }
  orders_->announced();
  const std::vector<proto::ClassCount> counts = users();
  info(fmt::format("{}: {} ({} total users)", said, as_json(counts), total(counts)));
  enter(RunState::Running);
  if (settings_.reset_stats && !std::exchange(keep_stats_, false)) {
    ++era_;
    info("Resetting stats");
    if (outlets_.reset) outlets_.reset(now);
  }
  for (const std::uint32_t index : fleet_.watched()) {
    const Member& member = fleet_.at(index);
    if (member.there() && part(member).open) send_complete(member, total(counts), now);
  }
}

void Coordinator::send_complete(const Member& member, std::uint32_t users, TimePoint now) {
  part(member).complete_sent = now;
  send(member, proto::SpawningComplete{run_, users, era_});
}

void Coordinator::close(Member& member) {
  if (std::exchange(part(member).open, false)) --open_parts_;
}

void Coordinator::end_if_all_stopped() {
  if (open_parts_ > 0 || state_ == RunState::Ready || state_ == RunState::Stopped) return;
  run_end_.reset();
  enter(RunState::Stopped);
}

void Coordinator::enter(RunState state) {
  if (std::exchange(state_, state) != state && outlets_.state) outlets_.state(state);
}

// --- questions ---

std::vector<WorkerStatus> Coordinator::fleet() const {
  std::vector<WorkerStatus> all;
  for (const std::uint32_t index : fleet_.watched()) {
    const Member& member = fleet_.at(index);
    all.push_back({.id = member.id,
                   .index = index,
                   .state = member.there() ? member.state : RunState::Missing,
                   .users = member.users,
                   .newest = member.newest,
                   .last_heard = member.last_heard,
                   .lost_intervals = index < parts_.size() ? parts_[index].lost_intervals : 0,
                   .takes_part = index < parts_.size() && parts_[index].open});
  }
  std::ranges::sort(all, {}, &WorkerStatus::id);
  return all;
}

std::vector<proto::ClassCount> Coordinator::users() const {
  std::vector<proto::ClassCount> sum;
  if (!orders_) return sum;
  for (const ClassShare& share : orders_->placement().classes()) sum.push_back({share.name, 0});
  for (const std::uint32_t index : fleet_.watched()) {
    if (!fleet_.at(index).there()) continue;
    for (const proto::ClassCount& each : fleet_.at(index).users) {
      const auto found =
          std::ranges::lower_bound(sum, each.user_class, {}, &proto::ClassCount::user_class);
      if (found != sum.end() && found->user_class == each.user_class) found->users += each.users;
    }
  }
  return sum;
}

void Coordinator::send(const Member& member, proto::ToWorker message) {
  if (const auto sent = link_.send(member.id, std::move(message)); !sent) {
    warn(sent.error().message);
  }
}

Coordinator::Part& Coordinator::part(const Member& member) {
  if (member.index >= parts_.size()) parts_.resize(member.index + 1);
  return parts_[member.index];
}

std::string_view Coordinator::ending() const {
  return settings_.leave_after_run ? "shutting down" : "stopping test";
}

}  // namespace swarm::master
