#pragma once

#include "common/loop.h"

namespace swarm::python {

// The loop of the process, on which the engine lives and the hub of the main thread runs. Made when
// it is first asked for, and never destroyed.
// Thread  main
Loop& process_loop();

}  // namespace swarm::python
