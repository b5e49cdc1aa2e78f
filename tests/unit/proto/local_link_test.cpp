#include "proto/local_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "common/loop.h"

namespace swarm::proto {
namespace {

using testing::ElementsAre;

TEST(LocalLink, DeliversInOrderAndNeverFromInsideSend) {
  Loop loop;
  LocalLink link{loop, "local"};
  std::vector<std::uint64_t> arrived;
  bool sending = false;
  link.worker_end().on_receive([&](ToWorker message) {
    EXPECT_FALSE(sending);
    if (const auto* stop = std::get_if<Stop>(&message)) arrived.push_back(stop->run.value);
    if (arrived.size() == 3) loop.stop();
  });
  sending = true;
  for (std::uint64_t run : {1, 2, 3}) {
    EXPECT_TRUE(link.master_end().send("local", Stop{{run}}));
  }
  sending = false;
  loop.run();
  EXPECT_THAT(arrived, ElementsAre(1, 2, 3));
}

TEST(LocalLink, IntroducesTheWorkerBeforeAllElse) {
  Loop loop;
  LocalLink link{loop, "local"};
  EXPECT_TRUE(link.master_end().send("local", Quit{}));
  std::vector<ToWorker> arrived;
  link.worker_end().on_receive([&](ToWorker message) { arrived.push_back(std::move(message)); });
  link.deliver_now();
  ASSERT_EQ(arrived.size(), 2u);
  EXPECT_EQ(std::get<Introduce>(arrived[0]).master, Dialect::Swarm);
  EXPECT_TRUE(std::holds_alternative<Quit>(arrived[1]));
}

TEST(LocalLink, PublishesAtOnceAndIsNeverSilent) {
  Loop loop;
  LocalLink link{loop, "local"};
  std::uint64_t samples = 0;
  link.master_end().on_receive(
      [&](const WorkerId&, ToMaster message) { samples = std::get<Heartbeat>(message).samples; });
  link.worker_end().publish({.samples = 7});
  link.deliver_now();
  EXPECT_EQ(samples, 7u);
  EXPECT_EQ(link.worker_end().last_heard(), TimePoint::max());
}

TEST(LocalLink, KeepsWhatArrivesBeforeSomebodyListens) {
  Loop loop;
  LocalLink link{loop, "local"};
  EXPECT_TRUE(link.worker_end().send(ClientReady{"1.0"}));
  std::string from;
  CallbackTimer later(loop, [&] {
    link.master_end().on_receive([&](const WorkerId& worker, ToMaster message) {
      EXPECT_EQ(std::get<ClientReady>(message).version, "1.0");
      from = worker;
      loop.stop();
    });
  });
  later.schedule(loop.now());
  loop.run();
  EXPECT_EQ(from, "local");
}

TEST(LocalLink, AnswersGoBackAndForth) {
  Loop loop;
  LocalLink link{loop, "local"};
  int rounds = 0;
  link.master_end().on_receive([&](const WorkerId& worker, ToMaster) {
    EXPECT_TRUE(link.master_end().send(worker, Ack{}));
  });
  link.worker_end().on_receive([&](ToWorker) {
    if (++rounds == 100) return loop.stop();
    EXPECT_TRUE(link.worker_end().send(Goodbye{}));
  });
  loop.run();  // Introduce begins it
  EXPECT_EQ(rounds, 100);
}

TEST(LocalLink, RefusesAWorkerThatIsNotThere) {
  Loop loop;
  LocalLink link{loop, "local"};
  EXPECT_FALSE(link.master_end().send("somebody", Quit{}));
}

TEST(LocalLink, DeliversNothingOnceItIsGone) {
  Loop loop;
  auto link = std::make_unique<LocalLink>(loop, "local");
  int arrived = 0;
  link->worker_end().on_receive([&](ToWorker) {
    ++arrived;
    link.reset();  // with more messages on their way
  });
  EXPECT_TRUE(link->master_end().send("local", Quit{}));
  EXPECT_TRUE(link->master_end().send("local", Quit{}));
  CallbackTimer end(loop, [&] { loop.stop(); });
  loop.defer([&] { end.schedule(loop.now()); });
  loop.run();
  EXPECT_EQ(arrived, 1);
}

TEST(LocalLink, DeliversAtOnceIfAsked) {
  Loop loop;
  LocalLink link{loop, "local"};
  bool answered = false;
  link.master_end().on_receive([&](const WorkerId& worker, ToMaster) {
    EXPECT_TRUE(link.master_end().send(worker, Ack{}));
  });
  link.worker_end().on_receive(
      [&](ToWorker message) { answered = answered || std::holds_alternative<Ack>(message); });
  EXPECT_TRUE(link.worker_end().send(ClientReady{"1.0"}));
  link.deliver_now();
  EXPECT_TRUE(answered);
  loop.turn(Duration{});  // the delivery that was due anyway finds nothing
}

}  // namespace
}  // namespace swarm::proto
