#include "master/run/placement.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "common/assert.h"

namespace swarm::master {
namespace {

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

ShareSequence weighted(std::span<const ClassShare> classes, const std::vector<bool>& chosen) {
  std::vector<std::pair<std::size_t, double>> weights;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (chosen[i] && classes[i].fixed_count == 0) weights.emplace_back(i, classes[i].weight);
  }
  return ShareSequence{weights};
}

}  // namespace

Placement::Placement(std::vector<ClassShare> classes, std::vector<std::string> workers)
    : classes_(wanted(std::move(classes))),
      chosen_(classes_.size(), true),
      workers_(spread_over_hosts(std::move(workers))),
      there_(workers_.size(), true),
      loads_(workers_.size()),
      counts_(classes_.size() * workers_.size()),
      of_class_(classes_.size()),
      vacant_(classes_.size()),
      shares_(weighted(classes_, chosen_)),
      fixed_({}) {
  SWARM_ASSERT(!workers_.empty());
}

std::size_t Placement::capacity() const {
  std::size_t most = 0;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    if (is_chosen(i) && classes_[i].fixed_count == 0) return SIZE_MAX;
    most += is_chosen(i) ? classes_[i].fixed_count : of_class_[i];
  }
  return most;
}

std::uint64_t Placement::fixed_count() const {
  std::uint64_t fixed = 0;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    if (is_chosen(i)) fixed += classes_[i].fixed_count;
  }
  return fixed;
}

void Placement::choose(std::span<const std::string> names) {
  std::vector<bool> chosen(classes_.size());
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    chosen[i] = std::ranges::find(names, classes_[i].name) != names.end();
  }
  if (chosen == chosen_ || std::ranges::find(chosen, true) == chosen.end()) return;
  chosen_ = std::move(chosen);
  shares_ = weighted(classes_, chosen_);
  fixed_left_ = 0;
  fixed_due_ = true;
}

Placement::Seat Placement::add() {
  SWARM_ASSERT(size() < capacity());
  if (vacancies_ > 0) return take_vacant();
  Seat seat{0, static_cast<std::uint32_t>(next_class())};
  if (balancing_) {
    SWARM_ASSERT(!by_load_.empty());
    seat.worker = by_load_.begin()->second;
  } else {
    seat.worker = static_cast<std::uint32_t>(next_worker_);
    next_worker_ = (next_worker_ + 1) % workers_.size();
  }
  change(seat, +1);
  seats_.push_back(seat);
  return seat;
}

Placement::Seat Placement::remove() {
  SWARM_ASSERT(size() > 0);
  fixed_due_ = true;
  for (;;) {
    Seat seat = seats_.back();
    seats_.pop_back();
    // Nobody sits there any more: nobody has to go.
    if (vacant_[seat.user_class] > 0) {
      --vacant_[seat.user_class];
      --vacancies_;
      continue;
    }
    if (balancing_) seat = seat_to_empty(seat.user_class);
    change(seat, -1);
    return seat;
  }
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
    const std::uint32_t present = of_class_[i];
    if (!is_chosen(i) || present >= classes_[i].fixed_count) continue;
    missing.emplace_back(i, classes_[i].fixed_count - present);
    fixed_left_ += classes_[i].fixed_count - present;
  }
  fixed_ = ShareSequence{missing};
}

// --- when the fleet changes ---

void Placement::begin_to_balance() {
  if (std::exchange(balancing_, true)) return;
  for (std::uint32_t worker = 0; worker < workers_.size(); ++worker) {
    if (there_[worker]) by_load_.emplace(loads_[worker], worker);
  }
}

std::uint32_t Placement::join(std::string worker) {
  begin_to_balance();
  const auto place = static_cast<std::uint32_t>(workers_.size());
  workers_.push_back(std::move(worker));
  there_.push_back(true);
  loads_.push_back(0);
  counts_.resize(counts_.size() + classes_.size());
  by_load_.emplace(0, place);
  return place;
}

