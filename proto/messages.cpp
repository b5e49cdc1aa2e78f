#include "proto/messages.h"

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

}  // namespace swarm::proto
