#include "proto/worker_peers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "proto/swarm_dialect.h"

namespace swarm::proto {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint t0{1000s};
constexpr auto kFirst = "w~0000000000000001";
constexpr auto kSecond = "w~0000000000000002";

// The peers of a master whose wire and loop are the test.
class WorkerPeersTest : public testing::Test {
 protected:
  void says(const std::string& identity, const Envelope& envelope, TimePoint now) {
    peers.receive(identity, encode(envelope), true, now, 1000);
  }
  void says(const std::string& identity, const ToMaster& message, TimePoint now) {
    says(identity, SwarmDialect::encode(message, "w"), now);
  }
  void joins(const std::string& identity, TimePoint now) {
    says(identity, SwarmDialect::greeting("w", "1"), now);
    says(identity, ClientReady{identity, {}}, now);
  }
  // The versions of whoever was let in, which are their identities.
  std::vector<std::string> let_in() const {
    std::vector<std::string> versions;
    for (const auto& [worker, message] : to_loop) {
      if (const auto* ready = std::get_if<ClientReady>(&message))
        versions.push_back(ready->version);
    }
    return versions;
  }
  std::vector<std::string> types_to(const std::string& identity) const {
    std::vector<std::string> types;
    for (const auto& [to, bytes] : to_peers) {
      if (to == identity) types.push_back(decode(*bytes).value().type);
    }
    return types;
  }
  bool was_refused(const std::string& identity) const {
    const auto type = SwarmDialect::encode(ToWorker{Refused{}}, "w").type;
    return testing::Value(types_to(identity), testing::Contains(type));
  }

