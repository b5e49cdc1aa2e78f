#include "master/run/placement.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string_view>
#include <tuple>

#include "common/assert.h"

namespace swarm::master {
namespace {

double gain(double weight, double count) { return weight * std::log2(count / (count + 1.0)); }

std::vector<ClassShare> wanted(std::vector<ClassShare> classes) {
  std::erase_if(
      classes, [](const ClassShare& share) { return share.weight <= 0 && share.fixed_count == 0; });
  std::ranges::sort(classes, {}, &ClassShare::name);
  return classes;
}

// The first worker of every host, then the second of every host, and so on: users spread over
// hosts before they fill one.
std::vector<std::string> spread_over_hosts(std::vector<std::string> workers) {
  std::ranges::sort(workers);
  std::map<std::string_view, std::size_t> seen;
  std::vector<std::tuple<std::size_t, std::string>> ranked;
  for (const std::string& worker : workers) {
    const std::string_view host = std::string_view(worker).substr(0, worker.find('_'));
    ranked.emplace_back(seen[host]++, worker);
  }
  std::ranges::sort(ranked);
  std::vector<std::string> spread;
  for (auto& [index, worker] : ranked) spread.push_back(std::move(worker));
  return spread;
}

ShareSequence weighted(std::span<const ClassShare> classes) {
  std::vector<std::pair<std::size_t, double>> weights;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i].fixed_count == 0) weights.emplace_back(i, classes[i].weight);
  }
  return ShareSequence{weights};
}

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

Placement::Placement(std::vector<ClassShare> classes, std::vector<std::string> workers)
    : classes_(wanted(std::move(classes))),
      workers_(spread_over_hosts(std::move(workers))),
      counts_(classes_.size() * workers_.size()),
      shares_(weighted(classes_)),
      fixed_({}) {
  SWARM_ASSERT(!workers_.empty());
}

std::size_t Placement::capacity() const {
  std::size_t fixed = 0;
  for (const ClassShare& share : classes_) {
    if (share.fixed_count == 0) return SIZE_MAX;
    fixed += share.fixed_count;
  }
  return fixed;
}

Placement::Seat Placement::add() {
  SWARM_ASSERT(size() < capacity());
  const std::size_t user_class = next_class();
  const Seat seat{static_cast<std::uint32_t>(next_worker_), static_cast<std::uint32_t>(user_class)};
  next_worker_ = (next_worker_ + 1) % workers_.size();
  ++count(seat);
  seats_.push_back(seat);
  return seat;
}

Placement::Seat Placement::remove() {
  SWARM_ASSERT(!seats_.empty());
  const Seat seat = seats_.back();
  seats_.pop_back();
  --count(seat);
  fixed_due_ = true;
  return seat;
}

std::size_t Placement::next_class() {
  if (fixed_left_ == 0 && fixed_due_) plan_fixed();
  if (fixed_left_ > 0) {
    --fixed_left_;
    return fixed_.next();
  }
  return shares_.next();
}

void Placement::plan_fixed() {
  fixed_due_ = false;
  std::vector<std::pair<std::size_t, double>> missing;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    const std::uint32_t present = of_class(static_cast<std::uint32_t>(i));
    if (present >= classes_[i].fixed_count) continue;
    missing.emplace_back(i, classes_[i].fixed_count - present);
    fixed_left_ += classes_[i].fixed_count - present;
  }
  fixed_ = ShareSequence{missing};
}

std::span<const std::uint32_t> Placement::on_worker(std::uint32_t worker) const {
  return std::span{counts_}.subspan(worker * classes_.size(), classes_.size());
}

std::uint32_t Placement::of_class(std::uint32_t user_class) const {
  std::uint32_t total = 0;
  for (std::size_t at = user_class; at < counts_.size(); at += classes_.size())
    total += counts_[at];
  return total;
}

std::uint32_t& Placement::count(Seat seat) {
  return counts_[seat.worker * classes_.size() + seat.user_class];
}

}  // namespace swarm::master
