#include "master/views/wall_clock.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace swarm::master {

std::string utc_text(double epoch_s) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(epoch_s)));
}

}  // namespace swarm::master
