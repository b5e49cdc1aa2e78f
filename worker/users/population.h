#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "common/clock.h"
#include "common/ids.h"
#include "common/scenario.h"

namespace swarm::worker {

// How the users of this worker are to change: one by one at their times, to a number that is
// absolute, so that a repeated order does no harm and a lost one is made up for by the next.
struct PopulationOrder {
  enum class Change : std::uint8_t { Hatch, Stop };
  struct Step {
    Duration after{};  // since the order was received; not decreasing
    UserClassId user_class;
    Change change = Change::Hatch;
  };
  std::vector<Step> steps;
  std::vector<std::uint32_t> targets;  // by UserClassId: users when the last step is done
};

// The users of this worker: hatches and stops them as ordered, and sees to it that whoever is
// asked to end does so within the stop timeout.
//
// Flow    PopulationOrder -> [Population] -> Scenario::spawn, Scenario::stop
// Thread  loop
// Errors  none; a user that ends by itself is not replaced before the next order
class Population {
 public:
  // `scenario` must outlive the population.
  explicit Population(Scenario& scenario);

  // How long users may take to finish their task once asked to end; 0: they are ended at once.
  void set_stop_timeout(Duration timeout) { stop_timeout_ = timeout; }

  // Carries out the steps of `order` after those that are still to come. What is due at `now`
  // happens now; users that are missing beside the steps are hatched at once.
  // REQUIRES: as many targets as the scenario has classes.
  void obey(PopulationOrder order, TimePoint now);
  // Forgets all orders and asks every user to end.
  void stop_all(TimePoint now);
  // Does what is due at `now`.
  void tick(TimePoint now);
  // When tick() next has something to do; TimePoint::max() if nothing is foreseen.
  TimePoint due() const;

  // From ScenarioHost::user_ended. REQUIRES: `id` is alive.
  void user_ended(UserId id);

  // Users that exist, those that were asked to end among them, by UserClassId.
  std::span<const std::uint32_t> alive() const { return alive_; }
  std::size_t size() const { return users_.size(); }
  // All orders are carried out, and whoever was asked to end has ended.
  bool settled() const { return steps_.empty() && stopping_ == 0; }

 private:
  struct User {
    UserClassId user_class;
    bool stopping = false;
  };
  struct PendingStep {
    TimePoint at;
    UserClassId user_class;
    PopulationOrder::Change change;
  };
  struct Grace {
    TimePoint until;
    UserId user;
  };

  void carry_out(const PendingStep& step, TimePoint now);
  void reach(UserClassId user_class, std::uint32_t users, TimePoint now);
  void hatch(UserClassId user_class);
  void stop_youngest(UserClassId user_class, TimePoint now);
  void end_grace(TimePoint now);
  std::uint32_t& active(UserClassId user_class) { return active_[user_class.value]; }

  Scenario& scenario_;
  Duration stop_timeout_{};
  std::uint64_t last_id_ = 0;
  std::unordered_map<UserId, User> users_;
  std::vector<std::uint32_t> alive_;   // by class
  std::vector<std::uint32_t> active_;  // by class: of alive, not asked to end
  // By class, the youngest last. Holds ids of users that ended by themselves, too: they are
  // skipped, and swept out when they outnumber the others.
  std::vector<std::vector<UserId>> by_age_;
  std::size_t stopping_ = 0;  // of users_
  std::deque<PendingStep> steps_;
  std::deque<Grace> graces_;    // the earliest end first
  bool overtime_told_ = false;  // since stopping_ was last 0
};

}  // namespace swarm::worker
