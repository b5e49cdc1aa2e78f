#include "master/run/coordinator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/support/builders.h"
#include "tests/support/memory_link.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using proto::RunState;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;
using Change = proto::Spawn::Change;

constexpr TimePoint t0{1000s};

// A coordinator between a test and workers that do at once what they are ordered to.
class CoordinatorTest : public testing::Test {
 protected:
  void make(Coordinator::Settings settings, std::vector<std::string> workers = {"w1"}) {
    if (settings.classes.empty()) settings.classes = {{.name = "A"}};
    coordinator.emplace(
        link, std::move(settings),
        Coordinator::Outlets{
            .report = [this](const proto::WorkerId&,
                             proto::Report report) { totals.merge(std::move(report.delta)); },
            .reset =
                [this](TimePoint) {
                  ++resets;
                  totals = {};
                },
            .state = [this](RunState state) { states.push_back(state); }});
    for (const auto& id : workers) coordinator->receive(id, proto::ClientReady{"1"}, t0);
  }

  void start(std::uint32_t users, double rate, TimePoint now,
             std::optional<Duration> run_time = {}) {
    ASSERT_TRUE(coordinator->start({users, rate, run_time}, now));
  }

  // Says that everything ordered so far is done.
  void obey(TimePoint now) {
    for (const auto& [worker, order] : link.sent<proto::Spawn>()) {
      users_of[worker] = order.targets;
      coordinator->receive(worker, proto::OrderDone{order.run, order.order, order.targets}, now);
    }
  }

  proto::Report report(std::uint64_t seq, std::uint64_t requests, std::uint32_t era = 0) {
    return {.run = {1},
            .seq = seq,
            .since = seq - 1,
            .era = era,
            .delta = test::delta_of("GET /", requests),
            .samples = samples += requests,
            .users = users_of["w1"],
            .state = RunState::Running,
            .health = {},
            .permits = permits(),
            .extra = {}};
  }

  // As "w1" was given them last.
  proto::Permits permits() {
    proto::Permits newest;
    for (const auto& [worker, each] : link.sent<proto::Permits>()) {
      if (worker == "w1") newest = each;
    }
    return newest;
  }

  // Everybody says that it is alive.
  void beat(TimePoint now) {
    for (const auto& worker : coordinator->fleet()) {
      coordinator->receive(worker.id, proto::Heartbeat{}, now);
    }
  }

  std::uint64_t counted() { return totals.endpoints[{"GET", "/"}].requests; }

  test::MemoryFleetLink link;
  std::optional<Coordinator> coordinator;
  std::map<std::string, std::vector<proto::ClassCount>> users_of;
  Delta totals;
  std::uint64_t samples = 0;
  int resets = 0;
  std::vector<RunState> states;
};

TEST_F(CoordinatorTest, GreetsWorkersWithTheirIndex) {
  make({}, {"w1", "w2"});
  coordinator->receive("w1", proto::ClientReady{"1"}, t0);
  const auto acks = link.sent<proto::Ack>();
  ASSERT_THAT(acks, SizeIs(3));
  EXPECT_EQ(acks[1].second.index, 1u);
  EXPECT_EQ(acks[2].second.index, 0u);
  EXPECT_EQ(coordinator->workers(), 2u);
}

TEST_F(CoordinatorTest, OrdersASecondAtATimeEvenly) {
  make({.host = "http://h", .stop_timeout = 3s});
  start(25, 10, t0);
  auto orders = link.sent<proto::Spawn>();
  ASSERT_THAT(orders, SizeIs(1));
  const proto::Spawn& first = orders[0].second;
  EXPECT_EQ(first.host, "http://h");
  EXPECT_EQ(first.stop_timeout, 3s);
  EXPECT_THAT(first.targets, ElementsAre(proto::ClassCount{"A", 10}));
  ASSERT_THAT(first.steps, SizeIs(10));
  for (std::uint32_t i = 0; i < 10; ++i) {
    EXPECT_EQ(first.steps[i], (proto::Spawn::Step{i * 100ms, 0, Change::Hatch}));
  }
  EXPECT_EQ(coordinator->due(), t0 + 1s);
  coordinator->tick(t0 + 999ms);
  EXPECT_THAT(link.sent<proto::Spawn>(), SizeIs(1));
  coordinator->tick(t0 + 1s);
  coordinator->tick(t0 + 2s);
  orders = link.sent<proto::Spawn>();
  ASSERT_THAT(orders, SizeIs(3));
  EXPECT_THAT(orders[2].second.targets, ElementsAre(proto::ClassCount{"A", 25}));
  EXPECT_THAT(orders[2].second.steps, SizeIs(5));
  EXPECT_GT(orders[2].second.order, orders[1].second.order);
  EXPECT_EQ(orders[2].second.run_age, 2s);
  obey(t0 + 2500ms);
  link.clear();
  coordinator->tick(t0 + 3s);
  EXPECT_THAT(link.sent<proto::Spawn>(), IsEmpty());
}

