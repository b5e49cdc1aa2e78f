#include "proto/master_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/swarm_dialect.h"

namespace swarm::proto {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint t0{};
constexpr auto kIncarnation = "0123456789abcdef";

MasterPeer make(bool only_ours = false) {
  return MasterPeer(
      {.worker = "w", .incarnation = kIncarnation, .version = "1", .only_ours = only_ours}, t0);
}

std::vector<ToWorker> said(MasterPeer& peer, const Envelope& envelope, TimePoint now) {
  auto messages = peer.receive(envelope, now, 1000);
  return messages ? *messages : std::vector<ToWorker>{};
}

Envelope plain_ack() {
  Value data{Value::Map{}};
  data.set("index", 1);
  return {"ack", data, "w"};
}

TEST(WorkerIdentities, AreTheIdAndTheProcess) {
  EXPECT_EQ(identity_of("host_1", kIncarnation), "host_1~0123456789abcdef");
  EXPECT_EQ(worker_of("host_1~0123456789abcdef"), "host_1");
  EXPECT_EQ(worker_of("host_1"), "host_1");
  EXPECT_EQ(worker_of("a~b"), "a~b");
  EXPECT_EQ(worker_of("a~0123456789abcdeg"), "a~0123456789abcdeg");
  EXPECT_EQ(worker_of("~0123456789abcdef"), "~0123456789abcdef");
}

TEST(MasterPeer, GreetsEverySecondAndLaterLessOften) {
  MasterPeer peer = make();
  for (int n = 0; n < MasterPeer::kGreetingsFirst; ++n) {
    EXPECT_TRUE(peer.greet(t0 + n * 1s));
    EXPECT_FALSE(peer.greet(t0 + n * 1s + 900ms));
  }
  EXPECT_EQ(peer.greeting_due(), t0 + 9s + 5s);
}

TEST(MasterPeer, TakesAnotherIdentityOnceTheMasterIsOneOfOurs) {
  MasterPeer peer = make();
  EXPECT_EQ(peer.identity(), "w");
  EXPECT_TRUE(peer.greet(t0));
  EXPECT_THAT(said(peer, SwarmDialect::welcome("w"), t0), IsEmpty());
  EXPECT_EQ(peer.identity(), "w~0123456789abcdef");
  EXPECT_FALSE(peer.answered());
  EXPECT_TRUE(peer.greet(t0));
  const auto messages = said(peer, SwarmDialect::welcome("w"), t0);
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(std::get<Introduce>(messages[0]).master, Dialect::Swarm);
  EXPECT_TRUE(peer.answered());
}

TEST(MasterPeer, IsItselfFromTheBeginningWithAToken) {
  EXPECT_EQ(make(true).identity(), "w~0123456789abcdef");
}

TEST(MasterPeer, KeepsItsPlainIdWithAMasterOfLocusts) {
  MasterPeer peer = make();
  EXPECT_TRUE(peer.greet(t0));
  const auto messages = said(peer, plain_ack(), t0);
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(std::get<Introduce>(messages[0]).master, Dialect::Locust);
  EXPECT_EQ(std::get<Ack>(messages[1]).index, 1u);
  EXPECT_EQ(peer.identity(), "w");
  EXPECT_EQ(peer.dialect(), Dialect::Locust);
}

TEST(MasterPeer, IntroducesOnceForManyAnswers) {
  MasterPeer peer = make(true);
  EXPECT_TRUE(peer.greet(t0));
  EXPECT_TRUE(peer.greet(t0 + 1s));
  EXPECT_THAT(said(peer, SwarmDialect::welcome("w"), t0), SizeIs(1));
  EXPECT_THAT(said(peer, SwarmDialect::welcome("w"), t0), IsEmpty());
}

TEST(MasterPeer, SaysNothingBeforeItIsAnsweredNorAfterGoodbye) {
  MasterPeer peer = make(true);
  EXPECT_THAT(peer.translate(Heartbeat{}, 0), IsEmpty());
  EXPECT_TRUE(peer.greet(t0));
  said(peer, SwarmDialect::welcome("w"), t0);
  EXPECT_THAT(peer.translate(Heartbeat{}, 0), SizeIs(1));
  EXPECT_THAT(peer.translate(Goodbye{}, 0), SizeIs(1));
  EXPECT_THAT(peer.translate(Heartbeat{}, 0), IsEmpty());
  EXPECT_FALSE(peer.greet(t0 + 1h));
}

TEST(MasterPeer, GreetsWhoAsksOrIsSilent) {
  MasterPeer peer = make(true);
  EXPECT_TRUE(peer.greet(t0));
  said(peer, SwarmDialect::welcome("w"), t0);
  EXPECT_FALSE(peer.greet(t0 + 9s));
  said(peer, {"heartbeat", {}, "w"}, t0 + 9s);
  EXPECT_FALSE(peer.greet(t0 + 18s));
  EXPECT_TRUE(peer.greet(t0 + 19s));
  said(peer, SwarmDialect::welcome("w"), t0 + 19s);
  said(peer, {"reconnect", {}, "w"}, t0 + 20s);
  EXPECT_FALSE(peer.answered());
  EXPECT_TRUE(peer.greet(t0 + 20s));
}

// A master of Locust's before 2.19 says nothing unless it has an order.
TEST(MasterPeer, DoesNotTakeTheSilenceOfLocustsForAbsence) {
  MasterPeer peer = make();
  EXPECT_TRUE(peer.greet(t0));
  said(peer, plain_ack(), t0);
  EXPECT_FALSE(peer.beats());
  EXPECT_FALSE(peer.greet(t0 + 1h));
  said(peer, {"heartbeat", {}, "w"}, t0 + 1h);
  EXPECT_TRUE(peer.beats());
  EXPECT_TRUE(peer.greet(t0 + 1h + 30s));
}

TEST(MasterPeer, HearsARefusalBeforeAWelcomeAndNothingElse) {
  MasterPeer peer = make(true);
  EXPECT_THAT(said(peer, SwarmDialect::encode(ToWorker{Quit{}}, "w"), t0), IsEmpty());
  EXPECT_THAT(said(peer, SwarmDialect::encode(ToWorker{Refused{"no"}}, "w"), t0), SizeIs(1));
  EXPECT_THAT(said(peer, {"spawn", {}, "w"}, t0), IsEmpty());
}

}  // namespace
}  // namespace swarm::proto
