#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/clock.h"
#include "common/stats/endpoint_stats.h"
#include "master/aggregate/latencies.h"
#include "master/aggregate/portions.h"

namespace swarm::master {

// What became of one endpoint, or of all, over the time of a run, in at most so many slots: when
// they are used up, each two become one. What slots count adds up to what was measured, always.
//
// Flow    EndpointStats (of a Delta) -> [Timeline] -> history views
// Thread  any, one at a time: a copy is a value
// Errors  none
// Units   seconds since the run started; slot i is [i * width, (i + 1) * width)
class Timeline {
 public:
  static constexpr std::size_t kMostSlots = 600;
  // What a summary keeps of a slot's response times.
  static constexpr std::array<double, 5> kSummary{0.5, 0.75, 0.95, 0.99, 1};

  struct Slot {
    std::uint64_t requests = 0;
    std::uint64_t failures = 0;  // of requests
    Latencies latencies;         // of requests that had a response time; empty in a summary
    friend bool operator==(const Slot&, const Slot&) = default;
  };

  // `coarseness` as in Latencies.
  explicit Timeline(unsigned coarseness, std::size_t most_slots = kMostSlots)
      : coarseness_(coarseness), most_slots_(most_slots) {}

  // Adds what a delta says, in any order of deltas. `latest`: the present second. Whoever adds to
  // many timelines gives each the same `portions`.
  void add(const EndpointStats& stats, std::int64_t latest, Portions& portions);
  // So many users were alive at that time. Where slots are joined the most are kept.
  void add_users(std::uint32_t users, std::int64_t second);

  // From now on keeps of each slot's response times kSummary alone, which joined slots have only
  // approximately. Counts stay exact.
  void summarize();
  bool summarized() const { return summarized_; }

  std::int64_t width() const { return width_; }  // seconds; a power of two
  std::span<const Slot> slots() const { return slots_; }
  // Unknown where nobody told.
  std::optional<std::uint32_t> users(std::size_t slot) const;
  std::uint32_t most_users() const;
  // The response time at place int(count * p) of a slot, never outside of what was measured over
  // all slots; of a summary, p must be in it. No value: nothing had a response time.
  std::optional<Duration> percentile(std::size_t slot, double p) const;
  unsigned coarseness() const { return coarseness_; }

  std::uint64_t requests() const { return requests_; }
  // Memory, estimated; changes by add(), add_users() and summarize() only.
  std::size_t bytes() const { return sizeof(*this) + bytes_slots_ + bytes_beside(); }

  friend bool operator==(const Timeline&, const Timeline&) = default;

 private:
  static constexpr std::uint32_t kUnknown = 0;  // users are kept one higher
  // Positions of kSummary in buckets, kFraction a bucket: what is averaged again and again must not
  // be rounded to whole buckets. All zero: none.
  using Summary = std::array<std::uint16_t, kSummary.size()>;
  static constexpr unsigned kFraction = 64;

  Slot& slot_of(std::int64_t second);
  void thin();
  void add_latencies(std::size_t slot, std::uint64_t requests_before, std::uint64_t requests,
                     std::span<const Latencies::Bucket> buckets);
  Summary summary_of(std::span<const Latencies::Bucket> buckets) const;
  Duration middle_of(std::uint32_t index) const;
  static Summary joined(const Summary& a, std::uint64_t weight_a, const Summary& b,
                        std::uint64_t weight_b);
  std::size_t bytes_beside() const;

  unsigned coarseness_;
  std::size_t most_slots_;
  bool summarized_ = false;
  std::int64_t width_ = 1;
  std::uint64_t requests_ = 0;
  Duration least_ = Duration::max();
  Duration greatest_{};
  std::size_t bytes_slots_ = 0;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> users_;  // by slot; may be shorter
  std::vector<Summary> summaries_;    // by slot, if summarized
};

}  // namespace swarm::master
