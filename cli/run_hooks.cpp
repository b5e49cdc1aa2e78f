#include "cli/run_hooks.h"

#include <utility>

namespace swarm {

void RunHooks::run(Scenario& scenario, Hook hook, std::function<void()> then) {
  entries_.push_back({&scenario, hook, std::move(then)});
  if (entries_.size() == 1) begin();
}

void RunHooks::begin() {
  const Entry& entry = entries_.front();
  // The hook may end within the call, or on a stack of its own later.
  (entry.scenario->*entry.hook)([this] { over_.schedule(loop_.now()); });
}

void RunHooks::go_on() {
  if (entries_.empty()) return;
  const auto then = std::move(entries_.front().then);
  entries_.pop_front();
  if (!entries_.empty()) begin();
  then();
}

}  // namespace swarm
