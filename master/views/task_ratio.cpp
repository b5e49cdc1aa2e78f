#include "master/views/task_ratio.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace swarm::master {
namespace {

// Users of each class, as Locust counts them for this purpose: each share rounded by itself, half
// to even. Without a number of users the weights are the shares, unless a class has a fixed count:
// then those classes are all there is.
std::vector<double> spread(std::span<const UserClass> classes, std::uint32_t users) {
  double weights = 0;
  double fixed = 0;
  for (const auto& c : classes) {
    fixed += c.fixed_count;
    if (c.fixed_count == 0) weights += c.weight;
  }
  const double weighted = std::max(static_cast<double>(users) - fixed, 0.0);
  std::vector<double> counts;
  for (const auto& c : classes) {
    if (c.fixed_count > 0) {
      counts.push_back(c.fixed_count);
    } else if (users == 0) {
      counts.push_back(fixed > 0 ? 0 : c.weight);
    } else {
      counts.push_back(weights > 0 ? std::nearbyint(c.weight / weights * weighted) : 0);
    }
  }
  return counts;
}

std::vector<TaskRatio> ratios_below(const std::vector<TaskNode>& tasks, double parent, RatioOf of) {
  const double whole = of == RatioOf::Total ? parent : 1.0;
  double weights = 0;
  for (const auto& task : tasks) weights += task.weight;
  std::vector<TaskRatio> ratios;
  for (const auto& task : tasks) {
    const double ratio = task.weight * whole / weights;
    ratios.push_back({task.name, ratio, ratios_below(task.children, ratio, of)});
  }
  return ratios;
}

}  // namespace

std::vector<TaskRatio> task_ratios(std::span<const UserClass> classes, std::uint32_t users,
                                   RatioOf of) {
  const std::vector<double> counts = spread(classes, users);
  const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
  std::vector<TaskRatio> ratios;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const double ratio = all > 0 ? counts[i] / all : 0;
    ratios.push_back({classes[i].name, ratio, ratios_below(classes[i].tasks, ratio, of)});
  }
  return ratios;
}

}  // namespace swarm::master
