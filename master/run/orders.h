#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "master/run/placement.h"
#include "master/run/profile.h"
#include "proto/messages.h"

namespace swarm::master {

// Turns the number of users that is wanted into orders: to whom, what, and when. Follows which of
// them are done, and repeats those that seem to be lost.
//
// Flow    Profile, who comes and goes -> [Orders] -> proto::Spawn, to the workers that they change
// Thread  loop
// Errors  none
// Units   workers are named by their index in the fleet
//
// Users come and go one by one, at the hatch rate, whatever the reason: first those of the ramp,
// users of a lost worker among them (they are hatched again), then the moves that give every worker
// its share. Orders are for a second at a time; each names the instant of every user within it.
class Orders {
 public:
  static constexpr Duration kWindow = std::chrono::seconds{1};
  // After its last step, the stop timeout and this, an order that is not confirmed is repeated...
  static constexpr Duration kRepeat = std::chrono::seconds{3};
  // ... and after this, users are counted as they are.
  static constexpr Duration kGiveUp = std::chrono::seconds{10};

  // Of a hundred workers, and of any number: what the orders of a window take to leave.
  static constexpr Duration kDelivery = std::chrono::milliseconds{2};
  static constexpr Duration kDeliveryMost = std::chrono::milliseconds{200};

  struct Settings {
    std::vector<ClassShare> classes{};
    Duration stop_timeout{};
    bool rebalancing = true;
  };
  struct Worker {
    std::uint32_t index = 0;
    std::string id;
  };
  // Without its run, and the rest that does not differ between workers.
  struct Order {
    std::uint32_t worker = 0;
    proto::Spawn spawn;
  };

  // REQUIRES: at least one worker; some class is wanted.
  Orders(Settings settings, std::span<const Worker> workers, std::uint64_t last_order);

  // Users that come from now on are of these classes: see Placement::choose().
  void choose(std::span<const std::string> classes) { placement_.choose(classes); }
  // To this many users, or to all that there can be, from `now` or when what is ordered is done.
  void lead(std::uint32_t users, double users_per_s, TimePoint now);
  // Nothing is ordered before `until`: it is not known yet who is there.
  void hold(TimePoint until);

  // --- who comes and goes ---

  // A worker without users.
  void join(const Worker& worker, TimePoint now);
  // One with users that this did not order. They are wanted, as many more as they are, until
  // somebody says how many are: lead().
  void adopt(const Worker& worker, std::span<const proto::ClassCount> users, TimePoint now);
  void lose(std::uint32_t worker, TimePoint now);
  // It is back with these users, or with those that it had. They fill what is still vacant; the
  // others end at the hatch rate.
  void restore(std::uint32_t worker, std::optional<std::span<const proto::ClassCount>> users,
               TimePoint now);
  // It is to be told again what it should have.
  void remind(std::uint32_t worker);
  // `order` is done there.
  void done(std::uint32_t worker, std::uint64_t order);
  // Workers have obeyed this order of the run: the next ones are newer.
  void raise(std::uint64_t order) { last_order_ = std::max(last_order_, order); }

  // --- time ---

  // What is to be sent at `now`.
  std::vector<Order> take_due(TimePoint now);
  TimePoint due() const;

  // Every worker that is there has done its part in the ramp.
  bool settled() const { return ramp_issued() && plain_.empty() && ramp_open_ == 0; }
  // That was said: what follows are repairs.
  void announced() { announcing_ = false; }
  // Those whose part in the ramp should have been confirmed long ago; empty: the ramp goes on.
  std::vector<std::uint32_t> overdue(TimePoint now) const;
  // Nothing is under way.
  bool at_rest() const { return ramp_issued() && plain_.empty() && open_ == 0 && !moves_; }

  // It was given orders, and is not lost.
  bool has(std::uint32_t worker) const { return part_of(worker) != nullptr && there(worker); }
  bool knew(std::uint32_t worker) const { return part_of(worker) != nullptr; }
  bool ramping(std::uint32_t worker) const;
  // That the worker is to have when all its orders are done, or was to have when it was lost.
  std::uint32_t users(std::uint32_t worker) const;
  bool confirmed_any(std::uint32_t worker) const;
  const Placement& placement() const { return placement_; }
  std::uint64_t last_order() const { return last_order_; }

 private:
  // A worker's part, by its place in the placement.
  struct Part {
    std::uint32_t index = 0;
    std::uint64_t sent = 0;
    std::uint64_t sent_for_ramp = 0;
    std::uint64_t done = 0;
    TimePoint over{};                         // when the last step of its last order is due
    std::vector<std::uint32_t> lost_users{};  // by class, when it was lost
    bool plain = false;                       // is in plain_
  };
  struct Draft {
    proto::Spawn spawn;
    bool for_ramp = false;
    TimePoint over{};
  };
  using Drafts = std::map<std::uint32_t, Draft>;  // by place

  Part* part_of(std::uint32_t worker);
  const Part* part_of(std::uint32_t worker) const;
  std::uint32_t place_of(const Part& part) const;
  bool there(std::uint32_t worker) const { return placement_.is_there(place_of(*part_of(worker))); }
  void add_part(const Worker& worker, std::uint32_t place);
  std::vector<std::uint32_t> by_class(std::span<const proto::ClassCount> users) const;
  bool ramp_issued() const { return issued_ == ramp_.steps(); }
  bool moving() const { return settings_.rebalancing && placement_.uneven(); }
  void lead_again(TimePoint now);
  void tell(std::uint32_t place);
  void draft_window(Drafts& drafts, TimePoint now);
  void draft_moves(Drafts& drafts, TimePoint window_begin, TimePoint now);
  void add_step(Draft& draft, Placement::Seat seat, proto::Spawn::Change change, TimePoint due,
                TimePoint now);
  Duration delivery() const;
  Order finish(std::uint32_t place, Draft draft);
  void count_open(const Part& part, int by);
  void remind_those_behind(TimePoint now);

  const Settings settings_;
  Placement placement_;
  std::vector<Part> parts_;              // by place
  std::vector<std::uint32_t> place_of_;  // by index
  std::uint64_t last_order_ = 0;
  std::uint32_t wanted_ = 0;  // users, by the profile
  std::uint32_t target_ = 0;  // of the ramp: less, if lost users are not replaced
  double users_per_s_ = 1;
  Ramp ramp_;
  std::uint32_t issued_ = 0;   // steps of ramp_ that are ordered
  std::optional<Ramp> moves_;  // when they are due; without an end
  std::uint32_t moved_ = 0;    // steps of moves_ that are ordered
  TimePoint next_step_{};      // before this, another one would be too fast
  TimePoint window_end_{};     // until when orders are given
  TimePoint ramp_over_{};      // when its last step is due
  TimePoint next_reminder_{};
  TimePoint held_until_{};
  bool led_ = false;                  // lead() was called
  bool announcing_ = false;           // orders are part of a ramp
  std::vector<std::uint32_t> plain_;  // places that are to be told without steps
  std::size_t open_ = 0;              // workers that are there with an order that is not done
  std::size_t ramp_open_ = 0;         // of open_: with one of the ramp's
};

}  // namespace swarm::master
