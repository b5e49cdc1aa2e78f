#pragma once

// Load scenarios in C++. Compile a shared library with SWARM_SCENARIO in it, and run it with
// `swarm -f library.so`.

#include "swarm/http.h"      // IWYU pragma: export
#include "swarm/scenario.h"  // IWYU pragma: export
#include "swarm/task.h"      // IWYU pragma: export
#include "swarm/user.h"      // IWYU pragma: export
