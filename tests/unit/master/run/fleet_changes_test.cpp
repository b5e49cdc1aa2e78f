// A coordinator and a fleet of which workers come, fall silent, return and go, in simulated time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "master/run/coordinator.h"
#include "tests/support/simulated_fleet.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using proto::RunState;
using test::SimulatedFleet;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint t0{1000s};

class FleetChanges : public testing::Test {
 protected:
  void make(Coordinator::Settings settings, int workers) {
    if (settings.classes.empty()) {
      settings.classes = {{.name = "A", .weight = 3}, {.name = "B", .weight = 1}};
    }
    settings_ = settings;
    restart_master();
    for (int i = 0; i < workers; ++i) fleet.add("w" + std::to_string(i));
    fleet.advance(100ms);
  }

  void restart_master() {
    fleet.attach(nullptr);
    totals = 0;
    lost.clear();
    coordinator.emplace(
        fleet, settings_,
        Coordinator::Outlets{
            .report =
                [this](const proto::WorkerId&, proto::Report report) {
                  for (const auto& [name, stats] : report.delta.endpoints) {
                    totals += stats.requests;
                  }
                },
            .reset = [this](TimePoint) { totals = 0; },
            .state = [this](RunState state) { states.push_back(state); },
            .lost = [this](const LostMeasurements& loss) { lost[loss.worker] = loss; }});
    fleet.attach(&*coordinator);
  }

  void start(std::uint32_t users, double rate) {
    ASSERT_TRUE(coordinator->start({users, rate, {}}, fleet.now()));
  }
  void stop() {
    coordinator->stop(fleet.now());
    for (int i = 0; i < 40 && coordinator->state() != RunState::Stopped; ++i) fleet.advance(5s);
    EXPECT_EQ(coordinator->state(), RunState::Stopped);
  }

  // The most users on a worker less the fewest.
  std::uint32_t spread() {
    std::vector<std::uint32_t> loads;
    for (const auto& [id, worker] : fleet.workers()) loads.push_back(worker->users());
    const auto [low, high] = std::ranges::minmax(loads);
    return high - low;
  }
  // Users that came, or went, in all.
  std::size_t take_changes() {
    std::size_t count = 0;
    for (const auto& [id, worker] : fleet.workers()) count += worker->take_changes().size();
    return count;
  }

  SimulatedFleet fleet{t0};
  Coordinator::Settings settings_;
  std::optional<Coordinator> coordinator;
  std::uint64_t totals = 0;
  std::map<std::string, LostMeasurements> lost;
  std::vector<RunState> states;
};

TEST_F(FleetChanges, AWorkerIsMissingAfterFiveSecondsAndItsUsersAreHatchedElsewhere) {
  make({}, 4);
  start(40, 20);
  fleet.advance(5s);
  EXPECT_EQ(fleet.users(), 40u);
  fleet.kill("w1");
  fleet.advance(4s);
  EXPECT_EQ(coordinator->workers(), 4u);
  EXPECT_EQ(fleet.users(), 30u);
  fleet.advance(3s);
  EXPECT_EQ(coordinator->workers(), 3u);
  ASSERT_THAT(coordinator->fleet(), SizeIs(4));
  EXPECT_EQ(coordinator->fleet()[1].state, RunState::Missing);
  fleet.advance(2s);
  EXPECT_EQ(fleet.users("A"), 30u);  // classes as lost
  EXPECT_EQ(fleet.users("B"), 10u);
  EXPECT_LE(spread(), 1u);
  EXPECT_THAT(states, testing::ElementsAre(RunState::Spawning, RunState::Running));
}

TEST_F(FleetChanges, UsersOfALostWorkerComeAtTheHatchRate) {
  make({}, 2);
  start(40, 10);
  fleet.advance(6s);
  fleet.kill("w1");
  while (coordinator->workers() == 2) fleet.advance(100ms);
  take_changes();
  fleet.advance(1s);
  EXPECT_NEAR(static_cast<double>(take_changes()), 10, 1);
  fleet.advance(2s);
  EXPECT_EQ(fleet.users(), 40u);
}

