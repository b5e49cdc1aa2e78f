#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/support/agent_test.h"

namespace swarm::worker {
namespace {

using namespace std::chrono_literals;
using proto::RunState;
using test::AgentTest;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Change = proto::Spawn::Change;

TEST_F(AgentTest, SaysThatItIsReady) {
  const auto ready = link.sent<proto::ClientReady>();
  ASSERT_THAT(ready, SizeIs(1));
  EXPECT_EQ(ready[0].version, "1.2");
  EXPECT_FALSE(ready[0].run);
  EXPECT_EQ(agent.state(), RunState::Ready);
}

TEST_F(AgentTest, CarriesOutAnOrderAndSaysSo) {
  spawn(3);
  EXPECT_THAT(scenario.calls, ElementsAre("test_start"));
  EXPECT_THAT(scenario.born, SizeIs(3));
  EXPECT_EQ(agent.host(), "http://h");
  const auto done = link.sent<proto::OrderDone>();
  ASSERT_THAT(done, SizeIs(1));
  EXPECT_EQ(done[0].order, 1u);
  EXPECT_THAT(done[0].users, ElementsAre(proto::ClassCount{"A", 3}, proto::ClassCount{"B", 0}));
  EXPECT_EQ(agent.state(), RunState::Running);
}

TEST_F(AgentTest, PacesTheStepsOfAnOrder) {
  agent.receive(proto::Spawn{.run = kRun,
                             .order = 1,
                             .targets = {{"B", 2}},
                             .steps = {{0s, 0, Change::Hatch}, {500ms, 0, Change::Hatch}},
                             .host = {}},
                t0);
  ASSERT_THAT(scenario.born, SizeIs(1));
  EXPECT_EQ(scenario.born[0].user_class, UserClassId{1});
  EXPECT_THAT(link.sent<proto::OrderDone>(), IsEmpty());
  agent.tick(t0 + 500ms);
  EXPECT_THAT(scenario.born, SizeIs(2));
  EXPECT_THAT(link.sent<proto::OrderDone>(), SizeIs(1));
}

TEST_F(AgentTest, IgnoresOrdersThatAreRepeatedOrOfAnOlderRun) {
  spawn(2, 5);
  spawn(7, 5);
  spawn(7, 4);
  spawn(9, 9, {2});
  EXPECT_THAT(scenario.born, SizeIs(2));
}

TEST_F(AgentTest, AnswersAnOrderThatComesAgainWhenItIsCarriedOut) {
  spawn(2, 5);
  spawn(2, 5);
  EXPECT_THAT(link.sent<proto::OrderDone>(), SizeIs(2));
  spawn(2, 4);
  EXPECT_THAT(link.sent<proto::OrderDone>(), SizeIs(2));
}

TEST_F(AgentTest, IgnoresClassesThatItsScenarioDoesNotHave) {
  agent.receive(
      proto::Spawn{
          .run = kRun,
          .order = 1,
          .targets = {{"A", 1}, {"X", 1}},
          .steps = {{0s, 1, Change::Hatch}, {0s, 7, Change::Hatch}, {0s, 0, Change::Hatch}},
          .host = {}},
      t0);
  EXPECT_THAT(scenario.born, SizeIs(1));
}

TEST_F(AgentTest, ReportsWhatWasRecordedEveryInterval) {
  spawn(1);
  record(5);
  agent.tick(t0 + 999ms);
  EXPECT_THAT(link.sent<proto::Report>(), IsEmpty());
  agent.tick(t0 + 1s);
  const auto reports = link.sent<proto::Report>();
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].run, kRun);
  EXPECT_EQ(reports[0].samples, 5u);
  EXPECT_EQ(reports[0].state, RunState::Running);
  EXPECT_EQ(reports[0].users[0].users, 1u);
  EXPECT_GT(reports[0].health.descriptors_used, 2u);
  EXPECT_GT(reports[0].health.bytes_memory, 0u);
  EXPECT_EQ(reported(), 5u);
}

