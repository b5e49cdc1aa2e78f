#include "master/aggregate/timeline.h"

#include <algorithm>
#include <cmath>

#include "common/assert.h"

namespace swarm::master {

void Timeline::add(const EndpointStats& stats, std::int64_t latest, Portions& portions) {
  if (const Histogram& times = stats.response_times; !times.empty()) {
    least_ = std::min(least_, times.min());
    greatest_ = std::max(greatest_, times.max());
  }
  for (const Portion& portion : portions.of(stats, coarseness_, width_, latest)) {
    Slot& slot = slot_of(portion.second);
    const auto place = static_cast<std::size_t>(&slot - slots_.data());
    add_latencies(place, slot.requests, portion.requests, portion.latencies);
    slot.requests += portion.requests;
    slot.failures += portion.failures;
    requests_ += portion.requests;
  }
}

void Timeline::add_latencies(std::size_t slot, std::uint64_t requests_before,
                             std::uint64_t requests, std::span<const Latencies::Bucket> buckets) {
  if (buckets.empty()) return;
  if (summarized_) {
    summaries_[slot] = joined(summaries_[slot], requests_before, summary_of(buckets), requests);
    return;
  }
  Latencies& latencies = slots_[slot].latencies;
  bytes_slots_ -= latencies.bytes();
  latencies.add(buckets);
  bytes_slots_ += latencies.bytes();
}

void Timeline::add_users(std::uint32_t users, std::int64_t second) {
  slot_of(std::max<std::int64_t>(second, 0));
  const auto place = static_cast<std::size_t>(std::max<std::int64_t>(second, 0) / width_);
  if (users_.size() <= place) users_.resize(place + 1, kUnknown);
  users_[place] = std::max(users_[place], users + 1);
}

Timeline::Slot& Timeline::slot_of(std::int64_t second) {
  while (second / width_ >= static_cast<std::int64_t>(most_slots_)) thin();
  const auto place = static_cast<std::size_t>(second / width_);
  if (place >= slots_.size()) {
    // Grown by little: most of a run's memory is here, and it must not be twice what is used.
    if (place >= slots_.capacity()) slots_.reserve(std::min(most_slots_, place + place / 8 + 8));
    slots_.resize(place + 1);
    if (summarized_) {
      summaries_.reserve(slots_.capacity());
      summaries_.resize(slots_.size());
    }
  }
  return slots_[place];
}

void Timeline::thin() {
  width_ *= 2;
  bytes_slots_ = 0;
  const std::size_t half = (slots_.size() + 1) / 2;
  for (std::size_t i = 0; i < half; ++i) {
    Slot joint = std::move(slots_[2 * i]);
    Summary summary = summarized_ ? summaries_[2 * i] : Summary{};
    if (2 * i + 1 < slots_.size()) {
      const Slot& second = slots_[2 * i + 1];
      if (summarized_) {
        summary = joined(summary, joint.requests, summaries_[2 * i + 1], second.requests);
      }
      joint.latencies.merge(second.latencies);
      joint.requests += second.requests;
      joint.failures += second.failures;
    }
    bytes_slots_ += joint.latencies.bytes();
    slots_[i] = std::move(joint);
    if (summarized_) summaries_[i] = summary;
  }
  slots_.resize(half);
  if (summarized_) summaries_.resize(half);
  for (std::size_t i = 0; i < users_.size(); ++i) {
    std::uint32_t& into = users_[i / 2];
    into = i % 2 == 0 ? users_[i] : std::max(into, users_[i]);
  }
  users_.resize((users_.size() + 1) / 2);
}

void Timeline::summarize() {
  if (summarized_) return;
  summarized_ = true;
  summaries_.reserve(slots_.capacity());
  for (Slot& slot : slots_) {
    summaries_.push_back(slot.latencies.empty() ? Summary{} : summary_of(slot.latencies.buckets()));
    slot.latencies = {};
  }
  bytes_slots_ = 0;
}

Timeline::Summary Timeline::summary_of(std::span<const Latencies::Bucket> buckets) const {
  Summary summary;
  for (std::size_t i = 0; i < summary.size(); ++i) {
    const std::uint32_t index = Latencies::percentile(buckets, kSummary[i]);
    // One higher, so that no position is that of nothing.
    summary[i] = static_cast<std::uint16_t>(std::min((index + 1) * kFraction, 0xFFFFu));
  }
  return summary;
}

Timeline::Summary Timeline::joined(const Summary& a, std::uint64_t weight_a, const Summary& b,
                                   std::uint64_t weight_b) {
  if (a[0] == 0) return b;
  if (b[0] == 0) return a;
  const double part = static_cast<double>(weight_b) /
                      static_cast<double>(std::max<std::uint64_t>(weight_a + weight_b, 1));
  Summary mean;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    mean[i] = static_cast<std::uint16_t>(std::lround(a[i] + part * (b[i] - a[i])));
  }
  mean.back() = std::max(a.back(), b.back());
  return mean;
}

std::optional<std::uint32_t> Timeline::users(std::size_t slot) const {
  if (slot >= users_.size() || users_[slot] == kUnknown) return std::nullopt;
  return users_[slot] - 1;
}

std::uint32_t Timeline::most_users() const {
  const auto most = std::ranges::max_element(users_);
  return most == users_.end() || *most == kUnknown ? 0 : *most - 1;
}

std::optional<Duration> Timeline::percentile(std::size_t slot, double p) const {
  SWARM_ASSERT(slot < slots_.size());
  if (!summarized_) {
    const auto buckets = slots_[slot].latencies.buckets();
    if (buckets.empty()) return std::nullopt;
    return middle_of(Latencies::percentile(buckets, p));
  }
  const auto known = std::ranges::find(kSummary, p);
  SWARM_ASSERT(known != kSummary.end());
  const std::uint16_t position =
      summaries_[slot][static_cast<std::size_t>(known - kSummary.begin())];
  if (position == 0) return std::nullopt;
  return middle_of(position / kFraction - 1u);
}

// The middle of a wide bucket may lie beyond the slowest response there was.
Duration Timeline::middle_of(std::uint32_t index) const {
  return std::clamp(Latencies::middle_of(index, coarseness_), least_, std::max(least_, greatest_));
}

std::size_t Timeline::bytes_beside() const {
  return slots_.capacity() * sizeof(Slot) + users_.capacity() * sizeof(std::uint32_t) +
         summaries_.capacity() * sizeof(Summary);
}

}  // namespace swarm::master
