// The wire with both ends of ours, and each end with Locust's.
#include "proto/zmq_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/loop.h"
#include "proto/swarm_dialect.h"
#include "tests/support/link_ends.h"
#include "tests/support/raw_peer.h"

namespace swarm::proto {
namespace {

using namespace std::chrono_literals;
using test::MasterEnd;
using test::RawPeer;
using test::turn_until;
using test::WorkerEnd;
using testing::HasSubstr;
using testing::StartsWith;

Report report(RunId run, std::uint64_t seq) {
  return {.run = run, .seq = seq, .since = seq - 1, .delta = {}, .users = {}, .health = {}};
}

class ZmqLinkTest : public testing::Test {
 protected:
  Loop loop;
};

TEST_F(ZmqLinkTest, IntroducesAWorkerToAMasterOfOurs) {
  MasterEnd master(loop);
  WorkerEnd worker(loop, master.port(), "w1");
  ASSERT_TRUE(turn_until(loop, [&] { return worker.got<Introduce>() != nullptr; }));
  EXPECT_EQ(worker.got<Introduce>()->master, Dialect::Swarm);

  ASSERT_TRUE(worker.link->send(ClientReady{"1.0", {}}));
  ASSERT_TRUE(turn_until(loop, [&] { return master.got<ClientReady>("w1") != nullptr; }));
  EXPECT_EQ(master.got<ClientReady>("w1")->version, "1.0");

  ASSERT_TRUE(master.link->send("w1", Ack{.index = 3, .run = {7}, .counted = 5}));
  ASSERT_TRUE(turn_until(loop, [&] { return worker.got<Ack>() != nullptr; }));
  EXPECT_EQ(worker.got<Ack>()->index, 3u);
  EXPECT_EQ(worker.got<Ack>()->run, RunId{7});
}

TEST_F(ZmqLinkTest, DeliversManyMessagesInOrderBothWays) {
  MasterEnd master(loop);
  WorkerEnd worker(loop, master.port(), "w1");
  ASSERT_TRUE(worker.join(master));
  for (std::uint64_t n = 1; n <= 1000; ++n) {
    ASSERT_TRUE(worker.link->send(ClientStopped{{n}}));
    ASSERT_TRUE(master.link->send("w1", Stop{{n}}));
  }
  ASSERT_TRUE(turn_until(loop, [&] {
    return master.all<ClientStopped>("w1").size() == 1000 && worker.all<Stop>().size() == 1000;
  }));
  for (std::uint64_t n = 1; n <= 1000; ++n) {
    EXPECT_EQ(master.all<ClientStopped>("w1")[n - 1].run, RunId{n});
    EXPECT_EQ(worker.all<Stop>()[n - 1].run, RunId{n});
  }
}

TEST_F(ZmqLinkTest, RefusesToSendToAWorkerThatWasNeverHeardOf) {
  MasterEnd master(loop);
  EXPECT_FALSE(master.link->send("nobody", Quit{}));
}

TEST_F(ZmqLinkTest, RefusesToSendBeforeTheMasterAnswered) {
  ZmqLink link(loop, {.host = "127.0.0.1", .port = 1, .worker = "w1", .version = "1"});
  EXPECT_FALSE(link.send(Goodbye{}));
}

TEST_F(ZmqLinkTest, SendsWhatWasSentBeforeItGoes) {
  MasterEnd master(loop);
  {
    WorkerEnd worker(loop, master.port(), "w1");
    ASSERT_TRUE(worker.join(master));
    ASSERT_TRUE(worker.link->send(Goodbye{}));
  }
  EXPECT_TRUE(turn_until(loop, [&] { return master.got<Goodbye>("w1") != nullptr; }));
}

TEST_F(ZmqLinkTest, DeliversNothingOnceItIsGone) {
  MasterEnd master(loop);
  WorkerEnd worker(loop, master.port(), "w1");
  ASSERT_TRUE(worker.join(master));
  int arrived = 0;
  worker.link->on_receive([&](ToWorker) {
    ++arrived;
    worker.link.reset();  // with a second message on its way
  });
  ASSERT_TRUE(master.link->send("w1", Stop{{1}}));
  ASSERT_TRUE(master.link->send("w1", Stop{{2}}));
  ASSERT_TRUE(turn_until(loop, [&] { return arrived > 0; }));
  loop.turn(50ms);
  EXPECT_EQ(arrived, 1);
}

TEST_F(ZmqLinkTest, BeatsWhileTheLoopIsHeld) {
  Loop held;
  MasterEnd master(loop);
  WorkerEnd worker(held, master.port(), "w1");
  ASSERT_TRUE(turn_until(held, [&] { return worker.got<Introduce>() != nullptr; }));
  worker.link->publish({.state = RunState::Running, .samples = 5});
  // From now on, no turn of the worker's loop.
  ASSERT_TRUE(turn_until(loop, [&] { return master.all<Heartbeat>("w1").size() >= 4; }));
  const Heartbeat last = master.all<Heartbeat>("w1").back();
  EXPECT_EQ(last.samples, 5u);
  EXPECT_GE(last.loop_lag, 2s);
  EXPECT_GT(worker.link->last_heard(), TimePoint{});
}

TEST_F(ZmqLinkTest, SaysWhatTheLoopsLagIs) {
  MasterEnd master(loop);
  WorkerEnd worker(loop, master.port(), "w1");
  ASSERT_TRUE(worker.join(master));
  worker.link->publish({});
  ASSERT_TRUE(turn_until(loop, [&] { return !master.all<Heartbeat>("w1").empty(); }));
  const TimePoint before = worker.link->last_heard();
  ASSERT_TRUE(turn_until(loop, [&] { return worker.link->last_heard() > before; }));
}

TEST_F(ZmqLinkTest, WaitsForAMasterThatIsNotThereYet) {
  std::uint16_t port = 0;
  { port = MasterEnd(loop).port(); }
  WorkerEnd worker(loop, port, "w1");
  loop.turn(300ms);
  MasterEnd master(loop, port);
  EXPECT_TRUE(worker.join(master));
}

TEST_F(ZmqLinkTest, IntroducesAWorkerToAMasterThatWasStartedAnew) {
  auto master = std::make_unique<MasterEnd>(loop);
  const std::uint16_t port = master->port();
  WorkerEnd worker(loop, port, "w1");
  ASSERT_TRUE(worker.join(*master));
  worker.link->publish({});
  master.reset();
  master = std::make_unique<MasterEnd>(loop, port);
  worker.forget();
  ASSERT_TRUE(turn_until(loop, [&] { return worker.got<Introduce>() != nullptr; }));
  EXPECT_TRUE(worker.join(*master));
}

TEST_F(ZmqLinkTest, SaysWhatAPortInUseIs) {
  MasterEnd master(loop);
  const auto second = ZmqFleetLink::bind(loop, {.host = "127.0.0.1", .port = master.port()});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("another program"));
  const auto nowhere = ZmqFleetLink::bind(loop, {.host = "203.0.113.7", .port = 0});
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().message, HasSubstr("no address of this machine"));
}

