#pragma once

#include <string>
#include <vector>

#include "cli/surroundings.h"
#include "common/result.h"

namespace swarm {

// The scenario files that `names` stand for, as absolute paths, each once, each there and readable:
// either Python files or one compiled scenario. A name is a file, whose .py may be left out, or a
// folder: all *.py below it but those that begin with `_`, sorted. Without names, it is the nearest
// locustfile.py: here or in a folder above, up to the home folder or the root.
// Errors  a name that is missing, unreadable or of a kind that this version cannot run; the program
//         then exits with 1
Result<std::vector<std::string>> find_locustfiles(const std::vector<std::string>& names,
                                                  const Surroundings& around);

bool is_python(const std::string& file);

}  // namespace swarm
