#include "worker/python/process_loop.h"

namespace swarm::python {

Loop& process_loop() {
  static auto* const loop = new Loop;
  return *loop;
}

}  // namespace swarm::python
