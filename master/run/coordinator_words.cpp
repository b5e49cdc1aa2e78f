// What workers say in a run.
#include <fmt/format.h>

#include <type_traits>
#include <utility>

#include "common/log.h"
#include "master/run/coordinator.h"

namespace swarm::master {
namespace {

using proto::RunState;

constexpr std::string_view kLogger = "swarm.runners";
// So long a run with limited requests may be without users while permits go around.
constexpr Duration kNobody = std::chrono::seconds{60};
// A worker that still measures for the era before was not told of the new one.
constexpr Duration kTellAgain = std::chrono::seconds{3};

std::uint32_t total(const std::vector<proto::ClassCount>& users) {
  std::uint32_t sum = 0;
  for (const proto::ClassCount& each : users) sum += each.users;
  return sum;
}

}  // namespace

void Coordinator::receive(const proto::WorkerId& from, proto::ToMaster message, TimePoint now) {
  if (const auto* ready = std::get_if<proto::ClientReady>(&message)) {
    welcome(*ready, from, now);
    return follow_up(now);
  }
  Member* const member = fleet_.find(from);
  if (member == nullptr) {
    log(LogLevel::Debug, kLogger, fmt::format("Discarded a message of unknown worker {}", from));
    return;
  }
  if (std::holds_alternative<proto::Goodbye>(message)) {
    if (member->presence != Member::Presence::Forgotten) leave(*member, now);
    return follow_up(now);
  }
  if (const auto before = fleet_.hear(*member, now); before != Member::Presence::There) {
    log(LogLevel::Info, kLogger, fmt::format("Worker {} is heard of again", from));
    if (state_ != RunState::Ready) resume(*member, before, nullptr, now);
    if (outlets_.joined) outlets_.joined(from);
  }
  std::visit(
      [&](auto& it) {
        using Message = std::remove_cvref_t<decltype(it)>;
        if constexpr (std::is_same_v<Message, proto::StopRequest>) {
          if (it.run == run_) stop(now);
        } else if constexpr (std::is_same_v<Message, proto::CustomMessage>) {
          if (outlets_.message) outlets_.message(from, std::move(it));
        } else if constexpr (std::is_same_v<Message, proto::OrderDone> ||
                             std::is_same_v<Message, proto::Report> ||
                             std::is_same_v<Message, proto::Heartbeat> ||
                             std::is_same_v<Message, proto::ClientStopped>) {
          handle(*member, std::move(it), now);
        }
      },
      message);
  follow_up(now);
}

void Coordinator::handle(Member& member, proto::OrderDone done, TimePoint) {
  if (done.run != run_ || !orders_) return;
  orders_->done(member.index, done.order);
  member.users = std::move(done.users);
  if (!orders_->ramping(member.index)) member.state = RunState::Running;
}

void Coordinator::handle(Member& member, const proto::Heartbeat& heartbeat, TimePoint now) {
  fleet_.note(member, heartbeat, now);
  // Before its first word of this run, its number may be of the one before.
  if (orders_ && (orders_->confirmed_any(member.index) || ledger_.counted(member.index) > 0)) {
    ledger_.note(member.index, heartbeat, now);
  }
  const bool left = is_on() && !part(member).open && orders_->knew(member.index);
  if (left && heartbeat.state == RunState::Ready) rejoin(member, now);
}

void Coordinator::handle(Member& member, proto::Report report, TimePoint now) {
  if (report.run != run_) {
    // Also what is not counted is acknowledged: the worker would repeat it for ever. Its users load
    // the target in a run that nobody leads.
    send(member, proto::ReportAck{report.run, report.seq});
    return send(member, proto::Stop{report.run});
  }
  const Ledger::Entry entry = ledger_.enter(member.index, report, now);
  const std::uint64_t counted = ledger_.counted(member.index);
  if (entry == Ledger::Entry::Gap) {
    return send(member, proto::Ack{member.index, run_, counted});
  }
  send(member, proto::ReportAck{run_, counted});
  if (entry == Ledger::Entry::Known) return;
  if (entry == Ledger::Entry::Anew) {
    say_lost(member, ledger_.take_doubted(member.index));
    if (permits_) permits_->restart(member.index);
  } else if (Part& its = part(member); std::exchange(its.lost, false)) {
    if (its.lost_intervals > 0) --its.lost_intervals;
    if (outlets_.lost) outlets_.lost({.worker = member.id, .since = report.delta.until});
  }
  count(member, std::move(report), now);
}

void Coordinator::count(Member& member, proto::Report report, TimePoint now) {
  member.users = report.users;
  if (permits_) {
    permits_->note(member.index, {.samples = report.samples,
                                  .users = total(report.users),
                                  .users_wanted = orders_->users(member.index),
                                  .knows = report.permits});
    if (is_on() && permits_->needs_users(member.index)) hatch_again(member);
  }
  if (report.era < era_) {
    report.delta = Delta{};  // measured before the totals were reset
    if (is_on() && now - part(member).complete_sent >= kTellAgain) {
      send_complete(member, total(users()), now);
    }
  }
  if (total(member.users) > 0) nobody_since_.reset();
  if (outlets_.report) outlets_.report(member.id, std::move(report));
  end_if_requests_are_made(member, now);
}

void Coordinator::handle(Member& member, const proto::ClientStopped& stopped, TimePoint now) {
  if (stopped.run != run_ || !part(member).open) return;
  if (ledger_.doubted(member.index)) say_lost(member, ledger_.take_doubted(member.index));
  // One that is in a hurry does not wait for the answer to its last report.
  if (const LostMeasurements loss = loss_of(member, now); loss.at_least > 0) {
    say_lost(member, loss);
  }
  if (is_on() && orders_->has(member.index)) orders_->lose(member.index, now);
  if (permits_) permits_->forget(member.index);
  member.users.clear();
  member.state = RunState::Ready;
  close(member);
  if (is_on()) {
    if (open_parts_ > 0 || fleet_.watched().size() > 1) return;
    log(LogLevel::Info, kLogger, "The last worker quit, stopping test.");
  }
  end_if_all_stopped();
}

// Users that were refused a permit have ended: they are wanted again.
void Coordinator::hatch_again(const Member& member) {
  if (!orders_->has(member.index) || orders_->ramping(member.index)) return;
  if (total(member.users) < orders_->users(member.index)) orders_->remind(member.index);
}

void Coordinator::send_permits() {
  if (!permits_) return;
  for (const PermitPool::Grant& grant : permits_->take_grants()) {
    const Member& member = fleet_.at(grant.worker);
    send(member, grant.permits);
    hatch_again(member);
  }
  if (permits_->unlimited() > 0 && !std::exchange(unlimited_told_, true)) {
    log(LogLevel::Warning, kLogger,
        "Some workers do not know how to stop at a number of requests (Locust's own): they are "
        "not limited, and there may be more than --num-requests");
  }
}

void Coordinator::end_if_requests_are_made(const Member& member, TimePoint now) {
  if (!permits_ || !is_on()) return;
  if (samples() >= *settings_.requests) {
    log(LogLevel::Info, kLogger,
        fmt::format("--num-requests limit reached ({}), {}", samples(), ending()));
    limit_reached_ = true;
    return stop(now);
  }
  if (state_ != RunState::Running || total(member.users) > 0) return;
  if (orders_->placement().size() == 0 || total(users()) > 0) return nobody_since_.reset();
  if (!nobody_since_) nobody_since_ = now;
  // Permits and users may be on their way.
  const bool to_come = !orders_->at_rest() || permits_->wanted();
  if (to_come && now - *nobody_since_ < kNobody) return;
  log(LogLevel::Warning, kLogger,
      fmt::format("All users have ended after {} of {} requests, {}", samples(),
                  *settings_.requests, ending()));
  stop(now);
}

}  // namespace swarm::master
