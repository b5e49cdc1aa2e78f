#include "master/aggregate/worker_record.h"

#include <algorithm>
#include <cmath>

namespace swarm::master {
namespace {

// A shorter interval, such as a run's last, is all busy or all quiet and says nothing.
constexpr Duration kShortestPeak = std::chrono::milliseconds{50};

}  // namespace

void WorkerRecord::add(const WorkerHealth& health) {
  if (health.wall <= Duration::zero()) return;
  const double busy = health.loop_busy_ratio();
  time_at_percent_[static_cast<std::size_t>(std::lround(busy * 100))] += health.wall;
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

WorkerRow WorkerRecord::row(const std::string& id) const {
  return {.id = id,
          .requests = requests_,
          .newest = all_,
          .busy_ratio = all_.loop_busy_ratio(),
          .sustained_busy_ratio = sustained_busy_ratio(),
          .peak_busy_ratio = peak_busy_ratio_,
          .observed = all_.wall,
          .longest_turn = all_.longest_turn,
          .lateness = all_.lateness,
          .most_descriptors_used = most_descriptors_used_};
}

}  // namespace swarm::master
