#include "common/blocks.h"
#include "swarm/task.h"

namespace swarm::detail {

void* allocate_frame(std::size_t size) { return take_block(size); }
void free_frame(void* frame, std::size_t size) noexcept { give_block(frame, size); }

}  // namespace swarm::detail
