#include "proto/locust_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/recorded.h"

namespace swarm::proto {
namespace {

using namespace std::chrono_literals;
using test::recorded;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double kStart = test::kRecordedStart;
constexpr RunId kRun{7};

std::vector<std::string> types(const std::vector<Envelope>& envelopes) {
  std::vector<std::string> types;
  for (const Envelope& envelope : envelopes) types.push_back(envelope.type);
  return types;
}

// A worker of Locust's that says what is recorded, or anything else.
class Locust : public testing::TestWithParam<std::string_view> {
 protected:
  std::vector<ToMaster> says(const Envelope& envelope, double at = 0) {
    auto messages = worker_.translate(envelope, kStart + at);
    EXPECT_TRUE(messages) << envelope.type << ": " << messages.error().message;
    return messages ? std::move(messages).value() : std::vector<ToMaster>{};
  }
  std::vector<ToMaster> says(const std::string& message, double at = 0) {
    return says(recorded(GetParam(), "worker/" + message), at);
  }
  std::vector<Envelope> told(const ToWorker& message, double at = 0) {
    return worker_.translate(message, kStart + at);
  }
  static Spawn order(std::uint64_t number, std::uint32_t buyers, RunId run = kRun) {
    Spawn order;
    order.run = run;
    order.order = number;
    order.targets = {{"Buyer", buyers}, {"Visitor", 2}};
    return order;
  }
  static Envelope complete(int buyers) {
    return {"spawning_complete",
            Value::Map{{Value("user_classes_count"),
                        Value::Map{{Value("Visitor"), Value(2)}, {Value("Buyer"), Value(buyers)}}}},
            "w"};
  }
  void begin() {
    says("client_ready");
    told(Ack{0, {}, 0});
    told(order(1, 1));
    says("spawning");
    says("spawning_complete");
  }

