#include "master/aggregate/history.h"

#include <algorithm>
#include <utility>

namespace swarm::master {
namespace {

// How many slots the timelines of endpoints have at most: not all the same number.
constexpr std::size_t kFewestSlots = 500;
// What an endpoint costs beside its timeline.
constexpr std::size_t kBytesEntry = 192;

std::size_t bytes_of(const std::optional<Timeline>& timeline) {
  return timeline ? timeline->bytes() : 0;
}

}  // namespace

void History::begin(std::uint64_t key, std::string label, TimePoint started) {
  const bool keep = !runs_.empty() && key != key_ && runs_.front().total.requests() > 0;
  if (!keep && !runs_.empty()) runs_.pop_front();
  if (key != key_ || last_number_ == 0) ++last_number_;
  key_ = key;
  while (runs_.size() >= kMostRuns) runs_.pop_back();
  runs_.push_front({.number = last_number_, .label = std::move(label), .started = started});
  endpoints_.clear();
  bytes_endpoints_ = 0;
}

void History::end(TimePoint now, EndpointRow totals) {
  if (runs_.empty()) return;
  runs_.front().ended = now;
  runs_.front().totals = std::move(totals);
}

void History::mark(std::string text, TimePoint now) {
  if (runs_.empty() || runs_.front().ended || runs_.front().marks.size() >= kMostMarks) return;
  runs_.front().marks.push_back({now - runs_.front().started, std::move(text)});
}

std::int64_t History::second_of(TimePoint now) const {
  return std::max<std::int64_t>((now - runs_.front().started) / std::chrono::seconds{1}, 0);
}

void History::add(const std::map<EndpointName, EndpointStats>& measured, TimePoint now) {
  if (runs_.empty() || measured.empty()) return;
  const std::int64_t latest = second_of(now);
  EndpointStats sum;
  for (const auto& [name, stats] : measured) {
    sum.merge(stats);
    record(name, stats, latest);
  }
  runs_.front().total.add(sum, latest, portions_);
  give_up_some();
}

void History::record(const EndpointName& name, const EndpointStats& stats, std::int64_t latest) {
  auto place = endpoints_.lower_bound(name);
  if (place == endpoints_.end() || place->first != name) {
    const std::size_t slots =
        kFewestSlots + next_most_slots_++ * 37 % (Timeline::kMostSlots - kFewestSlots + 1);
    place = endpoints_.emplace_hint(place, name, Recorded{Timeline(kCoarseness, slots)});
    bytes_endpoints_ += bytes_of(place->second.timeline) + kBytesEntry;
  }
  Recorded& its = place->second;
  its.requests += stats.requests;
  if (!its.timeline) return;
  bytes_endpoints_ -= its.timeline->bytes();
  its.timeline->add(stats, latest, portions_);
  bytes_endpoints_ += its.timeline->bytes();
  give_up_some();
}

void History::add_users(std::uint32_t users, TimePoint now) {
  if (!runs_.empty()) runs_.front().total.add_users(users, second_of(now));
}

void History::give_up_some() {
  const auto poorest = [this](bool summarized) {
    auto least = endpoints_.end();
    for (auto each = endpoints_.begin(); each != endpoints_.end(); ++each) {
      if (!each->second.timeline || each->second.timeline->summarized() != summarized) continue;
      if (least == endpoints_.end() || each->second.requests < least->second.requests) least = each;
    }
    return least;
  };
  while (bytes() > most_bytes_) {
    const auto full = poorest(false);
    const auto chosen = full != endpoints_.end() ? full : poorest(true);
    if (chosen == endpoints_.end()) return;
    std::optional<Timeline>& timeline = chosen->second.timeline;
    bytes_endpoints_ -= timeline->bytes();
    full != endpoints_.end() ? timeline->summarize() : timeline.reset();
    bytes_endpoints_ += bytes_of(timeline);
  }
}

std::vector<const RecordedRun*> History::runs() const {
  std::vector<const RecordedRun*> all;
  for (const RecordedRun& run : runs_) all.push_back(&run);
  return all;
}

const RecordedRun* History::run(std::uint64_t number) const {
  const auto found = std::ranges::find(runs_, number, &RecordedRun::number);
  return found == runs_.end() ? nullptr : &*found;
}

const Timeline* History::endpoint(const EndpointName& name) const {
  const auto found = endpoints_.find(name);
  return found == endpoints_.end() || !found->second.timeline ? nullptr : &*found->second.timeline;
}

std::size_t History::bytes() const {
  std::size_t sum = bytes_endpoints_;
  for (const RecordedRun& run : runs_) sum += run.total.bytes();
  return sum;
}

}  // namespace swarm::master
