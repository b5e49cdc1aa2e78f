#include "master/run/share_sequence.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace swarm::master {
namespace {

double gain(double weight, double count) { return weight * std::log2(count / (count + 1.0)); }

}  // namespace

ShareSequence::ShareSequence(std::span<const std::pair<std::size_t, double>> weights) {
  for (const auto& [index, weight] : weights) {
    if (weight > 0) heap_.push_back({gain(weight, weight), weight + 1, weight, index});
  }
  std::ranges::make_heap(heap_, std::greater{});
}

std::size_t ShareSequence::next() {
  if (heap_.empty()) return kNone;
  std::ranges::pop_heap(heap_, std::greater{});
  Candidate& chosen = heap_.back();
  const std::size_t index = chosen.index;
  chosen.gain = gain(chosen.weight, chosen.next_count);
  chosen.next_count += 1;
  std::ranges::push_heap(heap_, std::greater{});
  return index;
}

}  // namespace swarm::master
