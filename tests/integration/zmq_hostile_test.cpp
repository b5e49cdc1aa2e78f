// Peers that mean no good, and networks that fail: nobody else notices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "common/loop.h"
#include "proto/swarm_dialect.h"
#include "proto/zmq_link.h"
#include "tests/support/link_ends.h"
#include "tests/support/raw_peer.h"
#include "tests/support/wire_tap.h"
#include "tests/support/zmtp_peer.h"

namespace swarm::proto {
namespace {

using namespace std::chrono_literals;
using test::MasterEnd;
using test::RawPeer;
using test::turn_until;
using test::WireTap;
using test::WorkerEnd;
using test::ZmtpPeer;

// A master with one good worker, and whoever disturbs.
class ZmqHostileTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(worker.join(master)); }

  // The good worker is served, both ways, after everything that was sent before.
  void expect_served() {
    const std::uint64_t number = ++asked_;
    ASSERT_TRUE(master.link->send("good", Stop{{number}}));
    ASSERT_TRUE(turn_until(loop, [&] {
      return !worker.all<Stop>().empty() && worker.all<Stop>().back().run == RunId{number};
    }));
    ASSERT_TRUE(worker.link->send(ClientStopped{{number}}));
    ASSERT_TRUE(turn_until(loop, [&] {
      const auto said = master.all<ClientStopped>("good");
      return !said.empty() && said.back().run == RunId{number};
    }));
  }

  // What `peer` sent so far was read: it is asked who it is because of what it says now.
  void expect_read(RawPeer& peer) {
    peer.send(SwarmDialect::encode(ToMaster{Goodbye{}}, "whoever"));
    EXPECT_TRUE(peer.receive_type("reconnect"));
  }

  std::size_t from_others() const {
    std::size_t count = 0;
    for (const auto& [from, message] : master.received) count += from != "good";
    return count;
  }

  Loop loop;
  MasterEnd master{loop};
  WorkerEnd worker{loop, master.port(), "good"};

 private:
  std::uint64_t asked_ = 0;
};

