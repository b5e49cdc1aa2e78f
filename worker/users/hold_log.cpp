#include "worker/users/hold_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace swarm::worker {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

std::optional<std::string> HoldLog::note(std::string_view name, Duration held, TimePoint now) {
  const auto [found, is_new] = tasks_.try_emplace(std::string(name));
  Task& task = found->second;
  if (!is_new && now - task.told < kInterval) {
    ++task.untold;
    task.longest = std::max(task.longest, held);
    return std::nullopt;
  }
  std::string line = fmt::format(
      "{} held the loop for {:.1f} s: other users waited; use a cooperative library or move the "
      "work to a thread",
      name, seconds(held));
  if (task.untold > 0) {
    line += fmt::format(" ({} more {} since the last such line, up to {:.1f} s)", task.untold,
                        task.untold == 1 ? "time" : "times", seconds(task.longest));
  }
  task = {.told = now};
  return line;
}

}  // namespace swarm::worker
