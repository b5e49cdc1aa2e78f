#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/result.h"

namespace swarm {

// What options may depend on besides the command line, as functions, so that a test can be the
// world around the process.
struct Surroundings {
  // The value of an environment variable, if it is set.
  std::function<std::optional<std::string>(const std::string& name)> variable;
  // A file's text; no value if there is no such file. Errors: it is there and cannot be read.
  std::function<Result<std::optional<std::string>>(const std::string& path)> read_file;
  // Whether it is a file that this process may execute.
  std::function<bool(const std::string& path)> is_executable;
  std::string program;         // its path
  std::string folder;          // where it was started: what relative names start from
  std::uint16_t columns = 80;  // of what stdout is shown on
};

// Those of this process.
Surroundings real_surroundings();

}  // namespace swarm
