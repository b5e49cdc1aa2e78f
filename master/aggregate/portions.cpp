#include "master/aggregate/portions.h"

#include <algorithm>
#include <cmath>

namespace swarm::master {
namespace {

// A timeline has no more slots than these anyway.
constexpr std::int64_t kMostOlder = 600;

std::int64_t second_of(Duration time) {
  return std::max<std::int64_t>(time / std::chrono::seconds{1}, 0);
}

}  // namespace

std::span<const Portion> Portions::of(const EndpointStats& stats, unsigned coarseness,
                                      std::int64_t width, std::int64_t latest) {
  used_ = 0;
  if (stats.requests == 0) return {};
  latest = std::max<std::int64_t>(latest, 0);
  count_older(stats, latest);
  count_seconds(stats, latest);
  Latencies::fold(stats.response_times, coarseness, buckets_);
  const bool one_slot = portions_[0].second / width == portions_[used_ - 1].second / width;
  if (one_slot) {
    join(width);
    portions_[0].latencies.swap(buckets_);
  } else {
    deal();
    join(width);
  }
  return {portions_.data(), used_};
}

Portion& Portions::next(std::int64_t second) {
  if (used_ == portions_.size()) portions_.emplace_back();
  Portion& portion = portions_[used_++];
  portion.second = second;
  portion.requests = portion.failures = 0;
  portion.latencies.clear();
  return portion;
}

void Portions::count_seconds(const EndpointStats& stats, std::int64_t latest) {
  for (std::int64_t second = stats.seconds.begin(); second < stats.seconds.end(); ++second) {
    const SecondCounts::Counts counts = stats.seconds.at(second);
    if (counts.requests == 0) continue;
    const std::int64_t at = std::min(second, latest);
    Portion& portion =
        used_ > 0 && portions_[used_ - 1].second >= at ? portions_[used_ - 1] : next(at);
    portion.requests += counts.requests;
    portion.failures += counts.failures;
  }
}

void Portions::count_older(const EndpointStats& stats, std::int64_t latest) {
  std::uint64_t requests = stats.requests;
  std::uint64_t failures = stats.failures;
  for (std::int64_t second = stats.seconds.begin(); second < stats.seconds.end(); ++second) {
    const SecondCounts::Counts counts = stats.seconds.at(second);
    requests -= std::min<std::uint64_t>(requests, counts.requests);
    failures -= std::min<std::uint64_t>(failures, counts.failures);
  }
  if (requests == 0) return;
  failures = std::min(failures, requests);
  const std::int64_t known =
      stats.seconds.empty() ? second_of(stats.last) + 1 : stats.seconds.begin();
  const std::int64_t to = std::clamp<std::int64_t>(known, 1, latest + 1);
  const std::int64_t from = std::clamp<std::int64_t>(second_of(stats.first), 0, to - 1);
  auto left = static_cast<std::uint64_t>(std::min(to - from, kMostOlder));
  const std::int64_t steps = static_cast<std::int64_t>(left);
  for (std::int64_t step = 0; step < steps; ++step, --left) {
    Portion& portion = next(from + step * (to - from) / steps);
    portion.requests = requests / left;
    portion.failures = std::min(failures / left, portion.requests);
    requests -= portion.requests;
    failures -= portion.failures;
  }
}

// What a portion is owed and does not get of one bucket, because counts are whole, it gets of a
// later one.
void Portions::deal() {
  std::uint64_t all = 0;
  for (std::size_t p = 0; p < used_; ++p) all += portions_[p].requests;
  owed_.assign(used_, 0);
  for (const Latencies::Bucket& bucket : buckets_) {
    std::uint64_t left = bucket.count;
    const double each = static_cast<double>(bucket.count) / static_cast<double>(all);
    for (std::size_t p = 0; p < used_; ++p) {
      owed_[p] += each * static_cast<double>(portions_[p].requests);
      const auto whole = static_cast<std::uint64_t>(std::max(std::floor(owed_[p]), 0.0));
      const std::uint64_t given = std::min(whole, left);
      if (given == 0) continue;
      portions_[p].latencies.push_back({bucket.index, given});
      owed_[p] -= static_cast<double>(given);
      left -= given;
    }
    for (; left > 0; --left) {
      const auto most = static_cast<std::size_t>(std::ranges::max_element(owed_) - owed_.begin());
      Latencies::Buckets& its = portions_[most].latencies;
      if (its.empty() || its.back().index != bucket.index) its.push_back({bucket.index, 0});
      ++its.back().count;
      owed_[most] -= 1;
    }
  }
}

void Portions::join(std::int64_t width) {
  std::size_t kept = 0;
  for (std::size_t p = 1; p < used_; ++p) {
    Portion& into = portions_[kept];
    Portion& from = portions_[p];
    if (into.second / width != from.second / width) {
      if (++kept != p) std::swap(portions_[kept], from);
      continue;
    }
    into.requests += from.requests;
    into.failures += from.failures;
    if (from.latencies.empty()) continue;
    Latencies sum;
    sum.add(into.latencies);
    sum.add(from.latencies);
    into.latencies = sum.buckets();
  }
  used_ = kept + 1;
}

}  // namespace swarm::master