TEST_F(FleetChanges, AWorkerThatJoinsGetsItsShareByTheFewestMovesAtTheHatchRate) {
  make({}, 3);
  start(60, 20);
  fleet.advance(5s);
  take_changes();
  const auto orders = fleet.orders();
  fleet.add("w3");
  fleet.advance(500ms);
  // One step is one move: an end there, a beginning here.
  const auto in_a_while = take_changes();
  EXPECT_LE(in_a_while, 2 * 20u);
  fleet.advance(5s);
  EXPECT_EQ(in_a_while + take_changes(), 2 * 15u);
  EXPECT_EQ(fleet.worker("w3").users(), 15u);
  EXPECT_EQ(fleet.users("A"), 45u);
  EXPECT_NEAR(fleet.worker("w3").users("A"), 11, 1);
  EXPECT_LE(spread(), 1u);
  EXPECT_LE(fleet.orders() - orders, 4u * 2);
  EXPECT_EQ(fleet.worker("w3").told_complete(), 1);
  EXPECT_EQ(coordinator->state(), RunState::Running);
}

TEST_F(FleetChanges, WithoutRebalancingOnlyLaterRampsReachAWorkerThatJoins) {
  make({.rebalancing = false}, 2);
  start(20, 20);
  fleet.advance(3s);
  fleet.add("w2");
  fleet.advance(3s);
  EXPECT_EQ(fleet.worker("w2").users(), 0u);
  start(30, 20);
  fleet.advance(3s);
  EXPECT_EQ(fleet.worker("w2").users(), 10u);
  fleet.kill("w0");
  fleet.advance(10s);
  EXPECT_EQ(fleet.users(), 20u);  // not replaced
  start(30, 20);
  fleet.advance(3s);
  EXPECT_EQ(fleet.users(), 30u);
}

TEST_F(FleetChanges, AWorkerThatReturnsIsTakenAsItIs) {
  make({}, 2);
  start(20, 20);
  fleet.advance(3s);
  fleet.cut("w1");
  fleet.advance(15s);
  EXPECT_EQ(fleet.worker("w0").users(), 20u);
  EXPECT_EQ(fleet.worker("w1").users(), 10u);  // it was not told
  take_changes();
  fleet.mend("w1", true);
  fleet.advance(5s);
  EXPECT_EQ(fleet.users(), 20u);
  EXPECT_EQ(fleet.users("A"), 15u);
  EXPECT_LE(spread(), 1u);
  EXPECT_EQ(take_changes(), 10u);  // the surplus ended, nobody was hatched
  stop();
  EXPECT_EQ(totals, fleet.made());
  EXPECT_THAT(lost, IsEmpty());
}

TEST_F(FleetChanges, AWorkerThatWasForgottenIsCountedToTheEndWhenItReturns) {
  make({}, 2);
  start(20, 20);
  fleet.advance(3s);
  fleet.cut("w1");
  fleet.advance(90s);
  ASSERT_TRUE(lost.contains("w1"));
  EXPECT_GE(lost["w1"].at_most, fleet.worker("w1").uncounted());
  EXPECT_THAT(coordinator->fleet(), SizeIs(1));
  fleet.mend("w1", false);  // it never noticed
  fleet.advance(10s);
  EXPECT_EQ(lost["w1"].at_most, 0u);
  EXPECT_EQ(fleet.worker("w1").index(), 1u);
  EXPECT_EQ(fleet.users(), 20u);
  EXPECT_LE(spread(), 1u);
  stop();
  EXPECT_EQ(totals, fleet.made());
}

