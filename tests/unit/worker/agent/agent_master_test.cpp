// An agent whose master comes and goes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/agent_test.h"

namespace swarm::worker {
namespace {

using namespace std::chrono_literals;
using proto::RunState;
using test::AgentTest;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class MasterTest : public AgentTest {
 protected:
  proto::ClientReady introduction() {
    link.clear();
    link.deliver(proto::Introduce{});
    const auto ready = link.sent<proto::ClientReady>();
    return ready.empty() ? proto::ClientReady{} : ready.back();
  }
  // It is `age` since anything was heard of the master.
  void silence(Duration age) { link.set_last_heard(t0 - age); }
};

TEST_F(MasterTest, TellsTheScenarioItsPlace) {
  EXPECT_THAT(scenario.indices, ElementsAre(4));
  agent.receive(proto::Ack{.index = 4, .run = {}, .counted = 0}, t0);  // came twice
  EXPECT_THAT(scenario.indices, ElementsAre(4));
  introduction();
  agent.receive(proto::Ack{.index = 0, .run = {}, .counted = 0}, t0);
  EXPECT_THAT(scenario.indices, ElementsAre(4, 0));
}

TEST_F(MasterTest, IntroducesItselfUntilItIsAcknowledged) {
  introduction();
  agent.tick(t0 + 900ms);
  EXPECT_THAT(link.sent<proto::ClientReady>(), SizeIs(1));
  agent.tick(t0 + 5s);
  EXPECT_THAT(link.sent<proto::ClientReady>(), SizeIs(2));
  agent.receive(proto::Ack{.index = 0, .run = {}, .counted = 0}, t0 + 5s);
  agent.tick(t0 + 9s);
  EXPECT_THAT(link.sent<proto::ClientReady>(), SizeIs(2));
}

TEST_F(MasterTest, SaysWhatItIsDoingWhenItComesBack) {
  agent.receive(proto::Permits{kRun, 50, 7}, t0);
  proto::Spawn order = order_for(2, 8);
  order.run_age = 10s;
  agent.receive(order, t0);
  agent.receive(proto::SpawningComplete{kRun, 2, 1}, t0);
  record(5);
  agent.tick(t0 + 1s);
  acknowledge();
  record(3);
  const auto ready = introduction();
  ASSERT_TRUE(ready.run);
  EXPECT_EQ(ready.run->run, kRun);
  EXPECT_GE(ready.run->age, 10s);
  EXPECT_EQ(ready.run->era, 1u);
  EXPECT_EQ(ready.run->order, 8u);
  EXPECT_EQ(ready.run->seq, 1u);
  EXPECT_EQ(ready.run->samples, 8u);
  EXPECT_EQ(ready.run->users[0].users, 2u);
  ASSERT_TRUE(ready.run->permits);
  EXPECT_EQ(ready.run->permits->granted, 50u);
  EXPECT_EQ(ready.run->permits->serial, 7u);
}

TEST_F(MasterTest, GoesOnWithItsRunWhereTheMasterIs) {
  spawn(1);
  record(5);
  agent.tick(t0 + 1s);
  acknowledge();
  record(2);
  introduction();
  agent.receive(proto::Ack{.index = 0, .run = kRun, .counted = 1}, t0 + 1s);
  EXPECT_THAT(link.sent<proto::Report>(), IsEmpty());
  EXPECT_EQ(agent.state(), RunState::Running);
  agent.receive(proto::Ack{.index = 0, .run = kRun, .counted = 0}, t0 + 1s);
  const auto reports = link.sent<proto::Report>();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].since, 0u);
  EXPECT_EQ(reported(), 7u);
}

TEST_F(MasterTest, EndsARunThatTheMasterDoesNotKnowWithAllItsHooks) {
  spawn(2);
  record(5);
  introduction();
  agent.receive(proto::Ack{.index = 0, .run = {}, .counted = 0}, t0);
  agent.tick(t0);
  EXPECT_THAT(scenario.alive, IsEmpty());
  EXPECT_THAT(scenario.calls, ElementsAre("test_start", "test_stopping", "test_stop"));
  EXPECT_EQ(agent.state(), RunState::Ready);
  EXPECT_EQ(link.sent<proto::ClientStopped>().at(0).run, kRun);
  EXPECT_THAT(link.sent<proto::Report>(), IsEmpty());
  EXPECT_FALSE(introduction().run);
}

TEST_F(MasterTest, AnAnswerToWhatWasSaidBeforeTheRunDoesNotEndIt) {
  introduction();
  agent.tick(t0 + 5s);  // again
  ASSERT_THAT(link.sent<proto::ClientReady>(), SizeIs(2));
  agent.receive(proto::Ack{.index = 0, .run = {}, .counted = 0}, t0 + 5s);
  spawn(2);
  agent.receive(proto::Ack{.index = 0, .run = {}, .counted = 0}, t0 + 1s);
  EXPECT_EQ(agent.state(), RunState::Running);
  agent.receive(proto::Ack{.index = 0, .run = {}, .counted = 0}, t0 + 1s);  // to a report
  agent.tick(t0 + 1s);
  EXPECT_EQ(agent.state(), RunState::Ready);
}

