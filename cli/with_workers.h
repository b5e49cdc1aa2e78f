#pragma once

#include <cstdint>

#include "cli/processes.h"
#include "cli/scenario_main.h"

namespace swarm {

// `--worker --processes N`: starts the workers, passes SIGTERM and Ctrl-C on to them, and returns
// the largest of their exit codes. Before anything is loaded.
// Errors  logged: a worker that cannot be started, or that ends badly; the others go on
int supervise_workers(const Arguments& arguments, const EarlyOptions& options, std::uint32_t count);

// `--processes N`: the master role with that many workers of its own, which end with it. Once the
// scenario's files are read, so that what is wrong with them is said once. Returns the largest exit
// code of all.
// Errors  logged: those of run_master(), no way to start workers, a port that is taken. If the last
//         of the workers is lost and no others can come, the run ends.
int run_master_with_workers(Options options, const Arguments& arguments, std::uint32_t count,
                            const FrontEnd& front_end);

}  // namespace swarm
