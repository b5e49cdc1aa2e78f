#include "cli/run_hooks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_scenario.h"

namespace swarm {
namespace {

using testing::ElementsAre;

struct World {
  Loop loop{};
  test::FakeScenario scenario{{"Buyer"}};
  RunHooks hooks{loop};

  void run(RunHooks::Hook hook, const std::string& then) {
    hooks.run(scenario, hook, [this, then] { scenario.calls.push_back(then); });
  }
  void turn() { loop.turn(Duration{}); }
};

TEST(RunHooks, AreFollowedByWhatIsToFollow) {
  World world;
  world.run(&Scenario::test_start, "begin");
  EXPECT_THAT(world.scenario.calls, ElementsAre("test_start"));
  world.turn();
  EXPECT_THAT(world.scenario.calls, ElementsAre("test_start", "begin"));
}

TEST(RunHooks, WaitForThoseBeforeThem) {
  World world;
  world.scenario.hooks_last = true;
  world.run(&Scenario::test_stopping, "stop");
  world.run(&Scenario::test_stop, "end");
  world.turn();
  EXPECT_THAT(world.scenario.calls, ElementsAre("test_stopping"));
  world.scenario.unfinished();
  world.turn();
  EXPECT_THAT(world.scenario.calls, ElementsAre("test_stopping", "test_stop", "stop"));
  world.scenario.unfinished();
  world.turn();
  EXPECT_EQ(world.scenario.calls.back(), "end");
}

TEST(RunHooks, MayBeRunByWhatFollowsOne) {
  World world;
  world.hooks.run(world.scenario, &Scenario::test_start,
                  [&] { world.run(&Scenario::test_stop, "end"); });
  world.turn();
  world.turn();
  EXPECT_THAT(world.scenario.calls, ElementsAre("test_start", "test_stop", "end"));
}

}  // namespace
}  // namespace swarm
