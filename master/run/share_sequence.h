#pragma once

#include <compare>
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

}  // namespace swarm::master
