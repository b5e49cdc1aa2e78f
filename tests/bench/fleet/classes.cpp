// Three user classes for the masters of the fleet bench; nobody runs their users.
#include <swarm/swarm.h>

using namespace std::chrono_literals;

class Waiter : public swarm::HttpUser {
 public:
  swarm::Task<> wait() { co_return; }
};

SWARM_SCENARIO(scenario) {
  for (const auto& [name, weight] : {std::pair{"Often", 5}, {"Seldom", 2}, {"Sometimes", 3}}) {
    scenario.user_class<Waiter>(name)
        .weight(weight)
        .wait_time(swarm::constant(1h))
        .task("wait", 1, &Waiter::wait);
  }
}
