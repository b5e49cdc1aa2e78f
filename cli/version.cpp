#include "cli/version.h"

namespace swarm {

std::string_view version() { return SWARM_VERSION; }

}  // namespace swarm