// Users, as placed in time, whatever the lateness of the ticks.
TEST_F(CoordinatorTest, KeepsTheRateWhenItsTicksAreLate) {
  make({});
  std::vector<TimePoint> hatched;
  std::size_t seen = 0;
  const auto note = [&](TimePoint now) {
    const auto orders = link.sent<proto::Spawn>();
    for (; seen < orders.size(); ++seen) {
      for (const auto& step : orders[seen].second.steps) hatched.push_back(now + step.after);
    }
  };
  start(100'000, 10'000, t0);
  note(t0);
  for (int second = 1; second < 10; ++second) {
    const TimePoint late = t0 + second * 1s + (second * 7 % 10) * 1ms;
    beat(late);
    coordinator->tick(late);
    note(late);
  }
  ASSERT_THAT(hatched, SizeIs(100'000));
  for (int second = 0; second < 10; ++second) {
    const auto in_second = std::ranges::count_if(hatched, [&](TimePoint at) {
      return at >= t0 + second * 1s && at < t0 + (second + 1) * 1s;
    });
    EXPECT_NEAR(static_cast<double>(in_second), 10'000, 100);
  }
}

TEST_F(CoordinatorTest, GoesOnAtTheRateAfterALongPause) {
  make({});
  start(100, 2, t0);
  coordinator->tick(t0 + 30s);
  EXPECT_THAT(link.sent<proto::Spawn>().back().second.steps, SizeIs(2));
  EXPECT_EQ(coordinator->due(), t0 + 31s);
}

TEST_F(CoordinatorTest, KeepsProportionsAndSpreadsOverWorkersInEverySecond) {
  make({.classes = {{.name = "A", .weight = 3}, {.name = "B", .weight = 1}}}, {"w2", "w1", "w3"});
  start(400, 40, t0);
  for (int second = 1; second <= 10; ++second) {
    std::map<std::string, std::uint32_t> of_class;
    std::map<std::string, std::uint32_t> of_worker;
    for (const auto& [worker, order] : link.sent<proto::Spawn>()) {
      of_worker[worker] = 0;
      for (const auto& target : order.targets) of_worker[worker] += target.users;
    }
    obey(t0 + second * 1s);
    for (const auto& [worker, users] : users_of) {
      for (const auto& each : users) of_class[each.user_class] += each.users;
    }
    EXPECT_NEAR(of_class["A"], 30 * second, 1);
    EXPECT_NEAR(of_class["B"], 10 * second, 1);
    for (const auto& [worker, users] : of_worker) EXPECT_NEAR(users, 40.0 * second / 3, 1);
    coordinator->tick(t0 + second * 1s);
  }
  EXPECT_EQ(coordinator->state(), RunState::Running);
}

TEST_F(CoordinatorTest, OrdersOnlyWorkersThatChange) {
  make({}, {"w1", "w2"});
  start(4, 1, t0);
  EXPECT_THAT(link.sent<proto::Spawn>(), SizeIs(2));  // the first goes to everybody
  link.clear();
  coordinator->tick(t0 + 1s);
  const auto orders = link.sent<proto::Spawn>();
  ASSERT_THAT(orders, SizeIs(1));
  EXPECT_EQ(orders[0].first, "w2");
}

TEST_F(CoordinatorTest, IsRunningWhenAllOrdersAreDone) {
  make({}, {"w1", "w2"});
  start(2, 10, t0);
  const auto orders = link.sent<proto::Spawn>();
  coordinator->receive("w1", proto::OrderDone{{1}, orders[0].second.order, {{"A", 1}}}, t0);
  EXPECT_EQ(coordinator->state(), RunState::Spawning);
  coordinator->receive("w2", proto::OrderDone{{1}, orders[1].second.order, {{"A", 1}}}, t0);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  EXPECT_THAT(coordinator->users(), ElementsAre(proto::ClassCount{"A", 2}));
  const auto complete = link.sent<proto::SpawningComplete>();
  ASSERT_THAT(complete, SizeIs(2));
  EXPECT_EQ(complete[0].second.users, 2u);
  EXPECT_EQ(complete[0].second.era, 0u);
}

TEST_F(CoordinatorTest, RampsDownLastComeFirstGone) {
  make({.classes = {{.name = "A", .weight = 1}, {.name = "B", .weight = 1}}});
  start(4, 100, t0);
  obey(t0 + 1s);
  link.clear();
  start(1, 2, t0 + 5s);
  EXPECT_EQ(coordinator->state(), RunState::Spawning);
  const auto orders = link.sent<proto::Spawn>();
  ASSERT_THAT(orders, SizeIs(1));
  EXPECT_THAT(orders[0].second.steps, ElementsAre(proto::Spawn::Step{0s, 1, Change::Stop},
                                                  proto::Spawn::Step{500ms, 0, Change::Stop}));
  coordinator->tick(t0 + 6s);
  obey(t0 + 6s);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  EXPECT_THAT(users_of["w1"], ElementsAre(proto::ClassCount{"A", 1}, proto::ClassCount{"B", 0}));
}

TEST_F(CoordinatorTest, CanBeLedElsewhereInMidRamp) {
  make({});
  start(100, 10, t0);
  start(4, 10, t0 + 300ms);  // ten are ordered already
  EXPECT_EQ(coordinator->due(), t0 + 1s);
  coordinator->tick(t0 + 1s);
  EXPECT_THAT(link.sent<proto::Spawn>().back().second.steps,
              Each(Field(&proto::Spawn::Step::change, Change::Stop)));
  EXPECT_THAT(link.sent<proto::Spawn>().back().second.targets,
              ElementsAre(proto::ClassCount{"A", 4}));
  obey(t0 + 2s);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  EXPECT_EQ(resets, 1);  // it is one run
}

TEST_F(CoordinatorTest, CountsEachReportOnceAndAcknowledgesEach) {
  make({});
  start(1, 1, t0);
  const auto first = report(1, 10);
  coordinator->receive("w1", first, t0);
  coordinator->receive("w1", first, t0);
  coordinator->receive("w1", report(2, 5), t0);
  EXPECT_EQ(counted(), 15u);
  EXPECT_THAT(link.sent<proto::ReportAck>(), SizeIs(3));
}

TEST_F(CoordinatorTest, EndsARunThatNobodyLeadsAnyMore) {
  make({});
  start(1, 1, t0);
  proto::Report stale = report(1, 5);
  stale.run = {99};
  coordinator->receive("w1", stale, t0 + 1s);
  ASSERT_THAT(link.sent<proto::Stop>(), SizeIs(1));
  EXPECT_EQ(link.sent<proto::Stop>()[0].second.run, proto::RunId{99});
  EXPECT_EQ(link.sent<proto::ReportAck>()[0].second.run, proto::RunId{99});
  EXPECT_TRUE(totals.empty());
}

TEST_F(CoordinatorTest, DropsWhatWasMeasuredBeforeTheStatisticsWereReset) {
  make({.reset_stats = true});
  start(1, 1, t0);
  coordinator->receive("w1", report(1, 10), t0);
  obey(t0);
  EXPECT_EQ(resets, 2);
  EXPECT_EQ(link.sent<proto::SpawningComplete>().back().second.era, 1u);
  coordinator->receive("w1", report(2, 3), t0);  // made before the worker knew
  EXPECT_EQ(counted(), 0u);
  coordinator->receive("w1", report(3, 4, 1), t0);
  EXPECT_EQ(counted(), 4u);
  EXPECT_EQ(coordinator->samples(), 17u);
}

TEST_F(CoordinatorTest, StopsWhenTheRunTimeIsOver) {
  make({});
  start(1, 1, t0, 10s);
  obey(t0);
  beat(t0 + 9500ms);
  coordinator->tick(t0 + 9500ms);
  EXPECT_EQ(coordinator->due(), t0 + 10s);
  coordinator->tick(t0 + 10s - 1ns);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  coordinator->tick(t0 + 10s);
  EXPECT_EQ(coordinator->state(), RunState::Stopping);
  EXPECT_THAT(link.sent<proto::Stop>(), SizeIs(1));
  coordinator->receive("w1", report(1, 7), t0 + 11s);
  coordinator->receive("w1", proto::ClientStopped{{1}}, t0 + 11s);
  EXPECT_EQ(coordinator->state(), RunState::Stopped);
  EXPECT_EQ(counted(), 7u);
  EXPECT_THAT(states, ElementsAre(RunState::Spawning, RunState::Running, RunState::Stopping,
                                  RunState::Stopped));
}

TEST_F(CoordinatorTest, WaitsForEveryWorkerToStop) {
  make({}, {"w1", "w2"});
  start(2, 10, t0);
  coordinator->stop(t0);
  coordinator->stop(t0);
  EXPECT_THAT(link.sent<proto::Stop>(), SizeIs(2));
  coordinator->receive("w1", proto::ClientStopped{{1}}, t0);
  EXPECT_EQ(coordinator->state(), RunState::Stopping);
  EXPECT_FALSE(coordinator->start({1, 1, {}}, t0));
  coordinator->receive("w2", proto::Goodbye{}, t0);
  EXPECT_EQ(coordinator->state(), RunState::Stopped);
}

TEST_F(CoordinatorTest, StopsWithItsLastWorker) {
  make({});
  start(2, 10, t0);
  coordinator->receive("w1", proto::Goodbye{}, t0);
  EXPECT_EQ(coordinator->state(), RunState::Stopped);
}

TEST_F(CoordinatorTest, StopsWhenTheScenarioAsksForIt) {
  make({});
  start(1, 1, t0);
  coordinator->receive("w1", proto::StopRequest{{9}}, t0);
  EXPECT_EQ(coordinator->state(), RunState::Spawning);
  coordinator->receive("w1", proto::StopRequest{{1}}, t0);
  EXPECT_EQ(coordinator->state(), RunState::Stopping);
}

TEST_F(CoordinatorTest, SharesThePermitsOutAndEndsWhenAllAreUsed) {
  make({.requests = 7}, {"w1", "w2"});
  start(2, 10, t0);
  const auto permits = link.sent<proto::Permits>();
  ASSERT_THAT(permits, SizeIs(2));
  EXPECT_EQ(permits[0].second.granted + permits[1].second.granted, 7u);
  EXPECT_LE(permits[0].second.granted, 4u);
  obey(t0);
  coordinator->receive("w1", report(1, 4), t0);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  samples = 0;
  coordinator->receive("w2", report(1, 3), t0);
  EXPECT_EQ(coordinator->state(), RunState::Stopping);
}

TEST_F(CoordinatorTest, EndsWhenNobodyIsLeftToMakeTheRequests) {
  make({.requests = 100});
  start(1, 1, t0);
  obey(t0);
  coordinator->receive("w1", report(1, 4), t0);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  users_of["w1"] = {{"A", 0}};
  coordinator->receive("w1", report(2, 1), t0);
  EXPECT_EQ(coordinator->state(), RunState::Stopping);
}

TEST_F(CoordinatorTest, BeginsAnotherRunFromZero) {
  make({.requests = 5});
  start(1, 1, t0, 10s);
  coordinator->receive("w1", report(1, 5), t0);
  coordinator->receive("w1", proto::ClientStopped{{1}}, t0);
  EXPECT_EQ(coordinator->state(), RunState::Stopped);
  beat(t0 + 60s);
  coordinator->tick(t0 + 60s);  // not the end of the first run's time once more
  EXPECT_EQ(coordinator->state(), RunState::Stopped);
  link.clear();
  start(3, 10, t0 + 60s);
  EXPECT_EQ(counted(), 0u);
  EXPECT_EQ(coordinator->samples(), 0u);
  const auto order = link.sent<proto::Spawn>().at(0).second;
  EXPECT_EQ(order.run, proto::RunId{2});
  EXPECT_THAT(order.targets, ElementsAre(proto::ClassCount{"A", 3}));
  EXPECT_EQ(order.run_age, 0s);
  EXPECT_THAT(link.sent<proto::Permits>(), SizeIs(1));
}

TEST_F(CoordinatorTest, RefusesWhatCannotBeRun) {
  make({.classes = {{.name = "A", .weight = 0}}});
  EXPECT_EQ(coordinator->start({1, 1, {}}, t0).error().message,
            "There are no users with weight > 0.");
  make({}, {});
  EXPECT_FALSE(coordinator->start({1, 1, {}}, t0));
  EXPECT_THAT(states, IsEmpty());
}

TEST_F(CoordinatorTest, HatchesNoMoreThanTheFixedCounts) {
  make({.classes = {{.name = "A", .fixed_count = 2}}});
  start(10, 100, t0);
  EXPECT_THAT(link.sent<proto::Spawn>().back().second.targets,
              ElementsAre(proto::ClassCount{"A", 2}));
  obey(t0 + 1s);
  EXPECT_EQ(coordinator->state(), RunState::Running);
}

TEST_F(CoordinatorTest, CanRunNoUsersAtAll) {
  make({});
  start(0, 1, t0);
  obey(t0);
  EXPECT_EQ(coordinator->state(), RunState::Running);
}

}  // namespace
}  // namespace swarm::master