TEST_F(ZmqLinkTest, BindsToNames) {
  EXPECT_TRUE(ZmqFleetLink::bind(loop, {.host = "localhost", .port = 0}));
  EXPECT_TRUE(ZmqFleetLink::bind(loop, {.host = "*", .port = 0}));
}

// --- one id ---

TEST_F(ZmqLinkTest, RefusesASecondProcessWithTheSameId) {
  MasterEnd master(loop);
  WorkerEnd first(loop, master.port(), "w1");
  ASSERT_TRUE(first.join(master));
  first.link->publish({});
  WorkerEnd second(loop, master.port(), "w1");
  ASSERT_TRUE(turn_until(loop, [&] { return second.got<Introduce>() != nullptr; }));
  ASSERT_TRUE(second.link->send(ClientReady{"second", {}}));
  second.link->publish({});
  ASSERT_TRUE(turn_until(loop, [&] { return second.got<Refused>() != nullptr; }));
  EXPECT_THAT(second.got<Refused>()->reason, HasSubstr("--worker-id"));
  EXPECT_EQ(master.all<ClientReady>("w1").size(), 1u);
  // The first one is not disturbed.
  ASSERT_TRUE(master.link->send("w1", Stop{{9}}));
  EXPECT_TRUE(turn_until(loop, [&] { return first.got<Stop>() != nullptr; }));
  EXPECT_EQ(second.got<Stop>(), nullptr);
}