TEST_F(AgentTest, EndsInOrderAndLosesNothing) {
  scenario.ends_after_task = false;
  agent.receive(proto::Spawn{.run = kRun,
                             .order = 1,
                             .targets = {{"A", 2}},
                             .steps = {},
                             .host = {},
                             .stop_timeout = 60s},
                t0);
  record(4);
  agent.tick(t0 + 1s);  // a report is under way, unacknowledged
  agent.receive(proto::Stop{kRun}, t0 + 2s);
  EXPECT_EQ(agent.state(), RunState::Stopping);
  record(3);  // tasks that were given time to finish
  scenario.end(UserId{1});
  scenario.end(UserId{2});
  agent.tick(t0 + 2s);
  EXPECT_THAT(scenario.calls, ElementsAre("test_start", "test_stopping", "test_stop"));
  EXPECT_THAT(link.sent<proto::ClientStopped>(), IsEmpty());
  acknowledge();  // of the first: the last one leaves now
  EXPECT_EQ(link.sent<proto::Report>().back().seq, 2u);
  EXPECT_THAT(link.sent<proto::ClientStopped>(), IsEmpty());
  acknowledge();
  EXPECT_THAT(link.sent<proto::ClientStopped>(), SizeIs(1));
  EXPECT_TRUE(std::holds_alternative<proto::ClientStopped>(link.sent().back()));
  EXPECT_EQ(link.sent<proto::Report>().back().samples, 7u);
  EXPECT_EQ(link.sent<proto::Report>().back().users[0].users, 0u);
  EXPECT_EQ(agent.state(), RunState::Ready);
}

TEST_F(AgentTest, AnswersAStopThatComesAgain) {
  spawn(1);
  agent.receive(proto::Stop{kRun}, t0);
  acknowledge();
  agent.receive(proto::Stop{kRun}, t0 + 1s);
  EXPECT_THAT(link.sent<proto::ClientStopped>(), SizeIs(2));
}

TEST_F(AgentTest, StartsTheNextRunFromZero) {
  spawn(1);
  record(5);
  agent.receive(proto::Stop{kRun}, t0);
  acknowledge();
  link.clear();
  agent.receive(order_for(1, 1, {4}), t0 + 5s);
  record(2);
  agent.tick(t0 + 6s);
  EXPECT_EQ(link.sent<proto::Report>().at(0).seq, 1u);
  EXPECT_EQ(link.sent<proto::Report>().at(0).samples, 2u);
  EXPECT_EQ(reported(), 2u);
  EXPECT_THAT(scenario.calls,
              ElementsAre("test_start", "test_stopping", "test_stop", "test_start"));
}

TEST_F(AgentTest, HoldsOrdersUntilTestStartIsOverAndThenKeepsTheirPace) {
  scenario.hooks_last = true;
  const auto hatch = [](Duration after) { return proto::Spawn::Step{after, 0, Change::Hatch}; };
  proto::Spawn order{.run = kRun,
                     .order = 1,
                     .targets = {{"A", 2}},
                     .steps = {hatch(0s), hatch(500ms)},
                     .host = {}};
  agent.receive(order, t0);
  order.order = 2;
  order.targets = {{"A", 3}};
  order.steps = {hatch(0s)};
  agent.receive(order, t0 + 1s);
  record(5);  // by the hook itself
  agent.tick(t0 + 3s);
  EXPECT_THAT(scenario.born, IsEmpty());
  EXPECT_THAT(link.sent<proto::OrderDone>(), IsEmpty());

  scenario.unfinished();
  agent.tick(t0 + 3s);
  EXPECT_THAT(scenario.born, SizeIs(1));
  agent.tick(t0 + 3500ms);
  EXPECT_THAT(scenario.born, SizeIs(2));
  agent.tick(t0 + 4s);
  EXPECT_THAT(scenario.born, SizeIs(3));
  EXPECT_EQ(reported(), 0u);
}

TEST_F(AgentTest, StopsARunWhoseTestStartIsNotOverWithoutHatching) {
  scenario.hooks_last = true;
  spawn(2);
  agent.receive(proto::Stop{kRun}, t0);
  std::exchange(scenario.unfinished, nullptr)();
  agent.tick(t0);
  EXPECT_THAT(scenario.born, IsEmpty());
  EXPECT_THAT(scenario.calls, ElementsAre("test_start", "test_stopping"));
}

TEST_F(AgentTest, KeepsItsUsersUntilTestStoppingIsOver) {
  spawn(2);
  scenario.hooks_last = true;
  agent.receive(proto::Stop{kRun}, t0);
  agent.tick(t0 + 1s);
  EXPECT_THAT(scenario.stopped, IsEmpty());
  std::exchange(scenario.unfinished, nullptr)();
  agent.tick(t0 + 1s);
  EXPECT_THAT(scenario.stopped, SizeIs(2));
  EXPECT_THAT(link.sent<proto::ClientStopped>(), IsEmpty());
  std::exchange(scenario.unfinished, nullptr)();  // test_stop
  agent.tick(t0 + 1s);
  acknowledge();
  acknowledge();
  EXPECT_THAT(link.sent<proto::ClientStopped>(), SizeIs(1));
}

TEST_F(AgentTest, ResetsTheStatisticsWhenTheMasterDoes) {
  spawn(1);
  record(5);
  agent.receive(proto::SpawningComplete{kRun, 1, 1}, t0);
  agent.receive(proto::SpawningComplete{kRun, 1, 1}, t0);
  record(2);
  agent.tick(t0 + 1s);
  EXPECT_EQ(link.sent<proto::Report>().at(0).era, 1u);
  EXPECT_EQ(link.sent<proto::Report>().at(0).samples, 7u);
  EXPECT_EQ(reported(), 2u);
}