  std::vector<std::pair<std::string, std::shared_ptr<const std::string>>> to_peers;
  std::vector<std::pair<WorkerId, ToMaster>> to_loop;
  std::map<WorkerId, bool> reachable;
  bool full = false;
  WorkerPeers peers{
      "1",
      {.to_peer = [this](std::string_view identity,
                         auto bytes) { to_peers.emplace_back(identity, bytes); },
       .to_loop =
           [this](const WorkerId& worker, ToMaster message, std::size_t) {
             if (!full) to_loop.emplace_back(worker, std::move(message));
             return !full;
           },
       .reachable = [this](const WorkerId& worker, bool is) { reachable[worker] = is; }}};
};

TEST_F(WorkerPeersTest, WelcomesAndPassesOn) {
  joins(kFirst, t0);
  EXPECT_THAT(types_to(kFirst), ElementsAre("ack"));
  EXPECT_THAT(let_in(), ElementsAre(kFirst));
  EXPECT_EQ(to_loop.at(0).first, "w");
  EXPECT_TRUE(reachable["w"]);
}

TEST_F(WorkerPeersTest, AnswersABeatUnlessItSpokeLately) {
  joins(kFirst, t0);
  says(kFirst, Heartbeat{}, t0 + 1s);
  says(kFirst, Heartbeat{}, t0 + 2s);
  EXPECT_THAT(types_to(kFirst), ElementsAre("ack"));
  says(kFirst, Heartbeat{}, t0 + 3s);
  EXPECT_THAT(types_to(kFirst), ElementsAre("ack", "heartbeat"));
  says(kFirst, Heartbeat{}, t0 + 4s);
  peers.send("w", ReportAck{{1}, 1}, 1000);
  says(kFirst, Heartbeat{}, t0 + 6s);
  EXPECT_THAT(types_to(kFirst), ElementsAre("ack", "heartbeat", "swarm.report_ack"));
}

TEST_F(WorkerPeersTest, AGreetingAloneTakesNoId) {
  says("w", SwarmDialect::greeting("w", "1"), t0);  // asks what kind of master this is
  joins(kFirst, t0 + 1ms);
  EXPECT_THAT(let_in(), ElementsAre(kFirst));
}

TEST_F(WorkerPeersTest, ASecondProcessWaitsAndIsRefusedIfTheFirstLives) {
  joins(kFirst, t0);
  joins(kSecond, t0 + 1s);
  for (int second = 2; second <= 6; ++second) {
    says(kFirst, Heartbeat{}, t0 + second * 1s);
    says(kSecond, Heartbeat{}, t0 + second * 1s);
    peers.tick(t0 + second * 1s);
  }
  EXPECT_FALSE(was_refused(kSecond));
  says(kFirst, Heartbeat{}, t0 + 7s);
  peers.tick(t0 + 7s);
  EXPECT_TRUE(was_refused(kSecond));
  EXPECT_THAT(let_in(), ElementsAre(kFirst));
}

TEST_F(WorkerPeersTest, ASecondProcessGetsInOnceTheFirstIsSilent) {
  joins(kFirst, t0);
  joins(kSecond, t0 + 1s);
  peers.tick(t0 + 4s);
  EXPECT_THAT(let_in(), ElementsAre(kFirst));
  peers.tick(t0 + 5s);
  EXPECT_THAT(let_in(), ElementsAre(kFirst, kSecond));
  EXPECT_FALSE(was_refused(kSecond));
  peers.send("w", Quit{}, 1000);
  EXPECT_THAT(types_to(kFirst), ElementsAre("ack"));
  says(kSecond, Heartbeat{}, t0 + 7s);
  // The first comes back: it has to ask for its id like everybody.
  says(kFirst, Heartbeat{}, t0 + 8s);
  EXPECT_THAT(types_to(kFirst), ElementsAre("ack", "heartbeat", "reconnect"));
}

TEST_F(WorkerPeersTest, ASecondProcessGetsInAtOnceAfterGoodbye) {
  joins(kFirst, t0);
  says(kFirst, Goodbye{}, t0 + 1s);
  joins(kSecond, t0 + 1s);
  EXPECT_THAT(let_in(), ElementsAre(kFirst, kSecond));
}

TEST_F(WorkerPeersTest, WhatAWorkerSaysAfterGoodbyeIsNotHeard) {
  joins(kFirst, t0);
  says(kFirst, Goodbye{}, t0);
  to_loop.clear();
  says(kFirst, Heartbeat{}, t0);
  EXPECT_THAT(to_loop, IsEmpty());
}

TEST_F(WorkerPeersTest, AsksWhoItDoesNotKnowOnceASecond) {
  says(kFirst, Heartbeat{}, t0);
  says(kFirst, Heartbeat{}, t0 + 500ms);
  says(kFirst, Heartbeat{}, t0 + 1s);
  EXPECT_THAT(types_to(kFirst), ElementsAre("reconnect", "reconnect"));
  EXPECT_THAT(to_loop, IsEmpty());
}

TEST_F(WorkerPeersTest, ForgetsWhoIsSilent) {
  joins(kFirst, t0);
  peers.tick(t0 + 29s);
  EXPECT_EQ(peers.size(), 1u);
  peers.tick(t0 + 30s);
  EXPECT_EQ(peers.size(), 0u);
  EXPECT_FALSE(reachable["w"]);
  says(kFirst, Heartbeat{}, t0 + 31s);
  EXPECT_THAT(types_to(kFirst), ElementsAre("ack", "reconnect"));
}

TEST_F(WorkerPeersTest, KnowsAWorkerOfLocustsByItsHeartbeat) {
  Value state{Value::Map{}};
  state.set("state", "running");
  says("locust", Envelope{"spawning", {}, "locust"}, t0);
  EXPECT_THAT(to_loop, IsEmpty());
  says("locust", Envelope{"heartbeat", state, "locust"}, t0);
  ASSERT_EQ(to_loop.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<ClientReady>(to_loop[0].second));
  EXPECT_THAT(types_to("locust"), ElementsAre("heartbeat"));
}

// Before its second heartbeat it may be in the middle of its own start.
TEST_F(WorkerPeersTest, OrdersNothingOfAWorkerOfLocustsBeforeItIsReady) {
  Value state{Value::Map{}};
  state.set("state", "ready");
  says("locust", Envelope{"client_ready", "", "locust"}, t0);  // as Debian's has it
  peers.send("locust", Ack{}, 1000);
  Spawn order;
  order.run = {1};
  order.targets = {{"User", 1}};
  peers.send("locust", order, 1000);
  says("locust", Envelope{"heartbeat", state, "locust"}, t0 + 1s);
  EXPECT_THAT(types_to("locust"), ElementsAre("ack", "heartbeat"));
  to_peers.clear();
  says("locust", Envelope{"heartbeat", state, "locust"}, t0 + 2s);
  EXPECT_THAT(types_to("locust"), ElementsAre("heartbeat", "spawn"));
}

TEST_F(WorkerPeersTest, GivesManyWorkersTheSameBytesOfAScenario) {
  joins(kFirst, t0);
  says("v~0000000000000001", SwarmDialect::greeting("v", "1"), t0);
  says("v~0000000000000001", ScenarioRequest{"p"}, t0);
  to_peers.clear();
  const ScenarioFiles files{{"a.py"}, {{"a.py", "x"}}, ""};
  peers.send("w", files, 1000);
  peers.send("v", files, 1000);
  peers.send("v", ScenarioFiles{{}, {}, "none"}, 1000);
  ASSERT_EQ(to_peers.size(), 3u);
  EXPECT_EQ(to_peers[0].second, to_peers[1].second);
  EXPECT_NE(*to_peers[1].second, *to_peers[2].second);
}

TEST_F(WorkerPeersTest, ReadsNoMoreThanAPeerMaySend) {
  joins(kFirst, t0);
  const std::string bytes =
      encode(SwarmDialect::encode(ToMaster{CustomMessage{"x", std::string(1 << 20, 'x')}}, "w"));
  for (int n = 0; n < 100; ++n) peers.receive(kFirst, bytes, true, t0, 1000);
  const std::size_t at_once = to_loop.size();
  EXPECT_LT(at_once, 60u);
  peers.receive(kFirst, bytes, true, t0 + 1s, 1000);
  EXPECT_EQ(to_loop.size(), at_once + 1);
}

TEST(Allowance, FillsUpAgainAndNoFurther) {
  Allowance allowance;
  const auto all = static_cast<std::size_t>(Allowance::kMost - Allowance::kPerMessage);
  EXPECT_TRUE(allowance.take(all, t0));
  EXPECT_FALSE(allowance.take(1, t0));
  EXPECT_TRUE(allowance.take(static_cast<std::size_t>(Allowance::kPerSecond) / 2, t0 + 1s));
  EXPECT_TRUE(allowance.take(all, t0 + 1h));
  EXPECT_FALSE(allowance.take(1 << 20, t0 + 1h));
}

}  // namespace
}  // namespace swarm::proto
