#pragma once

namespace swarm {

// A connection is a descriptor, of a user or of a worker, and the usual limit of 1024 is meant for
// other programs: raises it to what the system allows. Warns if that fails.
void raise_descriptor_limit();

}  // namespace swarm