TEST_F(AgentTest, GivesOutItsPermitsAndNoMore) {
  agent.receive(proto::Permits{kRun, 3}, t0);
  spawn(1);
  EXPECT_TRUE(agent.take_permit());
  EXPECT_TRUE(agent.take_permit());
  EXPECT_TRUE(agent.take_permit());
  EXPECT_FALSE(agent.take_permit());
  agent.record_interrupted(agent.endpoint("GET", "/"));
  EXPECT_TRUE(agent.take_permit());
  agent.record_generator_error("no descriptors");
  EXPECT_TRUE(agent.take_permit());
  agent.return_permit();
  EXPECT_TRUE(agent.take_permit());
  EXPECT_FALSE(agent.take_permit());
}

TEST_F(AgentTest, ReportsAtOnceWhenAllPermitsAreUsed) {
  agent.receive(proto::Permits{kRun, 2}, t0);
  spawn(1);
  record(1);
  agent.tick(t0 + 1ms);
  EXPECT_THAT(link.sent<proto::Report>(), IsEmpty());
  record(1);
  agent.tick(t0 + 1ms);
  EXPECT_EQ(link.sent<proto::Report>().at(0).samples, 2u);
}

TEST_F(AgentTest, ReportsAtOnceWhenNobodyIsLeftToUseItsPermits) {
  agent.receive(proto::Permits{kRun, 9}, t0);
  spawn(1);
  scenario.end(UserId{1});
  agent.tick(t0 + 1ms);
  EXPECT_EQ(link.sent<proto::Report>().at(0).users[0].users, 0u);
}

TEST_F(AgentTest, PermitsOfAnotherRunDoNotLimitThisOne) {
  agent.receive(proto::Permits{{2}, 1}, t0);
  spawn(1);
  record(10);
}

TEST_F(AgentTest, CountsInterruptedRequestsApart) {
  spawn(1);
  EXPECT_TRUE(agent.take_permit());
  agent.record_interrupted(agent.endpoint("GET", "/"));
  agent.connection_opened();
  agent.tick(t0 + 1s);
  const proto::Report report = link.sent<proto::Report>().at(0);
  EXPECT_EQ(report.delta.endpoints.at({"GET", "/"}).interrupted, 1u);
  EXPECT_EQ(report.samples, 0u);
  EXPECT_EQ(report.health.connections_opened, 1u);
}

TEST_F(AgentTest, PassesOnThatTheScenarioWantsToEnd) {
  agent.stop_run();
  EXPECT_THAT(link.sent<proto::StopRequest>(), IsEmpty());
  spawn(1);
  agent.stop_run();
  EXPECT_EQ(link.sent<proto::StopRequest>().at(0).run, kRun);
  agent.tick(t0 + 1s);  // the first may be lost
  EXPECT_THAT(link.sent<proto::StopRequest>(), SizeIs(2));
}

TEST_F(AgentTest, GivesTheScenarioItsOptionsBeforeTheRunStarts) {
  proto::Spawn order = order_for(1);
  order.options = Value::Map{{"region", "eu"}};
  agent.receive(order, t0);
  order.order = 2;
  agent.receive(order, t0);
  EXPECT_THAT(scenario.calls, ElementsAre("take_options", "test_start"));
  EXPECT_EQ(*scenario.taken_options.find("region"), Value("eu"));
}

TEST_F(AgentTest, CarriesMessagesOfTheScenarioBothWays) {
  agent.receive(proto::CustomMessage{"users", Value("a, b")}, t0);
  ASSERT_THAT(scenario.received, SizeIs(1));
  EXPECT_EQ(scenario.received[0].type, "users");
  EXPECT_EQ(scenario.received[0].data, Value("a, b"));
  EXPECT_EQ(scenario.received[0].worker, "w1");
  agent.send_message("done", Value(7));
  EXPECT_THAT(link.sent<proto::CustomMessage>(),
              ElementsAre(proto::CustomMessage{"done", Value(7)}));
}

TEST_F(AgentTest, LetsListenersAddToEachReportOnce) {
  int asked = 0;
  scenario.on_report = [&](const std::string& worker, Value& data) {
    ++asked;
    EXPECT_EQ(worker, "w1");
    EXPECT_NE(data.find("stats"), nullptr);
    data.set("content-length", Value(12));
  };
  spawn(1);
  agent.tick(t0 + 1s);
  agent.tick(t0 + 2s);  // the same report again
  const auto reports = link.sent<proto::Report>();
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(reports[1].extra, Value(Value::Map{{"content-length", 12}}));
}