TEST_F(FleetChanges, TheLossOfAKilledWorkerIsWithinTheBoundThatIsTold) {
  for (const Duration after : {100ms, 1500ms, 3000ms, 20000ms}) {
    SCOPED_TRACE(after.count());
    coordinator.reset();
    fleet = SimulatedFleet{t0};
    make({}, 3);
    start(300, 20);
    fleet.advance(after);
    fleet.kill("w2");
    fleet.advance(80s);
    stop();
    const std::uint64_t truly = fleet.made() - totals;
    EXPECT_LE(lost["w2"].at_least, truly);
    EXPECT_GE(lost["w2"].at_most, truly);
    EXPECT_GT(lost["w2"].at_most, 0u);
  }
}

TEST_F(FleetChanges, AWorkerThatIsStartedAgainUnderItsNameBeginsAnew) {
  make({}, 2);
  start(20, 20);
  fleet.advance(10s);
  fleet.kill("w1");
  const std::uint64_t unsaid = fleet.made() - totals;
  fleet.add("w1");
  fleet.advance(10s);
  EXPECT_EQ(fleet.users(), 20u);
  EXPECT_LE(spread(), 1u);
  stop();
  ASSERT_TRUE(lost.contains("w1"));
  const std::uint64_t truly = fleet.made() - totals;
  EXPECT_LE(truly, unsaid);
  EXPECT_LE(lost["w1"].at_least, truly);
  EXPECT_GE(lost["w1"].at_most, truly);
}

TEST_F(FleetChanges, UsersThatEndByThemselvesAreNotHatchedAgain) {
  make({}, 2);
  start(20, 20);
  fleet.advance(5s);
  fleet.worker("w0").end_users(4);
  fleet.advance(30s);
  EXPECT_EQ(fleet.users(), 16u);
}

TEST_F(FleetChanges, ARunWaitsForItsLastWorkerAsLongAsItMayComeBack) {
  make({}, 1);
  start(10, 10);
  fleet.advance(3s);
  fleet.cut("w0");
  fleet.advance(30s);
  EXPECT_EQ(coordinator->workers(), 0u);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  fleet.mend("w0", true);
  fleet.advance(3s);
  EXPECT_EQ(coordinator->workers(), 1u);
  EXPECT_EQ(fleet.users(), 10u);
  fleet.kill("w0");
  fleet.advance(64s);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  fleet.advance(10s);
  EXPECT_EQ(coordinator->state(), RunState::Stopped);
}

TEST_F(FleetChanges, NobodyIsMissingBecauseTheMasterWasHeld) {
  make({}, 2);
  start(10, 10);
  fleet.advance(3s);
  // Nothing is delivered meanwhile, and the tick comes first.
  coordinator->tick(fleet.now() + 30s);
  EXPECT_EQ(coordinator->workers(), 2u);
}

TEST_F(FleetChanges, AFrozenWorkerIsReplacedAndGoesOnWhenItThaws) {
  make({}, 3);
  start(30, 10);
  fleet.advance(5s);
  fleet.freeze("w2");
  fleet.advance(20s);
  EXPECT_EQ(coordinator->workers(), 2u);
  EXPECT_EQ(fleet.worker("w0").users() + fleet.worker("w1").users(), 30u);
  fleet.thaw("w2");
  fleet.advance(10s);
  EXPECT_EQ(coordinator->workers(), 3u);
  EXPECT_EQ(fleet.users(), 30u);
  EXPECT_LE(spread(), 1u);
  stop();
  EXPECT_EQ(totals, fleet.made());
  EXPECT_THAT(lost, IsEmpty());
}

TEST_F(FleetChanges, AWorkerThatFallsSilentInMidRampDoesNotBlockIt) {
  make({}, 3);
  start(90, 10);
  fleet.advance(4s);
  fleet.kill("w1");
  fleet.advance(8s);
  EXPECT_EQ(coordinator->state(), RunState::Spawning);
  fleet.advance(6s);
  EXPECT_EQ(fleet.users(), 90u);
  EXPECT_EQ(coordinator->state(), RunState::Running);
}

