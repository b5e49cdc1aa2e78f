// Who comes and goes in the middle of a run.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/log.h"
#include "master/run/coordinator.h"

namespace swarm::master {
namespace {

using proto::RunState;
using Presence = Member::Presence;

constexpr std::string_view kLogger = "swarm.runners";

void info(std::string_view text) { log(LogLevel::Info, kLogger, text); }
void warn(std::string_view text) { log(LogLevel::Warning, kLogger, text); }

std::uint32_t total(const std::vector<proto::ClassCount>& users) {
  std::uint32_t sum = 0;
  for (const proto::ClassCount& each : users) sum += each.users;
  return sum;
}

}  // namespace

void Coordinator::welcome(const proto::ClientReady& ready, const proto::WorkerId& from,
                          TimePoint now) {
  const auto [member, before] = fleet_.admit(from, now);
  const proto::RunFacts* const facts =
      ready.run && ready.run->run.value != 0 ? &*ready.run : nullptr;
  const bool adopts = facts != nullptr && state_ == RunState::Ready;
  if (adopts) adopt(member, *facts, now);
  const bool was_in = state_ != RunState::Ready && part(member).open;
  const bool is_in = facts != nullptr && state_ != RunState::Ready && facts->run == run_;
  // Words that cross: a worker that says it is in no run may be ordered into it before it hears
  // this.
  const bool goes_on = is_in || (facts == nullptr && (is_on() || state_ == RunState::Stopping));
  std::uint64_t counted = goes_on ? ledger_.counted(member.index) : 0;
  // What is counted may be its forerunner's: its next report tells.
  if (is_in && ledger_.doubted(member.index)) counted = facts->seq;
  send(member, proto::Ack{member.index, goes_on ? run_ : proto::RunId{}, counted});
  if (before != Presence::There) {
    info(fmt::format("{} (index {}) reported as ready. {} workers connected.", member.id,
                     member.index, fleet_.there()));
    if (outlets_.joined) outlets_.joined(member.id);
  }
  if (facts != nullptr && !is_in) {
    warn(
        fmt::format("Worker {} is in a run that is not this master's: its users end, and what it "
                    "measured there is dropped",
                    member.id));
  }
  if (adopts || state_ == RunState::Ready) return;
  if (is_in || !was_in) return resume(member, before.value_or(Presence::Forgotten), facts, now);
  restart(member, now);
}

// A run of a master before this one. What its workers report is all that they have measured.
void Coordinator::adopt(Member& member, const proto::RunFacts& facts, TimePoint now) {
  info(fmt::format("Worker {} is in a run that a master before this one began: it goes on",
                   member.id));
  begin(facts.run, facts.era, now - facts.age);
  gathered_ = now + kGathering;
  keep_stats_ = era_ > 0;
  const std::array<Orders::Worker, 1> first{{{member.index, member.id}}};
  orders_.emplace(
      Orders::Settings{settings_.classes, settings_.stop_timeout, settings_.rebalancing}, first,
      facts.order);
  orders_->hold(*gathered_);
  if (permits_) permits_->hold();
  for (const std::uint32_t index : fleet_.watched()) {
    const Member& other = fleet_.at(index);
    if (index != member.index && other.there()) join(other, now);
  }
  take_over(member, facts, now);
  enter(RunState::Running);
}

void Coordinator::join(const Member& member, TimePoint now) {
  orders_->join({member.index, member.id}, now);
  if (permits_) permits_->join(std::array{member.index});
}

void Coordinator::take_over(Member& member, const proto::RunFacts& facts, TimePoint now) {
  orders_->raise(facts.order);
  orders_->adopt({member.index, member.id}, facts.users, now);
  if (permits_) permits_->adopt(member.index, facts);
  member.users = facts.users;
  Part& its = part(member);
  its.ordered = true;
  if (!std::exchange(its.open, true)) ++open_parts_;
  if (facts.era <= era_) return;
  era_ = facts.era;
  keep_stats_ = true;
  if (outlets_.reset) outlets_.reset(run_start_);
}

// It is there, for the first time, still or again; with `facts` it is in this run.
void Coordinator::resume(Member& member, Presence before, const proto::RunFacts* facts,
                         TimePoint now) {
  const std::uint32_t index = member.index;
  Part& its = part(member);
  if (!is_on()) {
    // It may still have users and reports: both are to come to their end.
    if (!its.ordered || (facts == nullptr && !its.open && before == Presence::There)) return;
    if (state_ == RunState::Stopping && !std::exchange(its.open, true)) ++open_parts_;
    return send_stop(member, now);
  }
  if (!orders_->knew(index)) {
    if (facts != nullptr) return take_over(member, *facts, now);
    return join(member, now);
  }
  if (facts != nullptr) {
    orders_->raise(facts->order);
    member.users = facts->users;
  }
  if (orders_->has(index)) {
    orders_->remind(index);
  } else if (facts != nullptr) {
    orders_->restore(index, facts->users, now);
  } else if (before == Presence::Missing) {
    orders_->restore(index, std::nullopt, now);
  } else {
    // Workers that nobody gives orders end their users.
    orders_->restore(index, std::span<const proto::ClassCount>{}, now);
  }
  if (!std::exchange(its.open, true)) ++open_parts_;
  if (!permits_) return;
  if (before == Presence::Forgotten) permits_->join(std::array{index});
  if (facts != nullptr) permits_->remind(index, facts->permits);
}

// It was in the run and does not know of it.
void Coordinator::restart(Member& member, TimePoint now) {
  const std::uint32_t index = member.index;
  if (!is_on()) return resume(member, Presence::There, nullptr, now);
  const bool began = orders_->confirmed_any(index) || ledger_.counted(index) > 0;
  // Nothing was heard of it in this run: its first orders may have been lost.
  if (!began) return resume(member, Presence::There, nullptr, now);

  ledger_.doubt(index, loss_of(member, now));
  if (permits_) permits_->doubt(index);
  if (orders_->has(index)) orders_->lose(index, now);
  orders_->restore(index, std::span<const proto::ClassCount>{}, now);
  member.users.clear();
  if (!std::exchange(part(member).open, true)) ++open_parts_;
}

// It is there, and has left the run as if it were over.
void Coordinator::rejoin(Member& member, TimePoint now) {
  const std::uint32_t index = member.index;
  ledger_.doubt(index, {});
  orders_->restore(index, std::span<const proto::ClassCount>{}, now);
  if (!std::exchange(part(member).open, true)) ++open_parts_;
  if (!permits_) return;
  permits_->restart(index);
  permits_->join(std::array{index});
}

void Coordinator::miss(Member& member, TimePoint now) {
  if (!is_on()) return;
  if (part(member).open && outlets_.missing) outlets_.missing(member.id);
  if (orders_->has(member.index)) orders_->lose(member.index, now);
  if (fleet_.there() > 0) return;
  warn(fmt::format("No worker is left: for up to {:.0f} s the run waits for one to come back",
                   std::chrono::duration<double>(settings_.patience).count()));
}

void Coordinator::forget(Member& member, TimePoint now) {
  depart(member, now);
  if (!fleet_.watched().empty() || !is_on()) return;
  info("The last worker went missing, stopping test.");
  stop(now);
}

void Coordinator::leave(Member& member, TimePoint now) {
  fleet_.leave(member);
  info(fmt::format("Worker {} quit. {} workers connected.", member.id, fleet_.there()));
  depart(member, now);
  if (!fleet_.watched().empty() || !is_on()) return;
  info("The last worker quit, stopping test.");
  stop(now);
}

// For good, as far as can be told.
void Coordinator::depart(Member& member, TimePoint now) {
  if (state_ == RunState::Ready) return;
  const std::uint32_t index = member.index;
  if (part(member).open) {
    part(member).lost = true;
    say_lost(member, loss_of(member, now));
  }
  if (is_on() && orders_->has(index)) orders_->lose(index, now);
  if (permits_) permits_->forget(index);
  member.users.clear();
  close(member);
  if (state_ == RunState::Stopping) end_if_all_stopped();
}

LostMeasurements Coordinator::loss_of(const Member& member, TimePoint now) const {
  const std::uint32_t users = std::max(total(member.users), orders_->users(member.index));
  LostMeasurements loss =
      ledger_.loss(member.index, users, is_on() && orders_->ramping(member.index), now);
  loss.worker = member.id;
  return loss;
}

void Coordinator::say_lost(const Member& member, const LostMeasurements& loss) {
  if (loss.at_most == 0) return;
  ++part(member).lost_intervals;
  if (outlets_.lost) outlets_.lost(loss);
}

}  // namespace swarm::master
