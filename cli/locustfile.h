#pragma once

#include <string>
#include <vector>

#include "common/result.h"

namespace swarm {

// The scenario files that -f names, each there and readable. `locustfile` also finds
// locustfile.py, as early Locusts had it.
// Errors  a file that is missing, unreadable or of a kind that this version cannot run; the
//         program then exits with 1
Result<std::vector<std::string>> find_locustfiles(const std::vector<std::string>& names);

}  // namespace swarm
