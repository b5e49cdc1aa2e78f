#pragma once

namespace swarm {

// The memory of many users lies in huge pages where the kernel has them to give. In small ones it
// takes the processor up to a third of a request's user time to find where a user's memory is.
//
// Source  /sys/kernel/mm/transparent_hugepage/enabled: `madvise` or `always`; with `never`, and
//         with another heap than glibc's, nothing changes
// Thread  any; what other threads than the first allocate is not meant

// Makes the heap grow in large steps. Once per process, before it has grown much.
void prepare_heap();
// Asks for huge pages for what the heap has grown by since the last call. A system call only if it
// has grown: for a loop to call often.
void back_heap();

}  // namespace swarm
