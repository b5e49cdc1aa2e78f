#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/child_workers.h"
#include "cli/options.h"
#include "cli/surroundings.h"
#include "common/result.h"

namespace swarm {

using Arguments = std::vector<std::string>;

// How many workers --processes asks for; 0: none, the process is one of its own.
std::uint32_t wanted_processes(std::optional<int> processes, const Surroundings& around);

// How this program was started, but for its `arguments`: the program, or an interpreter with what
// it runs. In a child's command, other arguments follow.
// Errors  it was called from within another program
Result<ChildCommand> own_command(const Arguments& arguments, const Surroundings& around);

// What makes the arguments of a parent those of its children, which are workers and have no
// children themselves.
struct ChildPlan {
  // Of a parent that is their master: where they find it. Unset: where the parent was told.
  struct Master {
    std::string host;
    std::uint16_t port = 0;
  };
  std::optional<Master> master{};
  std::vector<std::string> locustfiles{};  // what no -f names, but was found
};
// Those of one that is called `name`; empty: it chooses a name.
Arguments child_arguments(Arguments arguments, const ChildPlan& plan, const std::string& name);

// What the children of a parent with this --worker-id are called: ID-1, ID-2, ...; all empty if
// it has none.
std::vector<std::string> child_names(const std::string& worker_id, std::uint32_t count);

// What --master-bind-host and --master-bind-port come to for a master of its own workers. Unless it
// is told otherwise, it is there for them alone, on 127.0.0.1; and if its usual port is taken, on
// another one.
struct Meeting {
  std::string bind_host;
  std::string host;      // where the children find it
  bool private_ = true;  // nobody else comes
  bool any_port = true;  // none is given
};
Meeting meeting_of(const Options& options, const Arguments& arguments, const Surroundings& around);

// The scenario's files, if no source names them: its children may see others first, elsewhere.
Arguments found_locustfiles(const Options& options, const Arguments& arguments,
                            const Surroundings& around);

}  // namespace swarm