void Placement::lose(std::uint32_t worker) {
  SWARM_ASSERT(there_[worker]);
  begin_to_balance();
  by_load_.erase({loads_[worker], worker});
  there_[worker] = false;
  for (std::uint32_t c = 0; c < classes_.size(); ++c) {
    const std::uint32_t lost = std::exchange(count({worker, c}), 0);
    vacant_[c] += lost;
    of_class_[c] -= lost;
  }
  vacancies_ += loads_[worker];
  size_ -= std::exchange(loads_[worker], 0);
}

void Placement::restore(std::uint32_t worker, std::span<const std::uint32_t> users) {
  SWARM_ASSERT(!there_[worker] && users.size() == classes_.size());
  there_[worker] = true;
  by_load_.emplace(0, worker);
  for (std::uint32_t c = 0; c < classes_.size(); ++c) {
    const Seat seat{worker, c};
    change(seat, static_cast<int>(users[c]));
    const std::uint32_t filled = std::min(users[c], vacant_[c]);
    vacant_[c] -= filled;
    vacancies_ -= filled;
    seats_.insert(seats_.end(), users[c] - filled, seat);
  }
}

Placement::Seat Placement::take_vacant() {
  begin_to_balance();
  SWARM_ASSERT(!by_load_.empty());
  const std::uint32_t worker = by_load_.begin()->second;
  std::optional<Seat> best;
  for (std::uint32_t c = 0; c < classes_.size(); ++c) {
    const Seat seat{worker, c};
    if (vacant_[c] > 0 && (!best || wanting(seat) > wanting(*best))) best = seat;
  }
  --vacant_[best->user_class];
  --vacancies_;
  change(*best, +1);
  return *best;
}

// The worker with the most users among those that have one of the class.
Placement::Seat Placement::seat_to_empty(std::uint32_t user_class) {
  for (auto each = by_load_.rbegin(); each != by_load_.rend(); ++each) {
    const Seat seat{each->second, user_class};
    if (count(seat) > 0) return seat;
  }
  SWARM_ASSERT(false);
  return {};
}

bool Placement::uneven() const {
  return !by_load_.empty() && by_load_.rbegin()->first > by_load_.begin()->first + 1;
}

std::optional<Placement::Move> Placement::even_out() {
  if (!uneven()) return std::nullopt;
  const std::uint32_t from = by_load_.rbegin()->second;
  const std::uint32_t to = by_load_.begin()->second;
  std::optional<Move> best;
  double most = 0;
  for (std::uint32_t c = 0; c < classes_.size(); ++c) {
    const Move move{{from, c}, {to, c}};
    if (count(move.from) == 0) continue;
    const double gain = wanting(move.to) - wanting(move.from);
    if (!best || gain > most) {
      best = move;
      most = gain;
    }
  }
  change(best->from, -1);
  change(best->to, +1);
  return best;
}

// How many users of the class a worker is short of, by the mixture of classes on all workers.
double Placement::wanting(Seat seat) const {
  const double in_seats = of_class_[seat.user_class] + vacant_[seat.user_class];
  const double share = in_seats / static_cast<double>(size_ + vacancies_);
  return share * loads_[seat.worker] - on_worker(seat.worker)[seat.user_class];
}

// --- counts ---

void Placement::change(Seat seat, int by) {
  const auto add = [by](auto& number) { number += static_cast<std::uint32_t>(by); };
  if (balancing_) by_load_.erase({loads_[seat.worker], seat.worker});
  add(count(seat));
  add(loads_[seat.worker]);
  add(of_class_[seat.user_class]);
  size_ = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(size_) + by);
  if (balancing_) by_load_.emplace(loads_[seat.worker], seat.worker);
}

std::size_t Placement::workers_there() const {
  return balancing_ ? by_load_.size() : workers_.size();
}

std::span<const std::uint32_t> Placement::on_worker(std::uint32_t worker) const {
  return std::span{counts_}.subspan(worker * classes_.size(), classes_.size());
}

std::uint32_t& Placement::count(Seat seat) {
  return counts_[seat.worker * classes_.size() + seat.user_class];
}

}  // namespace swarm::master
