#include "proto/messages.h"

#include <algorithm>

namespace swarm::proto {

std::string_view name(RunState state) {
  switch (state) {
    case RunState::Ready:
      return "ready";
    case RunState::Spawning:
      return "spawning";
    case RunState::Running:
      return "running";
    case RunState::Stopping:
      return "stopping";
    case RunState::Stopped:
      return "stopped";
    case RunState::Missing:
      return "missing";
  }
  return "unknown";
}

void Spawn::delayed(Duration by) {
  run_age += by;
  for (Step& step : steps) step.after = std::max(step.after - by, Duration::zero());
}

}  // namespace swarm::proto
