#include "master/run/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/log.h"

namespace swarm::master {
namespace {

using Presence = Member::Presence;

constexpr std::string_view kLogger = "swarm.runners";
constexpr Duration kLagPause = std::chrono::seconds{10};  // between two warnings about one worker

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

std::pair<Member&, std::optional<Presence>> Fleet::admit(const proto::WorkerId& id, TimePoint now) {
  const auto [found, is_new] =
      index_of_.try_emplace(id, static_cast<std::uint32_t>(members_.size()));
  if (!is_new) {
    Member& member = members_[found->second];
    return {member, hear(member, now)};
  }
  watch(now);
  members_.push_back({.id = id, .index = found->second, .last_heard = now, .users = {}});
  watched_.push_back(found->second);
  ++there_;
  return {members_.back(), std::nullopt};
}

// The time before the first worker came is nobody's silence.
void Fleet::watch(TimePoint now) {
  if (watched_.empty()) checked_ = now;
}

Presence Fleet::hear(Member& member, TimePoint now) {
  const Presence before = member.presence;
  if (before == Presence::Forgotten) {
    watch(now);
    watched_.push_back(member.index);
  }
  member.last_heard = std::max(member.last_heard, now);
  enter(member, Presence::There);
  return before;
}

void Fleet::leave(Member& member) {
  enter(member, Presence::Forgotten);
  std::erase(watched_, member.index);
}

void Fleet::enter(Member& member, Presence presence) {
  const Presence before = std::exchange(member.presence, presence);
  if (before == Presence::There) --there_;
  if (presence == Presence::There) ++there_;
}

void Fleet::note(Member& member, const proto::Heartbeat& heartbeat, TimePoint now) {
  member.newest = heartbeat;
  member.state = heartbeat.state;
  if (heartbeat.loop_lag > kLag &&
      (member.lag_told == TimePoint::min() || now - member.lag_told >= kLagPause)) {
    member.lag_told = now;
    log(LogLevel::Warning, kLogger,
        fmt::format("Worker {} was held up for {:.2f} s: what its users measured then is partly "
                    "its own delay",
                    member.id, seconds(heartbeat.loop_lag)));
  }
  if (heartbeat.cpu_percent > kBusyPercent && !std::exchange(member.busy_told, true)) {
    log(LogLevel::Warning, kLogger,
        fmt::format("Worker {} uses {:.0f} % of a processor core: it may not keep up, and its "
                    "response times may be too long. Start more workers (said once per run)",
                    member.id, heartbeat.cpu_percent));
  }
}

Fleet::Silent Fleet::check(TimePoint now) {
  Silent silent;
  if (now < due()) return silent;
  // Nothing could be heard while this process was held, or what came is not delivered yet.
  const Duration late = now - checked_ - kCheck;
  checked_ = now;
  for (const std::uint32_t index : watched_) {
    Member& member = members_[index];
    if (late > kCheck / 2) member.last_heard = std::min(now, member.last_heard + late);
    const Duration silence = now - member.last_heard;
    if (member.there() && silence >= kSilence) {
      enter(member, Presence::Missing);
      silent.missing.push_back(index);
      log(LogLevel::Warning, kLogger,
          fmt::format("Worker {} failed to send heartbeat, setting state to missing.", member.id));
    } else if (!member.there() && silence >= kSilence + patience_) {
      enter(member, Presence::Forgotten);
      silent.forgotten.push_back(index);
      log(LogLevel::Warning, kLogger,
          fmt::format("Worker {} was not heard of for {:.0f} s and is given up", member.id,
                      seconds(silence)));
    }
  }
  if (!silent.forgotten.empty()) {
    std::erase_if(watched_, [this](std::uint32_t index) {
      return members_[index].presence == Presence::Forgotten;
    });
  }
  return silent;
}

Member* Fleet::find(const proto::WorkerId& id) {
  const auto found = index_of_.find(id);
  return found == index_of_.end() ? nullptr : &members_[found->second];
}

}  // namespace swarm::master
