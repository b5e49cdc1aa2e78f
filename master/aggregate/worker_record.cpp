#include "master/aggregate/worker_record.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace swarm::master {
namespace {

// A shorter interval, such as a run's last, is all busy or all quiet and says nothing.
constexpr Duration kShortestPeak = std::chrono::milliseconds{50};

}  // namespace

void WorkerRecord::add(const proto::Heartbeat& heartbeat) {
  longest_lag_ = std::max(longest_lag_, heartbeat.loop_lag);
  if (heartbeat.bytes_memory > 0) bytes_memory_ = heartbeat.bytes_memory;
}

void WorkerRecord::set_users(std::span<const proto::ClassCount> users) {
  users_ = 0;
  for (const proto::ClassCount& each : users) users_ += each.users;
  peak_users_ = std::max(peak_users_, users_);
}

void WorkerRecord::add(const WorkerHealth& health) {
  if (health.bytes_memory > 0) bytes_memory_ = health.bytes_memory;
  if (health.wall <= Duration::zero()) return;
  const double busy = health.loop_busy_ratio();
  Duration& time = time_at_percent_[static_cast<std::size_t>(std::lround(busy * 100))];
  time = saturating_sum(time, health.wall);
  if (health.wall >= kShortestPeak) peak_busy_ratio_ = std::max(peak_busy_ratio_, busy);
  most_descriptors_used_ = std::max(most_descriptors_used_, health.descriptors_used);
  all_.extend(health);
}

double WorkerRecord::sustained_busy_ratio() const {
  const double enough = (1 - kSustained) * static_cast<double>(all_.wall.count());
  double passed = 0;
  for (std::size_t percent = time_at_percent_.size(); percent-- > 1;) {
    passed += static_cast<double>(time_at_percent_[percent].count());
    if (passed > 0 && passed >= enough) return static_cast<double>(percent) / 100;
  }
  return 0;
}

WorkerRow WorkerRecord::row(const std::string& id, Duration length) const {
  const double length_s = std::chrono::duration<double>(length).count();
  WorkerRow row{.id = id,
                .requests = requests_,
                .newest = all_,
                .busy_ratio = all_.loop_busy_ratio(),
                .sustained_busy_ratio = sustained_busy_ratio(),
                .peak_busy_ratio = peak_busy_ratio_,
                .observed = all_.wall,
                .longest_turn = all_.longest_turn,
                .longest_lag = std::max(longest_lag_, all_.longest_turn),
                .lateness = all_.lateness,
                .most_descriptors_used = most_descriptors_used_,
                .users = users_,
                .peak_users = peak_users_,
                .requests_per_s = length_s > 0 ? static_cast<double>(requests_) / length_s : 0,
                .send_lag_p99 = send_lag_.percentile(0.99),
                .paced = send_lag_.count(),
                .lost_intervals = lost_intervals_};
  row.newest.bytes_memory = bytes_memory_;
  return row;
}

}  // namespace swarm::master
