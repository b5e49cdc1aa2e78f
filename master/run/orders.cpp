#include "master/run/orders.h"

#include <utility>

#include "common/assert.h"

namespace swarm::master {
namespace {

constexpr std::uint32_t kNowhere = UINT32_MAX;

std::vector<std::string> ids(std::span<const Orders::Worker> workers) {
  std::vector<std::string> ids;
  for (const Orders::Worker& worker : workers) ids.push_back(worker.id);
  return ids;
}

std::uint32_t sum(std::span<const std::uint32_t> counts) {
  std::uint32_t sum = 0;
  for (const std::uint32_t each : counts) sum += each;
  return sum;
}

}  // namespace

Orders::Orders(Settings settings, std::span<const Worker> workers, std::uint64_t last_order)
    : settings_(std::move(settings)),
      placement_(settings_.classes, ids(workers)),
      last_order_(last_order) {
  std::map<std::string_view, const Worker*> by_id;
  for (const Worker& worker : workers) by_id[worker.id] = &worker;
  for (std::uint32_t place = 0; place < placement_.workers().size(); ++place) {
    add_part(*by_id[placement_.workers()[place]], place);
    tell(place);
  }
}

void Orders::add_part(const Worker& worker, std::uint32_t place) {
  if (worker.index >= place_of_.size()) place_of_.resize(worker.index + 1, kNowhere);
  place_of_[worker.index] = place;
  parts_.push_back({.index = worker.index});
}

void Orders::lead(std::uint32_t users, double users_per_s, TimePoint now) {
  // What is ordered already goes on: the new way begins where it ends.
  window_end_ = std::max({now, window_end_, held_until_});
  wanted_ = target_ =
      static_cast<std::uint32_t>(std::min<std::size_t>(users, placement_.capacity()));
  users_per_s_ = users_per_s;
  ramp_ = Ramp{window_end_, static_cast<std::uint32_t>(placement_.size()), target_, users_per_s_};
  ramp_over_ = window_end_;
  issued_ = 0;
  moves_.reset();
  led_ = announcing_ = true;
}

// On from the users that there are, without a step that comes too soon.
void Orders::lead_again(TimePoint now) {
  window_end_ = std::max({now, window_end_, held_until_});
  ramp_ = Ramp{std::max(window_end_, next_step_), static_cast<std::uint32_t>(placement_.size()),
               target_, users_per_s_};
  issued_ = 0;
  moves_.reset();
}

void Orders::hold(TimePoint until) {
  held_until_ = until;
  lead_again(until);
}

// --- who comes and goes ---

void Orders::join(const Worker& worker, TimePoint now) {
  SWARM_ASSERT(!knew(worker.index));
  const std::uint32_t place = placement_.join(worker.id);
  add_part(worker, place);
  tell(place);
  if (ramp_issued()) lead_again(now);  // for the moves
}

void Orders::adopt(const Worker& worker, std::span<const proto::ClassCount> users, TimePoint now) {
  if (!knew(worker.index)) join(worker, now);
  const std::uint32_t place = place_of_[worker.index];
  if (placement_.is_there(place)) placement_.lose(place);
  const std::vector<std::uint32_t> counts = by_class(users);
  placement_.restore(place, counts);
  if (!led_) {
    wanted_ += sum(counts);
    target_ += sum(counts);
  }
  tell(place);
  lead_again(now);
}

void Orders::lose(std::uint32_t worker, TimePoint now) {
  SWARM_ASSERT(has(worker));
  Part& part = *part_of(worker);
  const std::uint32_t place = place_of(part);
  const auto before = static_cast<std::uint32_t>(placement_.size());
  const auto counts = placement_.on_worker(place);
  part.lost_users.assign(counts.begin(), counts.end());
  count_open(part, -1);
  placement_.lose(place);
  if (std::exchange(part.plain, false)) std::erase(plain_, place);
  if (!settings_.rebalancing) {
    const auto left = static_cast<std::uint32_t>(placement_.size());
    target_ = target_ >= before ? target_ - (before - left) : std::min(target_, left);
  }
  lead_again(now);
}

void Orders::restore(std::uint32_t worker, std::optional<std::span<const proto::ClassCount>> users,
                     TimePoint now) {
  SWARM_ASSERT(knew(worker) && !has(worker));
  Part& part = *part_of(worker);
  const auto counts = users ? by_class(*users) : part.lost_users;
  placement_.restore(place_of(part), counts);
  count_open(part, +1);
  if (!settings_.rebalancing) target_ = std::min(wanted_, target_ + sum(counts));
  tell(place_of(part));
  lead_again(now);
}

void Orders::remind(std::uint32_t worker) {
  if (has(worker)) tell(place_of_[worker]);
}

void Orders::tell(std::uint32_t place) {
  if (!std::exchange(parts_[place].plain, true)) plain_.push_back(place);
}

void Orders::done(std::uint32_t worker, std::uint64_t order) {
  Part* const part = part_of(worker);
  if (part == nullptr) return;
  const bool counts = there(worker);
  if (counts) count_open(*part, -1);
  part->done = std::max(part->done, order);
  if (counts) count_open(*part, +1);
}

void Orders::count_open(const Part& part, int by) {
  const auto add = [by](std::size_t& number) { number += static_cast<std::size_t>(by); };
  if (part.sent > part.done) add(open_);
  if (part.sent_for_ramp > part.done) add(ramp_open_);
}

// --- time ---

std::vector<Orders::Order> Orders::take_due(TimePoint now) {
  std::vector<Order> orders;
  if (now < held_until_ || placement_.workers_there() == 0) return orders;
  Drafts drafts;
  if ((!ramp_issued() || moving()) && now >= window_end_) draft_window(drafts, now);
  remind_those_behind(now);
  for (const std::uint32_t place : std::exchange(plain_, {})) {
    parts_[place].plain = false;
    Draft& draft = drafts[place];
    draft.for_ramp |= announcing_;
    draft.over = std::max(draft.over, now);
  }
  if (drafts.empty()) return orders;
  ++last_order_;
  for (auto& [place, draft] : drafts) orders.push_back(finish(place, std::move(draft)));
  return orders;
}

TimePoint Orders::due() const {
  if (placement_.workers_there() == 0) return TimePoint::max();
  TimePoint due = TimePoint::max();
  if (!ramp_issued() || moving()) due = window_end_;
  if (!plain_.empty()) due = TimePoint::min();
  if (open_ > 0) due = std::min(due, next_reminder_);
  return std::max(due, held_until_);
}

void Orders::draft_window(Drafts& drafts, TimePoint now) {
  // After a pause of this process, go on at the rate: what was missed would be a burst.
  if (now >= window_end_ + kWindow) {
    ramp_.delay(now - window_end_);
    if (moves_) moves_->delay(now - window_end_);
    window_end_ = now;
  }
  const TimePoint begin = window_end_;
  window_end_ += kWindow;
  const std::uint32_t until = ramp_.due_before(window_end_);
  const auto change = ramp_.grows() ? proto::Spawn::Change::Hatch : proto::Spawn::Change::Stop;
  for (; issued_ < until; ++issued_) {
    const Placement::Seat seat = ramp_.grows() ? placement_.add() : placement_.remove();
    Draft& draft = drafts[seat.worker];
    draft.for_ramp = announcing_;
    add_step(draft, seat, change, ramp_.due(issued_), now);
    ramp_over_ = ramp_.due(issued_);
  }
  if (issued_ > 0) next_step_ = ramp_.due(issued_);
  if (ramp_issued() && moving()) draft_moves(drafts, begin, now);
}

void Orders::draft_moves(Drafts& drafts, TimePoint window_begin, TimePoint now) {
  if (!moves_) {
    moves_ = Ramp{std::max(window_begin, next_step_), 0, UINT32_MAX, users_per_s_};
    moved_ = 0;
  }
  for (; moves_->due(moved_) < window_end_; ++moved_) {
    const auto move = placement_.even_out();
    if (!move) break;
    const TimePoint due = moves_->due(moved_);
    add_step(drafts[move->from.worker], move->from, proto::Spawn::Change::Stop, due, now);
    add_step(drafts[move->to.worker], move->to, proto::Spawn::Change::Hatch, due, now);
  }
  next_step_ = moves_->due(moved_);
  if (!placement_.uneven()) moves_.reset();
}

void Orders::add_step(Draft& draft, Placement::Seat seat, proto::Spawn::Change change,
                      TimePoint due, TimePoint now) {
  const Duration after = std::max(due - now, Duration{}) + delivery();
  draft.spawn.steps.push_back({after, seat.user_class, change});
  draft.over = due;
}

// All users come as much later as it takes until the last of many orders has left: the first ones
// would be late, and the others not.
Duration Orders::delivery() const {
  return std::min(kDelivery * static_cast<int>(placement_.workers_there() / 100), kDeliveryMost);
}

Orders::Order Orders::finish(std::uint32_t place, Draft draft) {
  Part& part = parts_[place];
  count_open(part, -1);
  part.sent = last_order_;
  if (draft.for_ramp) part.sent_for_ramp = last_order_;
  part.over = draft.over;
  if (open_ == 0) next_reminder_ = part.over + settings_.stop_timeout + kRepeat;
  count_open(part, +1);

  draft.spawn.order = last_order_;
  const auto counts = placement_.on_worker(place);
  for (std::size_t c = 0; c < counts.size(); ++c) {
    draft.spawn.targets.push_back({placement_.classes()[c].name, counts[c]});
  }
  return {part.index, std::move(draft.spawn)};
}

void Orders::remind_those_behind(TimePoint now) {
  if (open_ == 0 || now < next_reminder_) return;
  next_reminder_ = now + kWindow;
  for (std::uint32_t place = 0; place < parts_.size(); ++place) {
    const Part& part = parts_[place];
    if (part.sent <= part.done || !placement_.is_there(place)) continue;
    if (now >= part.over + settings_.stop_timeout + kRepeat) tell(place);
  }
}

std::vector<std::uint32_t> Orders::overdue(TimePoint now) const {
  std::vector<std::uint32_t> workers;
  if (!ramp_issued() || now < ramp_over_ + settings_.stop_timeout + kGiveUp) return workers;
  for (std::uint32_t place = 0; place < parts_.size(); ++place) {
    const Part& part = parts_[place];
    if (part.sent_for_ramp > part.done && placement_.is_there(place)) workers.push_back(part.index);
  }
  return workers;
}

// --- questions ---

Orders::Part* Orders::part_of(std::uint32_t worker) {
  if (worker >= place_of_.size() || place_of_[worker] == kNowhere) return nullptr;
  return &parts_[place_of_[worker]];
}

const Orders::Part* Orders::part_of(std::uint32_t worker) const {
  return const_cast<Orders*>(this)->part_of(worker);
}

std::uint32_t Orders::place_of(const Part& part) const { return place_of_[part.index]; }

std::vector<std::uint32_t> Orders::by_class(std::span<const proto::ClassCount> users) const {
  std::vector<std::uint32_t> counts(placement_.classes().size());
  for (const proto::ClassCount& each : users) {
    const auto found =
        std::ranges::lower_bound(placement_.classes(), each.user_class, {}, &ClassShare::name);
    if (found == placement_.classes().end() || found->name != each.user_class) continue;
    counts[static_cast<std::size_t>(found - placement_.classes().begin())] += each.users;
  }
  return counts;
}

bool Orders::ramping(std::uint32_t worker) const {
  const Part* const part = part_of(worker);
  return part != nullptr && (!ramp_issued() || part->sent > part->done);
}

std::uint32_t Orders::users(std::uint32_t worker) const {
  const Part* const part = part_of(worker);
  if (part == nullptr) return 0;
  return there(worker) ? sum(placement_.on_worker(place_of(*part))) : sum(part->lost_users);
}

bool Orders::confirmed_any(std::uint32_t worker) const {
  const Part* const part = part_of(worker);
  return part != nullptr && part->done > 0;
}

}  // namespace swarm::master
