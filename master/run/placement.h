#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "master/run/share_sequence.h"

namespace swarm::master {

// Decides which class the next user has and on which worker it lives, and which user is the next
// to go: the last that came.
//
// Flow    classes, workers -> [Placement] -> Seat by Seat
// Errors  none; with no class that is wanted, capacity() is 0
// Source  locust-reference §3.6 (the dispatcher): fixed counts first, then shares; classes by name;
//         workers in turn; back in the opposite order
//
// As soon as a worker joins or is lost, users go to the worker that has the fewest and from the
// one that has the most; classes still come and go in their order. Users of a lost worker are
// *vacant*: the next that are added are of their classes.
class Placement {
 public:
  struct Seat {
    std::uint32_t worker = 0;      // place in workers()
    std::uint32_t user_class = 0;  // place in classes()
    friend bool operator==(const Seat&, const Seat&) = default;
  };
  // A user ends there, and one of its class begins here.
  struct Move {
    Seat from;
    Seat to;
  };

  // Classes with neither weight nor fixed count are dropped. Both are sorted: classes by name,
  // workers so that those of one host (the id up to the first '_') stand apart.
  // REQUIRES: at least one worker.
  Placement(std::vector<ClassShare> classes, std::vector<std::string> workers);

  std::span<const ClassShare> classes() const { return classes_; }
  std::span<const std::string> workers() const { return workers_; }
  // The most users there can be: without limit as soon as one chosen class has no fixed count.
  std::size_t capacity() const;
  // Of all chosen classes.
  std::uint64_t fixed_count() const;

  // Those that come from now on are of these classes (at first of all), mixed as if they were the
  // first; others stay until their turn to go. Names that are none of classes() do not count; with
  // no others nothing changes.
  // Source  locust's dispatcher, new_dispatch(user_classes=...)
  void choose(std::span<const std::string> names);

  // REQUIRES: size() < capacity(), and a worker is there.
  Seat add();
  // REQUIRES: size() > 0.
  Seat remove();

  // --- when the fleet changes ---

  // A worker without users. Returns its place.
  std::uint32_t join(std::string worker);
  // The users of a worker that is there are vacant; it gets no others.
  void lose(std::uint32_t worker);
  // A lost worker is there again, with these users, by class: they fill what is vacant. Others are
  // there beside the wanted ones: they are the next to go.
  void restore(std::uint32_t worker, std::span<const std::uint32_t> users);
  // The next of the fewest moves until no worker has two users more than another; none on a fleet
  // that never changed. The mixture of classes evens out on the way.
  std::optional<Move> even_out();
  bool uneven() const;

  // On workers that are there.
  std::size_t size() const { return size_; }
  std::size_t workers_there() const;
  bool is_there(std::uint32_t worker) const { return there_[worker]; }
  // Users of each class on a worker.
  std::span<const std::uint32_t> on_worker(std::uint32_t worker) const;
  // Users of a class on all workers.
  std::uint32_t of_class(std::uint32_t user_class) const { return of_class_[user_class]; }

 private:
  using Load = std::pair<std::uint32_t, std::uint32_t>;  // users, worker

  std::size_t next_class();
  void plan_fixed();
  bool is_chosen(std::size_t user_class) const { return chosen_[user_class]; }
  std::uint32_t& count(Seat seat);
  void change(Seat seat, int by);
  void begin_to_balance();
  Seat take_vacant();
  Seat seat_to_empty(std::uint32_t user_class);
  double wanting(Seat seat) const;

  std::vector<ClassShare> classes_;
  std::vector<bool> chosen_;  // [class]
  std::vector<std::string> workers_;
  std::vector<bool> there_;            // [worker]
  std::vector<std::uint32_t> loads_;   // [worker]
  std::vector<std::uint32_t> counts_;  // [worker][class]
  std::vector<std::uint32_t> of_class_;
  std::vector<std::uint32_t> vacant_;  // [class], of seats_
  std::size_t vacancies_ = 0;
  std::size_t size_ = 0;
  // In the order in which they came; once the fleet has changed, only their classes are true.
  std::vector<Seat> seats_;
  bool balancing_ = false;        // the fleet has changed
  std::set<Load> by_load_;        // workers that are there, while balancing
  ShareSequence shares_;          // of the classes without a fixed count
  ShareSequence fixed_;           // of the fixed users that are missing
  std::uint32_t fixed_left_ = 0;  // to come from fixed_
  bool fixed_due_ = true;         // somebody with a fixed count may be missing
  std::size_t next_worker_ = 0;
};

}  // namespace swarm::master