TEST_F(MasterTest, OrdersOfANewerRunWaitUntilThisOneHasEnded) {
  scenario.ends_after_task = false;
  proto::Spawn order = order_for(2);
  order.stop_timeout = 60s;
  agent.receive(order, t0);
  record(4);
  agent.receive(proto::Permits{{7}, 2, 1}, t0);
  spawn(1, 11, {7});
  agent.receive(order_for(3, 12, {7}), t0);
  EXPECT_EQ(agent.state(), RunState::Stopping);
  EXPECT_THAT(scenario.born, SizeIs(2));
  record(1);  // the permits are not of this run
  scenario.end(UserId{1});
  scenario.end(UserId{2});
  agent.tick(t0 + 1s);
  agent.tick(t0 + 1s);
  EXPECT_THAT(scenario.born, SizeIs(5));
  EXPECT_THAT(scenario.calls,
              ElementsAre("test_start", "test_stopping", "test_stop", "test_start"));
  EXPECT_EQ(link.sent<proto::OrderDone>().back().run, proto::RunId{7});
  EXPECT_EQ(link.sent<proto::OrderDone>().back().order, 12u);
  record(2);
  EXPECT_FALSE(agent.take_permit());
}

TEST_F(MasterTest, AStopOfARunThatWaitsIsObeyed) {
  scenario.ends_after_task = false;
  proto::Spawn order = order_for(1);
  order.stop_timeout = 60s;
  agent.receive(order, t0);
  spawn(3, 11, {7});
  agent.receive(proto::Stop{{7}}, t0);
  EXPECT_EQ(link.sent<proto::ClientStopped>().at(0).run, proto::RunId{7});
  scenario.end(UserId{1});
  agent.tick(t0);
  EXPECT_THAT(scenario.born, SizeIs(1));
  EXPECT_EQ(agent.state(), RunState::Ready);
}

TEST_F(MasterTest, AStopOfANewerRunEndsThisOneToo) {
  spawn(2);
  agent.receive(proto::Stop{{7}}, t0);
  agent.tick(t0);
  EXPECT_THAT(scenario.alive, IsEmpty());
  EXPECT_EQ(agent.state(), RunState::Ready);
}

TEST_F(MasterTest, AStopOfAnOlderRunDoesNot) {
  spawn(2);
  agent.receive(proto::Stop{{2}}, t0);
  EXPECT_EQ(agent.state(), RunState::Running);
  EXPECT_EQ(link.sent<proto::ClientStopped>().at(0).run, proto::RunId{2});
}

TEST_F(MasterTest, IgnoresLateOrdersOfARunThatIsOver) {
  spawn(1);
  agent.receive(proto::Stop{kRun}, t0);
  acknowledge();
  spawn(5, 2);
  EXPECT_THAT(scenario.born, SizeIs(1));
}

TEST_F(MasterTest, TellsTheMasterAtOnceWhatItGivesBack) {
  agent.receive(proto::Permits{kRun, 100, 1}, t0);
  spawn(1);
  record(10);
  link.clear();
  agent.receive(proto::Permits{kRun, 5, 2}, t0);
  const auto reports = link.sent<proto::Report>();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].permits.granted, 10u);
  EXPECT_EQ(reports[0].permits.serial, 2u);
  EXPECT_EQ(reports[0].samples, 10u);
}

TEST_F(MasterTest, StopsItsUsersWhenNobodyCouldAndKeepsTheReports) {
  spawn(2);
  record(5);
  silence(59s);
  agent.tick(t0);
  EXPECT_EQ(agent.state(), RunState::Running);
  silence(60s);
  agent.tick(t0);
  agent.tick(t0);
  EXPECT_THAT(scenario.alive, IsEmpty());
  EXPECT_THAT(scenario.calls, ElementsAre("test_start", "test_stopping", "test_stop"));
  EXPECT_EQ(agent.state(), RunState::Stopped);
  EXPECT_THAT(link.sent<proto::ClientStopped>(), IsEmpty());

  silence(0s);
  agent.tick(t0 + 1s);
  EXPECT_EQ(reported(), 5u);
  EXPECT_EQ(link.sent<proto::Report>().back().state, RunState::Stopped);
  // The master may believe that the users are still there.
  const auto ready = link.sent<proto::ClientReady>();
  ASSERT_THAT(ready, SizeIs(2));
  EXPECT_EQ(ready[1].run->users[0].users, 0u);
}

