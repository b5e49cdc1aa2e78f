#include "cli/descriptor_limit.h"

#include <sys/resource.h>

#include "common/log.h"

namespace swarm {

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    log(LogLevel::Warning, "swarm.main", "Could not raise the limit of open files: see ulimit -n");
  }
}

}  // namespace swarm