TEST_F(ZmqLinkTest, TakesTheSecondOnceTheFirstIsSilent) {
  MasterEnd master(loop);
  auto first = std::make_unique<WorkerEnd>(loop, master.port(), "w1");
  ASSERT_TRUE(first->join(master));
  first.reset();  // without a word
  WorkerEnd second(loop, master.port(), "w1");
  ASSERT_TRUE(turn_until(loop, [&] { return second.got<Introduce>() != nullptr; }));
  ASSERT_TRUE(second.link->send(ClientReady{"second", {}}));
  ASSERT_TRUE(turn_until(loop, [&] { return master.all<ClientReady>("w1").size() == 2; }));
  ASSERT_TRUE(master.link->send("w1", Stop{{9}}));
  EXPECT_TRUE(turn_until(loop, [&] { return second.got<Stop>() != nullptr; }));
}

// --- a master of Locust's ---

TEST_F(ZmqLinkTest, IsAWorkerOfLocustsToAMasterOfLocusts) {
  RawPeer master;
  WorkerEnd worker(loop, master.port(), "host_1");
  auto ready = master.receive_type("client_ready");
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->first, "host_1");  // the plain id
  EXPECT_THAT(*ready->second.data.as_text(), StartsWith("2."));
  Value index{Value::Map{}};
  index.set("index", 4);
  master.send({"ack", index, "host_1"}, "host_1");
  ASSERT_TRUE(turn_until(loop, [&] { return worker.got<Ack>() != nullptr; }));
  EXPECT_EQ(worker.got<Introduce>()->master, Dialect::Locust);
  EXPECT_EQ(worker.got<Ack>()->index, 4u);

  worker.link->publish({.state = RunState::Ready});
  EXPECT_TRUE(master.receive_type("heartbeat"));

  Value spawn{Value::Map{}};
  spawn.set("timestamp", 1e9);
  spawn.set("user_classes_count", Value::Map{{Value("User"), Value(2)}});
  spawn.set("host", Value{});
  spawn.set("stop_timeout", 0.0);
  spawn.set("parsed_options", Value::Map{});
  master.send({"spawn", spawn, "host_1"}, "host_1");
  ASSERT_TRUE(turn_until(loop, [&] { return worker.got<Spawn>() != nullptr; }));
  const RunId run = worker.got<Spawn>()->run;

  // A report that ZeroMQ took is counted.
  ASSERT_TRUE(worker.link->send(report(run, 1)));
  ASSERT_TRUE(turn_until(loop, [&] { return worker.got<ReportAck>() != nullptr; }));
  EXPECT_EQ(worker.got<ReportAck>()->seq, 1u);
  EXPECT_TRUE(master.receive_type("stats"));

  // What it repeats because the acknowledgement was late is acknowledged, and not sent again.
  worker.forget();
  ASSERT_TRUE(worker.link->send(report(run, 1)));
  ASSERT_TRUE(turn_until(loop, [&] { return worker.got<ReportAck>() != nullptr; }));
}

TEST_F(ZmqLinkTest, GreetsAgainWhenAskedTo) {
  RawPeer master;
  WorkerEnd worker(loop, master.port(), "w1");
  ASSERT_TRUE(master.receive_type("client_ready"));
  master.send({"ack", Value::Map{}, "w1"}, "w1");
  ASSERT_TRUE(turn_until(loop, [&] { return worker.got<Introduce>() != nullptr; }));
  master.send({"reconnect", {}, "w1"}, "w1");
  EXPECT_TRUE(master.receive_type("client_ready"));
}

// --- workers of Locust's ---

TEST_F(ZmqLinkTest, ServesAWorkerOfLocusts) {
  MasterEnd master(loop);
  RawPeer worker(master.port(), "host_abc");
  worker.send({"client_ready", "2.46.3", "host_abc"});
  ASSERT_TRUE(turn_until(loop, [&] { return master.got<ClientReady>("host_abc") != nullptr; }));
  ASSERT_TRUE(master.link->send("host_abc", Ack{.index = 2, .run = {}}));
  const auto ack = worker.receive_type("ack");
  ASSERT_TRUE(ack);
  EXPECT_EQ(*ack->second.data.find("index"), Value(2));

  Value state{Value::Map{}};
  state.set("state", "ready");
  state.set("current_cpu_usage", 1.5);
  state.set("current_memory_usage", 1000);
  worker.send({"heartbeat", state, "host_abc"});
  EXPECT_TRUE(turn_until(loop, [&] { return master.got<Heartbeat>("host_abc") != nullptr; }));
  EXPECT_TRUE(worker.receive_type("heartbeat"));
}

