// Users that only wait, for the bench: what one costs in memory before it opens a connection.
#include <swarm/swarm.h>

using namespace std::chrono_literals;

class Waiter : public swarm::HttpUser {
 public:
  swarm::Task<> wait() { co_return; }
};

SWARM_SCENARIO(scenario) {
  scenario.user_class<Waiter>("Waiter")
      .wait_time(swarm::constant(1h))
      .task("wait", 1, &Waiter::wait);
}
