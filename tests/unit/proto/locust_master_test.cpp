#include "proto/locust_master.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/swarm_dialect.h"
#include "tests/support/recorded.h"

namespace swarm::proto {
namespace {

using namespace std::chrono_literals;
using test::recorded;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double kStart = test::kRecordedStart;

std::vector<std::string> types(const std::vector<Envelope>& envelopes) {
  std::vector<std::string> types;
  for (const Envelope& envelope : envelopes) types.push_back(envelope.type);
  return types;
}

Report report_of(RunId run, std::uint64_t seq, std::uint64_t exceptions = 0) {
  Report report;
  report.run = run;
  report.seq = seq;
  report.since = seq - 1;
  if (exceptions > 0) {
    report.delta.add_exception("  File \"scenario.py\", line 2, in buy\n",
                               {exceptions, "sold out"});
  }
  return report;
}

// A master of Locust's that says what is recorded, or anything else.
class LocustsMaster : public testing::TestWithParam<std::string_view> {
 protected:
  std::vector<ToWorker> says(const Envelope& envelope, double at = 0) {
    auto messages = master_.translate(envelope, kStart + at);
    EXPECT_TRUE(messages) << envelope.type << ": " << messages.error().message;
    return messages ? std::move(messages).value() : std::vector<ToWorker>{};
  }
  std::vector<ToWorker> says(const std::string& message, double at = 0) {
    return says(recorded(GetParam(), "master/" + message), at);
  }
  std::vector<Envelope> told(const ToMaster& message, double at = 0) {
    return master_.translate(message, kStart + at);
  }
  // The recorded order of the newest Locust, at another time.
  std::vector<ToWorker> spawn(double timestamp) {
    Envelope envelope = recorded(GetParam(), "master/spawn");
    envelope.data.set("timestamp", kStart + timestamp);
    return says(envelope, timestamp);
  }
  Spawn begin(double timestamp = 0) {
    const auto orders = spawn(timestamp);
    EXPECT_THAT(orders, SizeIs(1));
    return orders.empty() ? Spawn{} : std::get<Spawn>(orders.front());
  }

