#include "cli/master_host.h"

#include "common/assert.h"
#include "common/loop.h"

namespace swarm {

MasterHost::MasterHost(Loop& loop, std::string host, std::function<void()> stop)
    : loop_(loop), host_(std::move(host)), stop_(std::move(stop)), recorder_(loop.now()) {}

void MasterHost::user_ended(UserId) { SWARM_ASSERT(false); }  // a master starts none

}  // namespace swarm
