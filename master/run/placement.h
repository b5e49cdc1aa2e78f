#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace swarm::master {

// How often a user class is wanted.
struct ClassShare {
  std::string name;
  double weight = 1;              // relative to the other classes; >= 0
  std::uint32_t fixed_count = 0;  // > 0: this many before all others, and no more
};

// Names in proportion to their weights, as near to the proportion as whole users can be at every
// moment: the next is the one whose absence costs the most divergence.
// Source  Kullback-Leibler divergence of the wanted and the present shares; the order is Locust's
class ShareSequence {
 public:
  static constexpr std::size_t kNone = SIZE_MAX;

  // (class, weight) in the order of class names; weights of 0 never come.
  explicit ShareSequence(std::span<const std::pair<std::size_t, double>> weights);
  // The next class, or kNone if all weights are 0.
  std::size_t next();

 private:
  struct Candidate {
    double gain;  // the less, the sooner
    double next_count;
    double weight;
    std::size_t index;
    auto operator<=>(const Candidate&) const = default;
  };
  std::vector<Candidate> heap_;
};

// Decides which class the next user has and on which worker it lives, and which user is the next
// to go: the last that came.
//
// Flow    classes, workers -> [Placement] -> Seat by Seat
// Errors  none; with no class that is wanted, capacity() is 0
// Source  locust-reference §3.6 (the dispatcher): fixed counts first, then shares; classes by name;
//         workers in turn; back in the opposite order
class Placement {
 public:
  struct Seat {
    std::uint32_t worker = 0;      // place in workers()
    std::uint32_t user_class = 0;  // place in classes()
    friend bool operator==(const Seat&, const Seat&) = default;
  };

  // Classes with neither weight nor fixed count are dropped. Both are sorted: classes by name,
  // workers so that those of one host (the id up to the first '_') stand apart.
  // REQUIRES: at least one worker.
  Placement(std::vector<ClassShare> classes, std::vector<std::string> workers);

  std::span<const ClassShare> classes() const { return classes_; }
  std::span<const std::string> workers() const { return workers_; }
  // The most users there can be: without limit as soon as one class has no fixed count.
  std::size_t capacity() const;

  // REQUIRES: size() < capacity().
  Seat add();
  // REQUIRES: size() > 0.
  Seat remove();

  std::size_t size() const { return seats_.size(); }
  // Users of each class on a worker.
  std::span<const std::uint32_t> on_worker(std::uint32_t worker) const;
  // Users of a class on all workers.
  std::uint32_t of_class(std::uint32_t user_class) const;

 private:
  std::size_t next_class();
  void plan_fixed();
  std::uint32_t& count(Seat seat);

  std::vector<ClassShare> classes_;
  std::vector<std::string> workers_;
  std::vector<std::uint32_t> counts_;  // [worker][class]
  std::vector<Seat> seats_;            // in the order in which they came
  ShareSequence shares_;               // of the classes without a fixed count
  ShareSequence fixed_;                // of the fixed users that are missing
  std::uint32_t fixed_left_ = 0;       // to come from fixed_
  bool fixed_due_ = true;              // somebody with a fixed count may be missing
  std::size_t next_worker_ = 0;
};

}  // namespace swarm::master