TEST_F(ZmqHostileTest, DropsRandomBytes) {
  RawPeer peer(master.port(), "noise");
  std::mt19937 random{1};
  for (int count = 0; count < 500; ++count) {
    std::string bytes(random() % 300, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    peer.send_frames({bytes});
  }
  expect_read(peer);
  expect_served();
  EXPECT_EQ(from_others(), 0u);
}

TEST_F(ZmqHostileTest, DropsManyFramesAndNone) {
  RawPeer peer(master.port(), "frames");
  peer.send_frames(std::vector<std::string>(5000, "x"));
  peer.send_frames({"", ""});
  peer.send_frames({""});
  expect_read(peer);
  expect_served();
  EXPECT_EQ(from_others(), 0u);
}

TEST_F(ZmqHostileTest, DropsWhoHasNoNameOrOneThatIsNoText) {
  for (const auto& name :
       {std::string(), std::string("\xff\xfe"), std::string("a\nb"), std::string("\xed\xa0\x80")}) {
    RawPeer peer(master.port(), name);
    peer.send({"client_ready", "2.46.3", name});
    peer.send(SwarmDialect::greeting(name, "1"));
    EXPECT_FALSE(peer.receive(200ms));
  }
  expect_served();
  EXPECT_EQ(from_others(), 0u);
}

TEST_F(ZmqHostileTest, DropsWhatIsTooLong) {
  RawPeer peer(master.port(), "long");
  peer.send_frames({std::string((std::size_t{16} << 20) + 1, 'x')});
  RawPeer stranger(master.port(), "stranger");
  stranger.send({"client_ready", std::string(100'000, 'x'), "stranger"});
  expect_read(stranger);
  expect_served();
  EXPECT_EQ(from_others(), 0u);
}

TEST_F(ZmqHostileTest, DropsWrongTypes) {
  RawPeer peer(master.port(), "types");
  peer.send({"client_ready", Value::Map{}, "types"});
  peer.send({"client_ready", 1.5, "types"});
  peer.send({"locustfile", Value::Array{Value(1)}, "types"});
  peer.send(SwarmDialect::greeting("types", "1"));
  ASSERT_TRUE(peer.receive_type("ack"));
  Envelope report = SwarmDialect::encode(
      ToMaster{Report{.run = {1}, .delta = {}, .users = {}, .health = {}}}, "types");
  for (const Value& wrong : {Value{}, Value(-1), Value("x"), Value(Value::Map{})}) {
    report.data = wrong;
    peer.send(report);
  }
  peer.send({SwarmDialect::encode(ToWorker{Quit{}}, "types").type, {}, "types"});
  peer.send(SwarmDialect::encode(ToMaster{ClientStopped{{77}}}, "types"));
  ASSERT_TRUE(turn_until(loop, [&] { return master.got<ClientStopped>("types") != nullptr; }));
  EXPECT_EQ(master.got<Report>("types"), nullptr);
  expect_served();
}

TEST_F(ZmqHostileTest, AsksWhoSpeaksBeforeItGreets) {
  RawPeer peer(master.port(), "early~0123456789abcdef");
  peer.send(SwarmDialect::encode(ToMaster{ClientReady{"1", {}}}, "early"));
  EXPECT_TRUE(peer.receive_type("reconnect"));
  RawPeer locust(master.port(), "early-too");
  locust.send({"stats", Value::Map{}, "early-too"});
  locust.send({"spawning", {}, "early-too"});
  locust.send({"something", {}, "early-too"});
  expect_served();
  EXPECT_EQ(from_others(), 0u);
}

TEST_F(ZmqHostileTest, ServesOthersBesideAThousandNames) {
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (int round = 0; round < 20; ++round) {
    peers.clear();
    for (int n = 0; n < 50; ++n) {
      const std::string name = "name" + std::to_string(round * 50 + n);
      peers.push_back(std::make_unique<RawPeer>(master.port(), name));
      peers.back()->send({"client_ready", "2.46.3", name});
    }
  }
  ASSERT_TRUE(turn_until(loop, [&] { return from_others() >= 1000; }));
  expect_served();
}

TEST_F(ZmqHostileTest, ServesOthersDuringAFlood) {
  RawPeer peer(master.port(), "flood");
  peer.send(SwarmDialect::greeting("flood", "1"));
  ASSERT_TRUE(peer.receive_type("ack"));
  peer.send(SwarmDialect::encode(ToMaster{ClientReady{"1", {}}}, "flood"));
  const std::string beat = encode(SwarmDialect::encode(ToMaster{ClientStopped{{1}}}, "flood"));
  for (int round = 0; round < 20; ++round) {
    for (int n = 0; n < 10'000; ++n) peer.send_frames({beat});
    expect_served();
  }
  // More than it may send was not even looked at.
  EXPECT_LT(master.all<ClientStopped>("flood").size(), 200'000u);
}

// ZeroMQ hands over whole messages only: what is there of one without an end is nowhere to be seen.
TEST_F(ZmqHostileTest, CutsWhoNeverEndsAMessage) {
  ZmtpPeer endless(master.port(), "endless");
  const std::string frame = ZmtpPeer::frame(std::string(200, 'x'), /*more=*/true);
  std::string many;
  while (many.size() < (std::size_t{1} << 20)) many += frame;
  for (int mebibytes = 0; mebibytes < 24; ++mebibytes) {
    if (!endless.send(many)) break;
  }
  EXPECT_TRUE(endless.is_cut());
  expect_served();
  EXPECT_EQ(from_others(), 0u);
}

TEST_F(ZmqHostileTest, KeepsWhoEndsItsMessagesHoweverMuchTheyAre) {
  ZmtpPeer busy(master.port(), "busy");
  const std::string large(std::size_t{1} << 20, 'x');
  for (int mebibytes = 0; mebibytes < 64; ++mebibytes) {
    ASSERT_TRUE(busy.send(ZmtpPeer::frame(large, /*more=*/mebibytes % 8 != 7)));
  }
  ASSERT_TRUE(busy.send(
      ZmtpPeer::frame(encode(SwarmDialect::encode(ToMaster{Goodbye{}}, "busy")), /*more=*/false)));
  EXPECT_TRUE(busy.hears("reconnect"));
  expect_served();
}

// The loop does not come round, and a peer goes on: what it may leave in the mailbox is bounded.
TEST_F(ZmqHostileTest, KeepsOthersMailWhileTheLoopIsHeld) {
  RawPeer peer(master.port(), "flood");
  peer.send(SwarmDialect::greeting("flood", "1"));
  ASSERT_TRUE(peer.receive_type("ack"));
  peer.send(SwarmDialect::encode(ToMaster{ClientReady{"1", {}}}, "flood"));
  const std::string large = encode(
      SwarmDialect::encode(ToMaster{CustomMessage{"x", std::string(1 << 20, 'x')}}, "flood"));
  for (int n = 0; n < 200; ++n) peer.send_frames({large});
  ASSERT_TRUE(worker.link->send(ClientStopped{{5}}));
  ASSERT_TRUE(turn_until(loop, [&] { return master.got<ClientStopped>("good") != nullptr; }));
  EXPECT_LE(master.all<CustomMessage>("flood").size(), 130u);
  expect_served();
}

// --- the network ---

TEST_F(ZmqHostileTest, GoesOnAfterACutAsIfThereHadBeenNone) {
  WireTap tap(master.port());
  WorkerEnd far(loop, tap.port(), "far");
  ASSERT_TRUE(far.join(master));
  far.link->publish({.state = RunState::Running});
  ASSERT_TRUE(turn_until(loop, [&] { return master.got<Heartbeat>("far") != nullptr; }));
  const std::size_t introduced = far.all<Introduce>().size();
  tap.cut(true);
  const std::size_t beats = master.all<Heartbeat>("far").size();
  const TimePoint heard = far.link->last_heard();
  while (read_clock() < heard + 3s) loop.turn(100ms);
  EXPECT_LE(master.all<Heartbeat>("far").size(), beats + 1);
  tap.cut(false);
  ASSERT_TRUE(turn_until(loop, [&] { return far.link->last_heard() > heard + 3s; }));
  EXPECT_EQ(far.all<Introduce>().size(), introduced);
  ASSERT_TRUE(far.link->send(ClientStopped{{3}}));
  ASSERT_TRUE(turn_until(loop, [&] { return master.got<ClientStopped>("far") != nullptr; }));
}

}  // namespace
}  // namespace swarm::proto