  LocustMaster master_{test::kRecordedWorker};
};
INSTANTIATE_TEST_SUITE_P(Recorded, LocustsMaster, testing::ValuesIn(test::kRecordedLocusts));

template <typename Message>
Message only(const std::vector<ToWorker>& messages) {
  EXPECT_THAT(messages, SizeIs(1));
  if (messages.size() != 1 || !std::holds_alternative<Message>(messages.front())) {
    ADD_FAILURE() << "another message";
    return {};
  }
  return std::get<Message>(messages.front());
}

TEST_P(LocustsMaster, IntroducesTheWorkerAndTellsItsPlace) {
  const auto messages = says("ack");
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(std::get<Introduce>(messages[0]).master, Dialect::Locust);
  EXPECT_EQ(std::get<Ack>(messages[1]).index, 0u);
  EXPECT_EQ(std::get<Ack>(messages[1]).run.value, 0u);
}

TEST_P(LocustsMaster, EndsNoRunByGreetingTwice) {
  const Spawn order = begin();
  told(report_of(order.run, 3));
  const auto messages = says("ack");
  EXPECT_EQ(std::get<Ack>(messages[1]).run, order.run);
  EXPECT_EQ(std::get<Ack>(messages[1]).counted, 3u);
}

TEST_P(LocustsMaster, OrdersWhatIsToBeThereAtOnce) {
  const Spawn order = only<Spawn>(says("spawn", 2));
  EXPECT_NE(order.run.value, 0u);
  EXPECT_EQ(order.run_age, Duration::zero());
  EXPECT_THAT(order.targets, ElementsAre(ClassCount{"Buyer", 2}, ClassCount{"Visitor", 1}));
  EXPECT_THAT(order.steps, IsEmpty());
  EXPECT_EQ(order.host, "http://target");
  EXPECT_EQ(order.stop_timeout, Duration{2500ms});
}

TEST_P(LocustsMaster, PassesOnTheOptionsOfTheScenarioOnly) {
  const Spawn order = only<Spawn>(says("spawn"));
  const Value::Map& options = *order.options.as_map();
  std::vector<std::string> names;
  for (const Value::Entry& option : options) names.push_back(*option.key.as_text());
  EXPECT_THAT(names,
              testing::UnorderedElementsAre("expect_workers", "tags", "exclude_tags", "region"));
}

TEST_P(LocustsMaster, LeadsOneRunUntilItStops) {
  const Spawn first = begin(1);
  const Spawn second = begin(2);
  EXPECT_EQ(second.run, first.run);
  EXPECT_GT(second.order, first.order);
  EXPECT_NEAR(std::chrono::duration<double>(second.run_age).count(), 1, 1e-3);
  EXPECT_THAT(spawn(2), IsEmpty());  // stale: not newer than the last
  EXPECT_THAT(spawn(1.5), IsEmpty());
}

TEST_P(LocustsMaster, BeginsAnotherRunAfterAStop) {
  const Spawn first = begin(1);
  EXPECT_EQ(only<Stop>(says("stop")).run, first.run);
  EXPECT_EQ(types(told(ClientStopped{first.run})),
            (std::vector<std::string>{"client_stopped", "client_ready"}));
  EXPECT_EQ(std::get<Ack>(says("ack")[1]).run.value, 0u);
  const Spawn second = begin(5);
  EXPECT_GT(second.run.value, first.run.value);
  EXPECT_EQ(second.run_age, Duration::zero());
}

TEST_P(LocustsMaster, MayBeginTheNextRunBeforeTheLastWordOfTheOneBefore) {
  const Spawn first = begin(1);
  says("stop");
  const Spawn second = begin(5);
  EXPECT_NE(second.run, first.run);
  EXPECT_THAT(told(OrderDone{first.run, 9, {}}), IsEmpty());
  EXPECT_THAT(told(report_of(first.run, 1)), SizeIs(1));
  EXPECT_THAT(told(report_of(RunId{1}, 1)), IsEmpty());
}

TEST_P(LocustsMaster, IsAnsweredWhenItStopsAgain) {
  EXPECT_THAT(says("stop"), IsEmpty());  // no run at all
  const Spawn order = begin();
  says("stop");
  told(ClientStopped{order.run});
  EXPECT_EQ(only<Stop>(says("stop")).run, order.run);
}

TEST_P(LocustsMaster, HearsThatAnOrderIsDone) {
  const Spawn order = begin();
  const auto said = told(OrderDone{order.run, order.order, {{"Buyer", 1}, {"Visitor", 2}}});
  EXPECT_THAT(said, ElementsAre(recorded(GetParam(), "worker/spawning"),
                                recorded(GetParam(), "worker/spawning_complete")));
  says("stop");
  EXPECT_THAT(told(OrderDone{order.run, order.order, {}}), IsEmpty());
}

TEST_P(LocustsMaster, HearsTheHeartAsLocustsBeats) {
  begin();
  const Heartbeat beat{RunState::Running, 12.5, 123456789, 4, 30ms};
  EXPECT_THAT(told(beat), ElementsAre(recorded(GetParam(), "worker/heartbeat")));
  const auto state = [this](RunState when) {
    return *told(Heartbeat{.state = when})[0].data.find("state")->as_text();
  };
  EXPECT_EQ(state(RunState::Ready), "ready");
  EXPECT_EQ(state(RunState::Spawning), "spawning");
  EXPECT_EQ(state(RunState::Stopping), "running");
}

// Listeners over there may count on keys that only the scenario's hooks add.
TEST_P(LocustsMaster, HearsOnlyTheHeartOfAWorkerThatHasNothingToDo) {
  const auto said = told(Heartbeat{.state = RunState::Running}, 10);
  EXPECT_EQ(types(said), std::vector<std::string>{"heartbeat"});
  EXPECT_EQ(*said[0].data.find("state"), Value("ready"));
}

TEST_P(LocustsMaster, HearsEachReportOnce) {
  const Spawn order = begin();
  EXPECT_EQ(types(told(report_of(order.run, 1))), std::vector<std::string>{"stats"});
  EXPECT_THAT(told(report_of(order.run, 1)), IsEmpty());
  EXPECT_EQ(types(told(report_of(order.run, 2))), std::vector<std::string>{"stats"});
}

TEST_P(LocustsMaster, HearsOfEachException) {
  const Spawn order = begin();
  const auto said = told(report_of(order.run, 1, 2));
  EXPECT_EQ(types(said), (std::vector<std::string>{"stats", "exception", "exception"}));
  EXPECT_EQ(said[1], recorded(GetParam(), "worker/exception"));
}

TEST_P(LocustsMaster, HearsOfManyExceptionsByAndBy) {
  const Spawn order = begin();
  constexpr std::size_t kMost = LocustMaster::kMostExceptions;
  Report report = report_of(order.run, 1, kMost + 5);
  report.delta.add_exception("a rare one", {1, "rare"});
  const auto said = told(report);
  EXPECT_THAT(said, SizeIs(1 + kMost));
  EXPECT_THAT(said,
              testing::Contains(testing::Field(
                  &Envelope::data, Value(Value::Map{{Value("msg"), Value("rare")},
                                                    {Value("traceback"), Value("a rare one")}}))));
  EXPECT_THAT(told(report_of(order.run, 2)), SizeIs(1 + 6));
  EXPECT_THAT(told(report_of(order.run, 3)), SizeIs(1));
}

TEST_P(LocustsMaster, HearsWhatTheGeneratorCouldNotDo) {
  const Spawn order = begin();
  Report report = report_of(order.run, 1);
  report.delta.add_generator_error("too many open files", 2);
  const auto said = told(report);
  ASSERT_EQ(types(said), (std::vector<std::string>{"stats", "exception", "exception"}));
  EXPECT_EQ(*said[1].data.find("msg"), Value("too many open files"));
}

TEST_P(LocustsMaster, SaysThatAllUsersAreThere) {
  const Spawn order = begin();
  const auto complete =
      only<SpawningComplete>(says(recorded("2.47.0", "master/spawning_complete")));
  EXPECT_EQ(complete.run, order.run);
  EXPECT_EQ(complete.users, 3u);
}

TEST_P(LocustsMaster, SendsTheWorkerAway) {
  const Spawn order = begin();
  only<Quit>(says("quit"));
  EXPECT_THAT(told(ClientStopped{order.run}), IsEmpty());  // or it would be given work
  EXPECT_THAT(told(Goodbye{}), ElementsAre(recorded(GetParam(), "worker/quit")));
}

TEST_P(LocustsMaster, TalksToTheScenario) {
  const Envelope said = recorded(GetParam(), "master/custom");
  EXPECT_EQ(only<CustomMessage>(says(said)), (CustomMessage{"orders", said.data}));
  const Envelope heard = recorded(GetParam(), "worker/custom");
  EXPECT_THAT(told(CustomMessage{"orders", heard.data}), ElementsAre(heard));
}

TEST_P(LocustsMaster, GivesItsScenarioInEitherForm) {
  EXPECT_EQ(types(told(ScenarioRequest{})), std::vector<std::string>{"locustfile"});
  if (GetParam() == "2.47.0") {
    const auto files = only<ScenarioFiles>(says("locustfile"));
    EXPECT_THAT(files.entries, ElementsAre("scenario.py"));
    EXPECT_THAT(files.files, SizeIs(1));
  }
  const Value before =
      Value::Map{{Value("filename"), Value("../../etc/a.py")}, {Value("contents"), Value("x")}};
  EXPECT_THAT(only<ScenarioFiles>(says({"locustfile", before, "w"})).files,
              ElementsAre(ScenarioFile{"a.py", "x"}));
  const Value error = Value::Map{{Value("error"), Value("no file")}};
  EXPECT_EQ(only<ScenarioFiles>(says({"locustfile", error, "w"})).error, "no file");
  const Value url = Value::Map{{Value("locustfiles"), Value::Array{Value("https://x/a.py")}}};
  EXPECT_THAT(only<ScenarioFiles>(says({"locustfile", url, "w"})).error,
              testing::HasSubstr("https://x/a.py"));
}

TEST_P(LocustsMaster, LeavesToTheLinkWhatIsItsBusiness) {
  EXPECT_THAT(says("reconnect"), IsEmpty());
  EXPECT_THAT(says({"heartbeat", {}, "w"}), IsEmpty());
}

TEST_P(LocustsMaster, HasNoWordForWhatOnlyWeKnow) {
  EXPECT_THAT(told(ClientReady{"1"}), IsEmpty());
  EXPECT_THAT(told(StopRequest{}), IsEmpty());
  EXPECT_THAT(told(ScenarioFailed{"x"}), IsEmpty());
}

// Masters of before 2.29 would warn of each.
TEST_P(LocustsMaster, IsToldTheLogOnceItIsKnownToReadIt) {
  EXPECT_THAT(told(Logs{{"one"}}), IsEmpty());
  says({"spawning_complete", Value::Map{{Value("user_count"), Value(1)}}, "w"});
  const auto envelopes = told(Logs{{"one", "two"}});
  ASSERT_THAT(envelopes, SizeIs(1));
  EXPECT_EQ(envelopes[0].type, "logs");
  EXPECT_EQ(*envelopes[0].data.find("logs"), Value(Value::Array{"one", "two"}));
  EXPECT_NE(envelopes[0].data.find("worker_id"), nullptr);
}

TEST_P(LocustsMaster, WithWrongTypesIsAnErrorAndChangesNothing) {
  const auto refused = [this](const char* type, Value data) {
    return !master_.translate({type, std::move(data), "w"}, kStart).ok();
  };
  EXPECT_TRUE(refused("spawn", {}));
  EXPECT_TRUE(refused("spawn", Value::Map{{Value("timestamp"), Value("x")}}));
  Value data = recorded(GetParam(), "master/spawn").data;
  data.set("user_classes_count", Value::Map{{Value("A"), Value(-4)}});
  EXPECT_TRUE(refused("spawn", data));
  EXPECT_TRUE(refused("spawning_complete", {}));
  EXPECT_TRUE(refused("locustfile", Value::Map{{Value("filename"), Value("a.py")}}));
  EXPECT_TRUE(refused("locustfile", Value::Map{{Value("locustfiles"), Value(1)}}));
  EXPECT_THAT(says("spawn"), SizeIs(1));
}

}  // namespace
}  // namespace swarm::proto