TEST_F(MasterTest, HasUsersAgainInTheSameRunWhenItIsOrderedTo) {
  spawn(2);
  record(5);
  silence(60s);
  agent.tick(t0);
  agent.tick(t0);
  silence(0s);
  agent.tick(t0 + 1s);
  acknowledge();
  scenario.hooks_last = true;
  spawn(3, 2);
  record(9);  // by test_start
  EXPECT_THAT(scenario.born, SizeIs(2));
  scenario.unfinished();
  scenario.hooks_last = false;
  agent.tick(t0 + 2s);
  EXPECT_THAT(scenario.born, SizeIs(5));
  acknowledge();  // the report that was due meanwhile
  record(2);
  agent.tick(t0 + 3s);
  EXPECT_EQ(agent.state(), RunState::Running);
  EXPECT_EQ(link.sent<proto::Report>().back().seq, 3u);
  EXPECT_EQ(link.sent<proto::Report>().back().samples, 7u);
  EXPECT_EQ(reported(), 7u);
  EXPECT_EQ(link.sent<proto::OrderDone>().back().order, 2u);
}

TEST_F(MasterTest, OrdersThatComeWhileOrphansEndAreObeyedAfterwards) {
  scenario.ends_after_task = false;
  proto::Spawn order = order_for(1);
  order.stop_timeout = 60s;
  agent.receive(order, t0);
  silence(60s);
  agent.tick(t0);
  agent.tick(t0);
  silence(0s);
  spawn(2, 2);
  EXPECT_EQ(agent.state(), RunState::Stopping);
  scenario.end(UserId{1});
  agent.tick(t0);
  agent.tick(t0);
  EXPECT_THAT(scenario.born, SizeIs(3));
  EXPECT_EQ(agent.state(), RunState::Running);
}

TEST_F(MasterTest, AStopEndsARunThatWasStoppedHereAlready) {
  spawn(2);
  record(5);
  silence(60s);
  agent.tick(t0);
  agent.tick(t0);
  silence(0s);
  agent.receive(proto::Stop{kRun}, t0);
  EXPECT_EQ(reported(), 5u);
  acknowledge();
  if (link.sent<proto::ClientStopped>().empty()) acknowledge();
  EXPECT_EQ(link.sent<proto::ClientStopped>().at(0).run, kRun);
  EXPECT_THAT(scenario.calls, ElementsAre("test_start", "test_stopping", "test_stop"));
}

TEST_F(MasterTest, ARestartedMasterMayNotKnowARunThatWasStoppedHere) {
  spawn(2);
  silence(60s);
  agent.tick(t0);
  agent.tick(t0);
  silence(0s);
  introduction();
  agent.receive(proto::Ack{.index = 0, .run = {}, .counted = 0}, t0);
  agent.tick(t0);
  EXPECT_EQ(agent.state(), RunState::Ready);
  EXPECT_THAT(scenario.calls, ElementsAre("test_start", "test_stopping", "test_stop"));
  spawn(1, 1, {9});
  EXPECT_THAT(scenario.born, SizeIs(3));
}

TEST_F(MasterTest, GivesUpOnAMasterThatStaysAway) {
  spawn(2);
  record(5);
  silence(10min - 1s);
  agent.tick(t0);
  EXPECT_THAT(quits, IsEmpty());
  silence(10min);
  agent.tick(t0);
  agent.tick(t0);
  EXPECT_THAT(quits, ElementsAre(1));
  EXPECT_THAT(scenario.calls, ElementsAre("test_start", "test_stopping", "test_stop"));
}

TEST_F(MasterTest, SaysWhyItIsRefusedAndGoes) {
  spawn(1);
  agent.receive(proto::Refused{"another worker is called w1: choose another --worker-id"}, t0);
  agent.tick(t0);
  EXPECT_THAT(quits, ElementsAre(1));
  EXPECT_THAT(scenario.alive, IsEmpty());
  EXPECT_THAT(link.sent<proto::Goodbye>(), IsEmpty());
}

TEST_F(MasterTest, ALocustMasterStopsAndStartsAgain) {
  link.deliver(proto::Introduce{proto::Dialect::Locust});
  agent.receive(proto::Ack{.index = 1, .run = {}, .counted = 0}, t0);
  spawn(1, 1, {1});
  // It knows nothing of runs: its word says nothing about ours.
  link.deliver(proto::Introduce{proto::Dialect::Locust});
  agent.receive(proto::Ack{.index = 1, .run = {}, .counted = 0}, t0);
  EXPECT_EQ(agent.state(), RunState::Running);
  agent.receive(proto::Stop{{1}}, t0);
  acknowledge();
  EXPECT_THAT(link.sent<proto::ClientStopped>(), SizeIs(1));
  agent.receive(order_for(2, 1, {2}), t0);
  EXPECT_THAT(scenario.alive, SizeIs(2));
  EXPECT_EQ(agent.state(), RunState::Running);
}

TEST_F(MasterTest, LeavesInOrderAlsoWhenItWasStoppedHere) {
  spawn(1);
  record(5);
  silence(60s);
  agent.tick(t0);
  agent.tick(t0);
  silence(0s);
  agent.leave();
  agent.tick(t0);
  EXPECT_EQ(reported(), 5u);
  acknowledge();
  EXPECT_THAT(quits, ElementsAre(0));
}

}  // namespace
}  // namespace swarm::worker