TEST_F(AgentTest, AListenerMayAskForAReport) {
  scenario.on_report = [&](const std::string&, Value&) { agent.report_now(t0 + 1s); };
  spawn(1);
  record(3);
  agent.tick(t0 + 1s);
  EXPECT_THAT(link.sent<proto::Report>(), SizeIs(1));
  acknowledge();
  agent.tick(t0 + 2s);
  EXPECT_EQ(reported(), 3u);
}

TEST_F(AgentTest, ShowsWhatIsInNoReportYetAndReportsItAllTheSame) {
  spawn(1);
  record(3);
  const EndpointName endpoint{"GET", "/"};
  EXPECT_EQ(agent.unreported(t0).endpoints.at(endpoint).requests, 3u);
  record(1);
  EXPECT_EQ(agent.unreported(t0).endpoints.at(endpoint).requests, 4u);
  EXPECT_THAT(link.sent<proto::Report>(), IsEmpty());
  agent.tick(t0 + 1s);
  EXPECT_EQ(reported(), 4u);
  EXPECT_TRUE(agent.unreported(t0 + 1s).empty());
}

TEST_F(AgentTest, LeavesWhenItIsSentAwayAfterItsUsersAreGone) {
  spawn(2);
  record(1);
  agent.receive(proto::Quit{}, t0);
  EXPECT_THAT(quits, IsEmpty());
  EXPECT_EQ(reported(), 1u);
  acknowledge();
  EXPECT_THAT(quits, ElementsAre(0));
  EXPECT_TRUE(std::holds_alternative<proto::Goodbye>(link.sent().back()));
  agent.receive(proto::Quit{}, t0);
  EXPECT_THAT(quits, SizeIs(1));
}

TEST_F(AgentTest, LeavesAtOnceWhenItHasNothingToDo) {
  agent.leave(7);
  agent.tick(t0);
  EXPECT_THAT(quits, ElementsAre(7));
}

TEST_F(AgentTest, DoesNotWaitForEverForTheAnswerToItsLastWords) {
  spawn(1);
  record(5);
  agent.leave();
  agent.tick(t0);
  agent.tick(t0 + 9s);
  EXPECT_THAT(quits, IsEmpty());
  EXPECT_THAT(scenario.calls, ElementsAre("test_start", "test_stopping", "test_stop"));
  agent.tick(t0 + 10s);
  EXPECT_THAT(quits, ElementsAre(0));
  EXPECT_TRUE(std::holds_alternative<proto::Goodbye>(link.sent().back()));
}

TEST_F(AgentTest, TakesNoOrdersWhileItLeaves) {
  agent.receive(proto::Quit{}, t0);
  spawn(3);
  EXPECT_THAT(scenario.born, IsEmpty());
}

TEST_F(AgentTest, BeatsOnceASecond) {
  agent.tick(t0);
  const auto before = link.published().size();
  spawn(2);
  record(4);
  agent.tick(t0 + 900ms);
  EXPECT_EQ(link.published().size(), before);
  agent.tick(t0 + 1s);
  agent.tick(t0 + 30s);  // it was held
  agent.tick(t0 + 30s);
  ASSERT_EQ(link.published().size(), before + 2);
  const proto::Heartbeat newest = link.published().back();
  EXPECT_EQ(newest.state, RunState::Running);
  EXPECT_EQ(newest.samples, 4u);
  EXPECT_GT(newest.bytes_memory, 0u);
  EXPECT_GE(newest.cpu_percent, 0);
}

class IntervalTest : public AgentTest {
 protected:
  IntervalTest() : AgentTest({.version = "1", .id = "w1"}) {}
  // When the first report is sent.
  Duration interval(Duration ordered) {
    proto::Spawn order = order_for(1);
    order.report_interval = ordered;
    agent.receive(order, t0);
    for (Duration after{}; after < 10s; after += 500ms) {
      agent.tick(t0 + after);
      if (!link.sent<proto::Report>().empty()) return after;
    }
    return {};
  }
};

TEST_F(IntervalTest, IsTheMastersIfTheScenarioHasNone) { EXPECT_EQ(interval(5s), 5s); }

TEST_F(IntervalTest, IsTheScenariosIfItHasOne) {
  scenario.wanted_interval = 4s;
  EXPECT_EQ(interval(5s), 4s);
}

TEST_F(IntervalTest, IsThatOfThePeerIfNobodySaysOne) { EXPECT_EQ(interval(0s), 2s); }

TEST_F(IntervalTest, IsLocustsTowardsLocustsMaster) {
  link.deliver(proto::Introduce{proto::Dialect::Locust});
  EXPECT_EQ(interval(0s), 3s);
}

}  // namespace
}  // namespace swarm::worker
