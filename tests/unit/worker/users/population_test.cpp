#include "worker/users/population.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_scenario.h"

namespace swarm::worker {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using Change = PopulationOrder::Change;

constexpr TimePoint t0{1000s};
constexpr UserClassId kA{0};
constexpr UserClassId kB{1};

class PopulationTest : public testing::Test {
 protected:
  PopulationTest() {
    scenario.user_ended = [this](UserId id) { population.user_ended(id); };
  }
  // `count` users of class A come, one each `spacing`.
  void hatch(std::uint32_t count, Duration spacing, TimePoint now) {
    PopulationOrder order{.steps = {}, .targets = {population.alive()[0] + count, 0}};
    for (std::uint32_t i = 0; i < count; ++i)
      order.steps.push_back({i * spacing, kA, Change::Hatch});
    population.obey(order, now);
  }

  test::FakeScenario scenario{{"A", "B"}};
  Population population{scenario};
};

TEST_F(PopulationTest, HatchesEachUserAtItsTime) {
  hatch(4, 250ms, t0);
  EXPECT_THAT(scenario.born, SizeIs(1));
  EXPECT_EQ(population.due(), t0 + 250ms);
  population.tick(t0 + 249ms);
  EXPECT_THAT(scenario.born, SizeIs(1));
  population.tick(t0 + 500ms);
  EXPECT_THAT(scenario.born, SizeIs(3));
  EXPECT_FALSE(population.settled());
  population.tick(t0 + 750ms);
  EXPECT_TRUE(population.settled());
  EXPECT_EQ(population.due(), TimePoint::max());
  EXPECT_THAT(population.alive(), ElementsAre(4, 0));
}

TEST_F(PopulationTest, GivesEveryUserAnIdOfItsOwn) {
  hatch(3, 0s, t0);
  population.stop_all(t0);
  hatch(2, 0s, t0);
  std::set<UserId> ids;
  for (const auto& born : scenario.born) ids.insert(born.id);
  EXPECT_THAT(ids, SizeIs(5));
}

TEST_F(PopulationTest, StopsTheYoungestOfTheClass) {
  population.obey(
      {{{0s, kA, Change::Hatch}, {0s, kB, Change::Hatch}, {0s, kA, Change::Hatch}}, {2, 1}}, t0);
  population.obey({{{0s, kA, Change::Stop}}, {1, 1}}, t0 + 1s);
  EXPECT_THAT(scenario.stopped, ElementsAre(Pair(UserId{3}, StopUser::Now)));
  EXPECT_THAT(population.alive(), ElementsAre(1, 1));
}

TEST_F(PopulationTest, DoesOneOrderAfterTheOther) {
  hatch(2, 500ms, t0);
  population.obey({{{100ms, kA, Change::Stop}}, {1, 0}}, t0 + 100ms);
  EXPECT_THAT(scenario.born, SizeIs(1));
  population.tick(t0 + 500ms);
  EXPECT_THAT(scenario.born, SizeIs(2));
  EXPECT_THAT(population.alive(), ElementsAre(1, 0));
}

TEST_F(PopulationTest, DoesNotReplaceUsersThatEndUntilTheNextOrder) {
  hatch(3, 0s, t0);
  scenario.end(UserId{2});
  population.tick(t0 + 10s);
  EXPECT_THAT(population.alive(), ElementsAre(2, 0));
  population.obey({{}, {3, 0}}, t0 + 11s);
  EXPECT_THAT(population.alive(), ElementsAre(3, 0));
}

TEST_F(PopulationTest, ReplacesEndedUsersOnceAnOrderAndNotAfterEachStep) {
  hatch(2, 500ms, t0);
  scenario.end(UserId{1});
  population.tick(t0 + 500ms);  // the last step
  EXPECT_THAT(scenario.born, SizeIs(2));
  scenario.end(UserId{2});
  population.obey({.steps = {{500ms, kA, Change::Hatch}}, .targets = {3, 0}}, t0 + 1s);
  EXPECT_THAT(scenario.born, SizeIs(4));  // for both, at once
  population.tick(t0 + 1500ms);
  EXPECT_THAT(scenario.born, SizeIs(5));
}

TEST_F(PopulationTest, MakesUpForAnOrderThatNeverArrived) {
  population.obey({{{0s, kA, Change::Hatch}}, {3, 2}}, t0);
  EXPECT_THAT(population.alive(), ElementsAre(3, 2));
}

TEST_F(PopulationTest, EndsUsersAtOnceWithoutAStopTimeout) {
  hatch(3, 0s, t0);
  population.stop_all(t0 + 1s);
  EXPECT_EQ(population.size(), 0u);
  EXPECT_TRUE(population.settled());
  for (const auto& [id, how] : scenario.stopped) EXPECT_EQ(how, StopUser::Now);
}

TEST_F(PopulationTest, LetsTasksFinishWithinTheStopTimeoutThenEndsThem) {
  scenario.ends_after_task = false;
  population.set_stop_timeout(5s);
  hatch(2, 0s, t0);
  population.stop_all(t0 + 1s);
  EXPECT_THAT(population.alive(), ElementsAre(2, 0));
  EXPECT_FALSE(population.settled());
  scenario.end(UserId{1});  // finished its task
  EXPECT_EQ(population.due(), t0 + 6s);
  population.tick(t0 + 5999ms);
  EXPECT_EQ(population.size(), 1u);
  population.tick(t0 + 6s);
  EXPECT_EQ(population.size(), 0u);
  EXPECT_TRUE(population.settled());
  EXPECT_THAT(scenario.stopped,
              ElementsAre(Pair(UserId{2}, StopUser::AfterTask),
                          Pair(UserId{1}, StopUser::AfterTask), Pair(UserId{2}, StopUser::Now)));
}

TEST_F(PopulationTest, ForgetsTheTimeoutOfUsersThatFinish) {
  population.set_stop_timeout(5s);
  hatch(2, 0s, t0);
  population.stop_all(t0 + 1s);
  EXPECT_EQ(population.due(), TimePoint::max());
}

TEST_F(PopulationTest, ForgetsItsOrdersWhenAllAreStopped) {
  hatch(10, 100ms, t0);
  population.stop_all(t0 + 250ms);
  population.tick(t0 + 10s);
  EXPECT_THAT(scenario.born, SizeIs(1));
  EXPECT_TRUE(population.settled());
}

TEST_F(PopulationTest, StoppingUsersAreNotCountedAsThereForTheNextOrder) {
  scenario.ends_after_task = false;
  population.set_stop_timeout(60s);
  hatch(2, 0s, t0);
  population.obey({{{0s, kA, Change::Stop}}, {1, 0}}, t0);
  population.obey({{{0s, kA, Change::Hatch}}, {2, 0}}, t0 + 1s);
  EXPECT_THAT(scenario.born, SizeIs(3));
  EXPECT_EQ(population.size(), 3u);
}

TEST_F(PopulationTest, RemembersNothingOfUsersThatCameAndWent) {
  hatch(1, 0s, t0);
  for (int i = 0; i < 1'000; ++i) {
    hatch(1, 0s, t0);
    scenario.end(scenario.born.back().id);
  }
  population.stop_all(t0);
  EXPECT_EQ(population.size(), 0u);
  EXPECT_THAT(scenario.alive, IsEmpty());
  EXPECT_EQ(scenario.stopped.back().first, UserId{1});
}

// The hatch rate of issue 2: 10,000 users a second, evenly, with a loop that turns every
// millisecond.
TEST_F(PopulationTest, KeepsTenThousandASecondEven) {
  hatch(10'000, 100us, t0);
  for (int ms = 1; ms < 1'000; ++ms) {
    population.tick(t0 + ms * 1ms);
    EXPECT_NEAR(static_cast<double>(scenario.born.size()), ms * 10.0, 1.0);
  }
}

}  // namespace
}  // namespace swarm::worker
