#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/clock.h"
#include "proto/messages.h"

namespace swarm::master {

// A worker that was ready at least once. Its index is its for the master's life.
struct Member {
  enum class Presence : std::uint8_t { There, Missing, Forgotten };

  proto::WorkerId id;
  std::uint32_t index = 0;
  Presence presence = Presence::There;
  TimePoint last_heard;                            // without the time that was forgiven
  proto::RunState state = proto::RunState::Ready;  // as it said, or was told
  std::vector<proto::ClassCount> users;            // as it last said
  proto::Heartbeat newest{};
  TimePoint lag_told = TimePoint::min();
  bool busy_told = false;  // in this run

  bool there() const { return presence == Presence::There; }
};

// Who is there: which workers were ready, and which of them have fallen silent.
//
// Flow    ClientReady, any message, Goodbye, time -> [Fleet] -> who went missing, who is forgotten
// Thread  loop
// Errors  none
//
// Silence counts only while the master itself listens: whatever time a check comes late is
// forgiven to everybody.
class Fleet {
 public:
  static constexpr Duration kSilence = std::chrono::seconds{5};  // makes a worker missing
  static constexpr Duration kCheck = std::chrono::seconds{1};
  static constexpr Duration kLag = std::chrono::milliseconds{100};  // worth a warning
  static constexpr double kBusyPercent = 90;

  // A worker is forgotten when it is missing for so long.
  explicit Fleet(Duration patience) : patience_(patience) {}

  // A worker says that it is ready. Its presence is There afterwards.
  // Returns it, and what its presence was; none: it was never seen.
  std::pair<Member&, std::optional<Member::Presence>> admit(const proto::WorkerId& id,
                                                            TimePoint now);
  // Something of the worker's arrived. Returns what its presence was.
  Member::Presence hear(Member& member, TimePoint now);
  // The worker said goodbye.
  void leave(Member& member);
  // Keeps the newest heartbeat, and warns of a loop that is held and of a busy processor.
  void note(Member& member, const proto::Heartbeat& heartbeat, TimePoint now);

  struct Silent {
    std::vector<std::uint32_t> missing;    // since this check
    std::vector<std::uint32_t> forgotten;  // since this check
  };
  // If a check is due at `now`. The texts of the log are its.
  Silent check(TimePoint now);
  TimePoint due() const { return watched_.empty() ? TimePoint::max() : checked_ + kCheck; }

  Member* find(const proto::WorkerId& id);
  Member& at(std::uint32_t index) { return members_[index]; }
  const Member& at(std::uint32_t index) const { return members_[index]; }
  std::size_t size() const { return members_.size(); }  // all that ever were ready
  // Those that are not forgotten.
  std::span<const std::uint32_t> watched() const { return watched_; }
  std::size_t there() const { return there_; }

 private:
  void enter(Member& member, Member::Presence presence);
  void watch(TimePoint now);

  const Duration patience_;
  std::deque<Member> members_;  // by index
  std::unordered_map<proto::WorkerId, std::uint32_t> index_of_;
  std::vector<std::uint32_t> watched_;
  std::size_t there_ = 0;
  TimePoint checked_{};
};

}  // namespace swarm::master
