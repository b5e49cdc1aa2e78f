#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/surroundings.h"
#include "common/result.h"

namespace swarm {

// The path of the interpreter that swarm was built for.
std::string python_built_for();

// What runs Python scenarios: an interpreter, and the file of ours that it is started with.
struct PythonCommand {
  std::string interpreter;  // as found: a link is kept, since it tells the virtual environment
  std::string bootstrap;

  friend bool operator==(const PythonCommand&, const PythonCommand&) = default;
};

// The interpreter is the `chosen` one (a path, or a name looked up in PATH), else that of the
// active virtual environment, else the one that swarm was built for. Its version is not asked for
// here: to run it would cost more than to start it for good; bootstrap.py judges that. Errors  an
// interpreter that is not there or cannot be executed, no bootstrap.py near the program
Result<PythonCommand> python_command(const std::string& chosen, const Surroundings& around);

// Replaces this process by the interpreter, with the same arguments.
// Errors  an EarlyExit if that fails; on success it does not return
EarlyExit start_python(const PythonCommand& command, const std::vector<std::string>& arguments);

}  // namespace swarm
