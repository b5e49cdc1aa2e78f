#include "cli/usable_cores.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <thread>

namespace swarm {
namespace {

constexpr std::string_view kGroups = "/sys/fs/cgroup";

std::string text_of(const Surroundings& around, const std::string& file) {
  const auto text = around.read_file(file);
  return text && text->has_value() ? **text : "";
}

// "200000 100000": microseconds in each period of so many. Without a limit: "max", or -1.
std::optional<double> ratio_of(const std::string& text) {
  std::istringstream numbers{text};
  double quota = 0, period = 0;
  if (!(numbers >> quota >> period) || quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

// Version 2 has one file for both numbers, version 1 two.
std::optional<double> limit_of(const Surroundings& around, const std::string& group, bool one) {
  if (one) return ratio_of(text_of(around, group + "/cpu.max"));
  return ratio_of(text_of(around, group + "/cpu.cfs_quota_us") + " " +
                  text_of(around, group + "/cpu.cfs_period_us"));
}

// The least of a group and of all around it; inside a container they are named as from outside,
// and only the outermost is to be seen.
std::optional<double> least_of(const Surroundings& around, std::string root, std::string path,
                               bool one) {
  std::optional<double> least;
  for (;;) {
    const auto limit = limit_of(around, root + path, one);
    if (limit) least = std::min(*limit, least.value_or(*limit));
    if (path.empty()) return least;
    path.resize(path.rfind('/'));
  }
}

bool is_for_cpu(const std::string& controllers) {
  return fmt::format(",{},", controllers).find(",cpu,") != std::string::npos;
}

}  // namespace

std::optional<double> core_quota(const Surroundings& around) {
  std::optional<double> least;
  std::istringstream lines{text_of(around, "/proc/self/cgroup")};
  for (std::string line; std::getline(lines, line);) {  // hierarchy:controllers:path
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string path = line.substr(second + 1);
    if (!path.starts_with('/') || path == "/") path.clear();

    const bool one = controllers.empty();
    if (!one && !is_for_cpu(controllers)) continue;
    const std::string root =
        one ? std::string{kGroups} : fmt::format("{}/{}", kGroups, controllers);
    const auto limit = least_of(around, root, path, one);
    if (limit) least = std::min(*limit, least.value_or(*limit));
  }
  return least;
}

std::uint32_t usable_cores(const Surroundings& around) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  std::uint32_t cores = std::max(std::thread::hardware_concurrency(), 1U);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    cores = static_cast<std::uint32_t>(std::max(CPU_COUNT(&allowed), 1));
  }
  const auto quota = core_quota(around);
  if (!quota) return cores;
  return std::min(cores, static_cast<std::uint32_t>(std::ceil(std::min(*quota, 1e6))));
}

}  // namespace swarm
