#pragma once

#include <deque>
#include <functional>

#include "common/loop.h"
#include "common/scenario.h"

namespace swarm {

// Runs the hooks of a scenario that surround a run, one after the other, each with what follows it.
// Thread  loop
// Errors  none; a hook that never ends holds back those behind it
class RunHooks {
 public:
  using Hook = void (Scenario::*)(Scenario::Done);

  explicit RunHooks(Loop& loop) : loop_(loop), over_(loop, [this] { go_on(); }) {}

  // `then` is called from the loop, once the hook and all before it are over. `scenario` must
  // outlive that.
  void run(Scenario& scenario, Hook hook, std::function<void()> then);

 private:
  struct Entry {
    Scenario* scenario;
    Hook hook;
    std::function<void()> then;
  };
  void begin();
  void go_on();

  Loop& loop_;
  std::deque<Entry> entries_;  // the first one is under way
  CallbackTimer over_;
};

}  // namespace swarm