  LocustWorker worker_{test::kRecordedWorker};
};
INSTANTIATE_TEST_SUITE_P(Recorded, Locust, testing::ValuesIn(test::kRecordedLocusts));

template <typename Message>
Message only(const std::vector<ToMaster>& messages) {
  EXPECT_THAT(messages, SizeIs(1));
  if (messages.size() != 1 || !std::holds_alternative<Message>(messages.front())) {
    ADD_FAILURE() << "another message";
    return {};
  }
  return std::get<Message>(messages.front());
}

TEST_P(Locust, TellsItsLog) {
  const Value data = Value::Map{{Value("worker_id"), Value("w")},
                                {Value("logs"), Value::Array{"one", 2, "three"}}};
  EXPECT_EQ(only<Logs>(says({"logs", data, "w"})).lines,
            (std::vector<std::string>{"one", "three"}));
  EXPECT_THAT(says({"logs", {}, "w"}), SizeIs(0));
}

TEST_P(Locust, IsGreetedAndToldItsPlace) {
  const auto ready = only<ClientReady>(says("client_ready"));
  EXPECT_FALSE(ready.run);
  // Debian's package does not know its own version.
  EXPECT_EQ(ready.version, GetParam() == "2.12.1" ? "" : GetParam());
  const auto answer = told(Ack{4, {}, 0});
  ASSERT_EQ(types(answer), std::vector<std::string>{"ack"});
  EXPECT_EQ(*answer[0].data.find("index"), Value(4));
  EXPECT_EQ(answer[0].node_id, test::kRecordedWorker);
}

TEST_P(Locust, IsOrderedAsByItsOwnMaster) {
  Spawn order = this->order(1, 2);
  order.targets = {{"Buyer", 2}, {"Visitor", 1}};
  order.host = "http://target";
  order.stop_timeout = 2500ms;
  const auto told = this->told(order, 1.5);
  ASSERT_THAT(told, SizeIs(1));
  Value recorded_data = recorded(GetParam(), "master/spawn").data;
  recorded_data.set("parsed_options", Value::Map{});
  EXPECT_EQ(told[0].data, recorded_data);

  order.options = Value::Map{{Value("region"), Value("eu")}};
  EXPECT_EQ(*this->told(order, 2)[0].data.find("parsed_options"), order.options);
}

TEST_P(Locust, TakesNoOrderThatItWouldThinkIsStale) {
  const double first = *told(order(1, 1), 5)[0].data.find("timestamp")->as_double();
  EXPECT_GT(*told(order(2, 2), 5)[0].data.find("timestamp")->as_double(), first);
  EXPECT_GT(*told(order(3, 3), 1)[0].data.find("timestamp")->as_double(), first);
}

TEST_P(Locust, ReportsWhichOrderIsDone) {
  begin();
  told(order(2, 3));
  told(order(3, 5));
  says("spawning");
  const auto second = only<OrderDone>(says(complete(3)));
  EXPECT_EQ(second.order, 2u);
  EXPECT_EQ(second.run, kRun);
  EXPECT_THAT(second.users, ElementsAre(ClassCount{"Visitor", 2}, ClassCount{"Buyer", 3}));
  says("spawning");
  EXPECT_EQ(only<OrderDone>(says(complete(5))).order, 3u);
}

TEST_P(Locust, IsDoneWithTheNewestOrderIfItSkippedOthers) {
  begin();
  told(order(2, 3));
  told(order(3, 5));
  says("spawning");
  says("spawning");
  EXPECT_EQ(only<OrderDone>(says(complete(5))).order, 3u);
  EXPECT_THAT(says(complete(5)), IsEmpty());
}

TEST_P(Locust, IsDoneAlsoWhenUsersEndedByThemselves) {
  begin();
  told(order(2, 3));
  says("spawning");
  EXPECT_EQ(only<OrderDone>(says(complete(1))).order, 2u);
}

TEST_P(Locust, BeatsWithWhatItMeasuredSoFar) {
  begin();
  says("stats", 3);
  const auto beat = only<Heartbeat>(says("heartbeat", 3.5));
  EXPECT_EQ(beat.state, RunState::Running);
  EXPECT_EQ(beat.cpu_percent, 12.5);
  EXPECT_EQ(beat.bytes_memory, 123456789u);
  EXPECT_EQ(beat.samples, 8u);
}

TEST_P(Locust, HasItsReportsNumbered) {
  begin();
  const auto first = only<Report>(says("stats", 3));
  const auto second = only<Report>(says("stats", 6));
  EXPECT_EQ(first.run, kRun);
  EXPECT_EQ(first.seq, 1u);
  EXPECT_EQ(first.since, 0u);
  EXPECT_EQ(second.seq, 2u);
  EXPECT_EQ(second.since, 1u);
  EXPECT_EQ(second.samples, 16u);
  EXPECT_EQ(second.state, RunState::Running);
  EXPECT_THAT(second.users, ElementsAre(ClassCount{"Buyer", 1}, ClassCount{"Visitor", 2}));
}

TEST_P(Locust, GoesOnFromTheReportThatIsCounted) {
  begin();
  says("stats", 3);
  told(Ack{0, kRun, 40});
  const auto next = only<Report>(says("stats", 6));
  EXPECT_EQ(next.since, 40u);
  EXPECT_EQ(next.seq, 41u);
}

TEST_P(Locust, ReportsInTheEraThatItWasToldOf) {
  begin();
  const auto told = this->told(SpawningComplete{kRun, 3, 1});
  ASSERT_EQ(types(told), std::vector<std::string>{"spawning_complete"});
  EXPECT_EQ(*told[0].data.find("user_count"), Value(3));
  EXPECT_EQ(only<Report>(says("stats", 3)).era, 1u);
}

TEST_P(Locust, SendsItsExceptionsOneByOne) {
  begin();
  says("exception");
  says("exception");
  const auto report = only<Report>(says("stats", 3));
  ASSERT_THAT(report.delta.exceptions, SizeIs(1));
  const auto& [traceback, count] = *report.delta.exceptions.begin();
  EXPECT_EQ(traceback, "  File \"scenario.py\", line 2, in buy\n");
  EXPECT_EQ(count, (ExceptionCount{2, "sold out"}));
  EXPECT_THAT(only<Report>(says("stats", 6)).delta.exceptions, IsEmpty());
}

TEST_P(Locust, CannotFillTheMemoryWithExceptions) {
  begin();
  for (int i = 0; i < 3000; ++i) {
    says({"exception",
          Value::Map{{Value("msg"), Value("m")}, {Value("traceback"), Value(std::to_string(i))}},
          "w"});
  }
  says({"exception", Value::Map{{Value("traceback"), Value(std::string(1 << 20, 'x'))}}, "w"});
  const auto report = only<Report>(says("stats", 3));
  EXPECT_LE(report.delta.exceptions.size(), Delta::kMostTexts + 1);
  std::uint64_t sum = 0;
  for (const auto& [traceback, count] : report.delta.exceptions) {
    EXPECT_LE(traceback.size(), LocustWorker::kLongestText);
    sum += count.count;
  }
  EXPECT_EQ(sum, 3001u);
}

TEST_P(Locust, HasStoppedWhenItsLastStatsAreIn) {
  begin();
  EXPECT_EQ(types(told(Stop{kRun}, 5)), std::vector<std::string>{"stop"});
  EXPECT_THAT(told(Stop{kRun}, 6), IsEmpty());  // would be answered twice
  EXPECT_THAT(says("client_stopped", 6), IsEmpty());
  EXPECT_THAT(says("client_ready", 6), IsEmpty());
  EXPECT_EQ(only<Heartbeat>(says("heartbeat", 7)).state, RunState::Ready);
  const auto last = says("stats", 8);
  ASSERT_THAT(last, SizeIs(3));
  EXPECT_EQ(std::get<Report>(last[0]).samples, 8u);
  EXPECT_EQ(std::get<ClientStopped>(last[1]).run, kRun);
  EXPECT_TRUE(std::holds_alternative<ClientReady>(last[2]));
  EXPECT_THAT(says("stats", 11), IsEmpty());
}

TEST_P(Locust, IsNotWaitedForIfItSendsNoLastStats) {
  begin();
  told(Stop{kRun}, 5);
  says("client_stopped", 5);
  says("client_ready", 5);
  EXPECT_THAT(says("heartbeat", 6), SizeIs(1));
  const auto late = says("heartbeat", 5.1 + LocustWorker::kLastStats);
  ASSERT_THAT(late, SizeIs(3));
  EXPECT_EQ(std::get<ClientStopped>(late[1]).run, kRun);
  EXPECT_TRUE(std::holds_alternative<ClientReady>(late[2]));
}

TEST_P(Locust, StartsTheNextRunFromZero) {
  begin();
  says("stats", 3);
  told(Stop{kRun}, 5);
  says("client_stopped", 6);
  says("client_ready", 6);
  says("stats", 8);
  told(order(1, 1, RunId{8}), 9);
  const auto report = only<Report>(says("stats", 12));
  EXPECT_EQ(report.run.value, 8u);
  EXPECT_EQ(report.seq, 1u);
  EXPECT_EQ(report.samples, 8u);
}

// It is ready a stop timeout after it stopped, which may be later than its last stats.
TEST_P(Locust, IsInTheNextRunAlthoughItIsReadyLate) {
  begin();
  told(Stop{kRun}, 5);
  says("client_stopped", 5);
  EXPECT_THAT(says("stats", 6), SizeIs(2));
  told(order(1, 1, RunId{8}), 7);
  EXPECT_THAT(says("client_ready", 10), IsEmpty());
  EXPECT_EQ(only<Report>(says("stats", 12)).run.value, 8u);
  only<ClientReady>(says("client_ready", 13));  // this time it was started again
}

TEST_P(Locust, AnswersAStopOfARunThatItHasNoPartIn) {
  says("client_ready");
  EXPECT_THAT(told(Stop{kRun}, 1), IsEmpty());
  const auto answer = says("heartbeat", 2);
  ASSERT_THAT(answer, SizeIs(2));
  EXPECT_EQ(std::get<ClientStopped>(answer[1]).run, kRun);
}

TEST_P(Locust, IsToldToStopAgainIfItMissedIt) {
  begin();
  told(Stop{kRun}, 5);
  EXPECT_EQ(types(told(Stop{kRun}, 11)), std::vector<std::string>{"stop"});
  says("client_stopped", 12);
  says("stats", 13);
  told(order(1, 1, RunId{8}), 14);
  says("client_stopped", 14);  // the answer to the second one: not of this run
  EXPECT_THAT(says("stats", 15), SizeIs(1));
}

TEST_P(Locust, ThatServesAnotherMastersRunIsStopped) {
  const auto found = says("heartbeat");
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<ClientReady>(found[0]));
  EXPECT_THAT(says("stats", 1), IsEmpty());
  EXPECT_THAT(types(told(Ack{0, {}, 0}, 1)), ElementsAre("ack", "stop"));
  told(order(1, 1), 1);
  EXPECT_THAT(says("client_stopped", 2), IsEmpty());
  only<ClientReady>(says("client_ready", 2));
  told(order(2, 1), 3);
  EXPECT_EQ(only<Report>(says("stats", 3)).run, kRun);
}

TEST_P(Locust, IsANewOneAfterALongSilence) {
  begin();
  EXPECT_THAT(says("heartbeat", 20), SizeIs(1));
  const auto back = says("heartbeat", 21 + LocustWorker::kSilence);
  ASSERT_THAT(back, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<ClientReady>(back[0]));
}

TEST_P(Locust, ThatWasStartedAgainHasNoPartInTheRun) {
  begin();
  says("stats", 3);
  only<ClientReady>(says("client_ready", 4));
  EXPECT_THAT(says("stats", 5), IsEmpty());
  told(order(2, 1), 6);
  EXPECT_EQ(only<Report>(says("stats", 9)).seq, 1u);
}

TEST_P(Locust, SaysGoodbye) {
  begin();
  EXPECT_EQ(types(told(Quit{})), std::vector<std::string>{"quit"});
  only<Report>(says("stats", 1));
  only<Goodbye>(says("quit", 1));
  EXPECT_THAT(says("stats", 2), IsEmpty());
}

TEST_P(Locust, TalksToTheScenario) {
  const Envelope said = recorded(GetParam(), "worker/custom");
  EXPECT_EQ(only<CustomMessage>(says(said)), (CustomMessage{"orders", said.data}));
  const Envelope heard = recorded(GetParam(), "master/custom");
  EXPECT_THAT(told(CustomMessage{"orders", heard.data}), ElementsAre(heard));
}

TEST_P(Locust, HasNoWordForWhatOnlyWeKnow) {
  begin();
  EXPECT_THAT(told(Permits{kRun, 5, 1}), IsEmpty());
  EXPECT_THAT(told(ReportAck{kRun, 1}), IsEmpty());
  EXPECT_THAT(told(Introduce{}), IsEmpty());
  EXPECT_EQ(types(told(Refused{"no"})), std::vector<std::string>{"quit"});
}

const ScenarioFiles kFiles{{"sub/a.py"}, {{"sub/a.py", "x = 1\n"}, {"b.py", ""}}, ""};

TEST_P(Locust, IsGivenTheScenarioInTheFormThatItAskedFor) {
  only<ScenarioRequest>(says({"locustfile", Value::Map{{Value("version"), Value("2.47.0")}}, "w"}));
  EXPECT_THAT(told(kFiles),
              ElementsAre(Envelope{
                  "locustfile",
                  Value::Map{{Value("locustfiles"),
                              Value::Array{Value::Map{{Value("filename"), Value("a.py")},
                                                      {Value("contents"), Value("x = 1\n")}}}}},
                  test::kRecordedWorker}));
  only<ScenarioRequest>(says({"locustfile", {}, "w"}));
  EXPECT_THAT(told(kFiles), ElementsAre(Envelope{"locustfile",
                                                 Value::Map{{Value("filename"), Value("a.py")},
                                                            {Value("contents"), Value("x = 1\n")}},
                                                 test::kRecordedWorker}));
}

TEST_P(Locust, IsToldWhyThereIsNoScenarioForIt) {
  says({"locustfile", {}, "w"});
  ScenarioFiles compiled{{"a.so"},
                         {{"a.so",
                           "\x7f"
                           "ELF\xff"}},
                         ""};
  for (const ScenarioFiles& files : {compiled, ScenarioFiles{{}, {}, "none"}, ScenarioFiles{}}) {
    const auto told = this->told(files);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_NE(told[0].data.find("error"), nullptr);
  }
}

TEST_P(Locust, WithWrongTypesIsAnErrorAndChangesNothing) {
  begin();
  const auto refused = [this](const char* type, Value data) {
    return !worker_.translate({type, std::move(data), "w"}, kStart + 1).ok();
  };
  EXPECT_TRUE(refused("client_ready", {}));  // of before 2.0
  EXPECT_TRUE(refused("client_ready", 0));
  EXPECT_TRUE(refused("heartbeat", {}));
  EXPECT_TRUE(refused("heartbeat", 5));
  EXPECT_TRUE(refused("stats", Value::Map{}));
  EXPECT_TRUE(refused("spawning_complete", Value::Map{{Value("user_classes_count"), Value(1)}}));
  EXPECT_TRUE(refused("exception", "x"));
  EXPECT_EQ(only<Report>(says("stats", 3)).seq, 1u);
}

TEST(Boomer, NeedsNoVersion) {
  LocustWorker worker{"go"};
  const auto ready = worker.translate(Envelope{"client_ready", Value(-1), "go"}, kStart);
  ASSERT_TRUE(ready);
  EXPECT_EQ(only<ClientReady>(ready.value()).version, "");
}

}  // namespace
}  // namespace swarm::proto