TEST_F(ZmqLinkTest, ServesBoomerAndNotTheOldest) {
  MasterEnd master(loop);
  RawPeer old(master.port(), "old");
  old.send({"client_ready", {}, "old"});
  RawPeer boomer(master.port(), "boomer");
  boomer.send({"client_ready", -1, "boomer"});
  ASSERT_TRUE(turn_until(loop, [&] { return master.got<ClientReady>("boomer") != nullptr; }));
  EXPECT_EQ(master.got<ClientReady>("old"), nullptr);
}

TEST_F(ZmqLinkTest, RefusesAnotherNumberOfTheDialect) {
  MasterEnd master(loop);
  RawPeer worker(master.port(), "new");
  worker.send({"client_ready", "2.46.3+swarm.99/9.9.9", "new"});
  const auto answer = worker.receive(20s);
  ASSERT_TRUE(answer);
  const auto message = SwarmDialect::decode_to_worker(answer->second);
  ASSERT_TRUE(message);
  const auto* const refused = std::get_if<Refused>(&*message);
  ASSERT_NE(refused, nullptr);
  EXPECT_THAT(refused->reason, HasSubstr("9.9.9"));
  EXPECT_THAT(refused->reason, HasSubstr("master of version 1.0"));
}

// --- the scenario ---

TEST_F(ZmqLinkTest, FetchesTheScenarioOfAMasterOfOurs) {
  MasterEnd master(loop);
  std::atomic<bool> done = false;
  std::optional<Result<ScenarioFiles>> fetched;
  std::thread fetcher([&] {
    fetched = fetch_scenario({.port = master.port(), .worker = "w1", .version = "1"}, 30s);
    done = true;
  });
  EXPECT_TRUE(turn_until(loop, [&] {
    for (const auto& [from, message] : master.received) {
      if (std::holds_alternative<ScenarioRequest>(message)) {
        EXPECT_THAT(from, HasSubstr("_download_locustfile_"));
        EXPECT_TRUE(master.link->send(from, ScenarioFiles{{"a.py"}, {{"a.py", "x = 1"}}, ""}));
      }
    }
    master.received.clear();
    return done.load();
  }));
  fetcher.join();
  ASSERT_TRUE(fetched->ok());
  EXPECT_EQ((*fetched)->files.at(0).contents, "x = 1");
}

TEST_F(ZmqLinkTest, FetchesTheScenarioOfAMasterOfLocusts) {
  RawPeer master;
  std::optional<Result<ScenarioFiles>> fetched;
  std::thread fetcher([&] {
    fetched = fetch_scenario({.port = master.port(), .worker = "w1", .version = "1"}, 30s);
  });
  const auto request = master.receive_type("locustfile");
  EXPECT_TRUE(request);
  if (request) {
    Value file{Value::Map{}};
    file.set("filename", "a.py");
    file.set("contents", "x = 1");
    Value answer{Value::Map{}};
    answer.set("locustfiles", Value::Array{file});
    master.send({"locustfile", answer, request->first}, request->first);
  }
  fetcher.join();
  ASSERT_TRUE(fetched->ok()) << fetched->error().message;
  EXPECT_EQ((*fetched)->files.at(0).contents, "x = 1");
}

TEST_F(ZmqLinkTest, TellsThatAScenarioFailed) {
  MasterEnd master(loop);
  std::thread teller([&] {
    tell_scenario_failed({.port = master.port(), .worker = "w1", .version = "1"}, "SyntaxError");
  });
  EXPECT_TRUE(turn_until(loop, [&] { return master.got<ScenarioFailed>("w1") != nullptr; }));
  teller.join();
}

TEST(WorkerIds, NameTheHost) {
  EXPECT_THAT(new_worker_id(), testing::MatchesRegex(".+_[0-9a-f]{32}"));
  EXPECT_NE(new_worker_id(), new_worker_id());
}

}  // namespace
}  // namespace swarm::proto