TEST_F(FleetChanges, ARampGoesOnAtItsRateWhileWorkersComeAndGo) {
  make({}, 3);
  start(600, 20);
  for (int second = 0; second < 25; ++second) {
    if (second == 5) fleet.add("w7");
    if (second == 8) fleet.kill("w0");
    if (second == 18) fleet.add("w8");
    fleet.advance(1s);
    EXPECT_LE(take_changes(), 42u) << second;  // what was missed by a tick joins the next second
  }
  fleet.advance(20s);
  EXPECT_EQ(fleet.users(), 600u);
  EXPECT_LE(spread(), 1u);
}

TEST_F(FleetChanges, AMissingWorkerDoesNotHoldUpTheEndForEver) {
  make({}, 2);
  start(20, 20);
  fleet.advance(5s);
  fleet.kill("w1");
  coordinator->stop(fleet.now());
  fleet.advance(30s);
  EXPECT_EQ(coordinator->state(), RunState::Stopping);
  fleet.advance(40s);
  EXPECT_EQ(coordinator->state(), RunState::Stopped);
  ASSERT_TRUE(lost.contains("w1"));
  EXPECT_GE(lost["w1"].at_most, fleet.made() - totals);
}

TEST_F(FleetChanges, AMasterThatIsStartedAgainTakesTheRunOver) {
  make({}, 3);
  start(30, 10);
  fleet.advance(10s);
  const auto run = fleet.worker("w0").run();
  settings_.first_run = {1000};
  fleet.attach(nullptr);
  fleet.advance(20s);
  take_changes();
  restart_master();
  fleet.advance(3s);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  EXPECT_EQ(coordinator->workers(), 3u);
  start(30, 10);
  fleet.advance(10s);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  EXPECT_EQ(take_changes(), 0u);  // nobody moved
  EXPECT_EQ(fleet.worker("w2").run(), run);
  start(33, 10);
  fleet.advance(3s);
  EXPECT_EQ(fleet.users(), 33u);
  EXPECT_LE(spread(), 1u);
  stop();
  EXPECT_EQ(totals, fleet.made());
  EXPECT_THAT(lost, IsEmpty());
  start(3, 10);
  fleet.advance(3s);
  EXPECT_EQ(fleet.worker("w0").run(), proto::RunId{1000});
}

TEST_F(FleetChanges, UsersOfAWorkerThatDoesNotComeBackToANewMasterAreMissedOnlyByItsProfile) {
  make({}, 3);
  start(30, 10);
  fleet.advance(10s);
  fleet.attach(nullptr);
  fleet.kill("w2");
  fleet.advance(2s);
  restart_master();
  fleet.advance(2s);
  start(30, 10);
  EXPECT_EQ(fleet.users(), 20u);
  fleet.advance(2s);
  EXPECT_EQ(fleet.users(), 20u);  // it may be about to come
  fleet.advance(8s);
  EXPECT_EQ(fleet.users(), 30u);
}

TEST_F(FleetChanges, AWorkerOfAnotherRunIsSentHome) {
  make({.first_run = proto::RunId{50}}, 1);
  start(10, 10);
  fleet.advance(3s);
  coordinator->receive(
      "late",
      proto::ClientReady{"1", proto::RunFacts{.run = {7}, .users = {{"A", 5}}, .permits = {}}},
      fleet.now());
  EXPECT_EQ(coordinator->workers(), 2u);
  EXPECT_EQ(coordinator->samples(), fleet.made() - fleet.worker("w0").uncounted());
}

TEST_F(FleetChanges, APausedEraReachesThoseThatJoinLater) {
  make({.reset_stats = true}, 1);
  start(10, 10);
  fleet.advance(5s);
  const std::uint64_t before = fleet.made();
  fleet.add("w1");
  fleet.advance(10s);
  stop();
  EXPECT_GT(totals, fleet.made() - before);
  EXPECT_LT(totals, fleet.made());
}

}  // namespace
}  // namespace swarm::master
