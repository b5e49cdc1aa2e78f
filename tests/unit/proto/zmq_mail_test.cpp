#include "proto/zmq_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/loop_lag.h"

namespace swarm::proto {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Inbox, DeliversOnTheLoopInOrderWhatWasSentOff) {
  Loop loop;
  const auto inbox = std::make_shared<Inbox<int>>(loop);
  std::vector<int> got;
  inbox->set_receiver([&](int each) { got.push_back(each); });
  EXPECT_TRUE(inbox->put(1, "a", 0));
  EXPECT_TRUE(inbox->put(2, "b", 0));
  loop.turn(Duration{});
  EXPECT_THAT(got, IsEmpty());
  inbox->send_off();
  EXPECT_THAT(got, IsEmpty());
  loop.turn(Duration{});
  EXPECT_THAT(got, ElementsAre(1, 2));
}

TEST(Inbox, KeepsWhatNobodyReceivesYet) {
  Loop loop;
  const auto inbox = std::make_shared<Inbox<int>>(loop);
  EXPECT_TRUE(inbox->put(1, "a", 0));
  inbox->send_off();
  loop.turn(Duration{});
  std::vector<int> got;
  inbox->set_receiver([&](int each) {
    got.push_back(each);
    inbox->set_receiver(nullptr);
  });
  EXPECT_TRUE(inbox->put(2, "a", 0));
  inbox->send_off();
  loop.turn(Duration{});
  EXPECT_THAT(got, ElementsAre(1));
  inbox->set_receiver([&](int each) { got.push_back(each); });
  loop.turn(Duration{});
  EXPECT_THAT(got, ElementsAre(1, 2));
}

TEST(Inbox, DeliversNothingOnceItIsClosedOrGone) {
  Loop loop;
  auto inbox = std::make_shared<Inbox<int>>(loop);
  int got = 0;
  inbox->set_receiver([&](int) {
    ++got;
    inbox->close();
  });
  EXPECT_TRUE(inbox->put(1, "a", 0));
  EXPECT_TRUE(inbox->put(2, "a", 0));
  inbox->send_off();
  loop.turn(Duration{});
  EXPECT_EQ(got, 1);
  EXPECT_TRUE(inbox->put(3, "a", 0));
  inbox->send_off();
  inbox.reset();
  loop.turn(Duration{});
  EXPECT_EQ(got, 1);
}

TEST(Inbox, BoundsWhatOneSenderAndAllMayLeave) {
  Loop loop;
  const std::size_t one = 1000 + Inbox<int>::kLeastBytes;
  const auto inbox =
      std::make_shared<Inbox<int>>(loop, MailLimits{.bytes_each = 2 * one, .bytes_all = 3 * one});
  int got = 0;
  inbox->set_receiver([&](int) { ++got; });
  EXPECT_TRUE(inbox->put(1, "a", 1000));
  EXPECT_TRUE(inbox->put(2, "a", 1000));
  EXPECT_FALSE(inbox->put(3, "a", 1000));
  EXPECT_TRUE(inbox->put(4, "b", 1000));
  EXPECT_FALSE(inbox->put(5, "b", 1000));
  inbox->send_off();
  loop.turn(Duration{});
  EXPECT_EQ(got, 3);
  EXPECT_TRUE(inbox->put(6, "a", 1000));
}

TEST(Outbox, GivesAllAtOnceAndSaysWhenItWasTheLast) {
  Outbox<int> outbox;
  outbox.put(1);
  outbox.put(2);
  outbox.bell().wait(1h);  // rings
  auto [mail, last] = outbox.take();
  EXPECT_THAT(mail, ElementsAre(1, 2));
  EXPECT_FALSE(last);
  outbox.put(3);
  outbox.close();
  auto [rest, closed] = outbox.take();
  EXPECT_THAT(rest, ElementsAre(3));
  EXPECT_TRUE(closed);
}

TEST(LoopLag, CountsWhatIsNotOver) {
  Loop loop;
  LoopLag lag(loop);
  const TimePoint now = read_clock();
  lag.ping(now);
  EXPECT_EQ(lag.take(now + 3s), 3s);
  lag.ping(now + 5s);
  EXPECT_EQ(lag.take(now + 6s), 6s);
}

TEST(LoopLag, CountsTheLongestOnce) {
  Loop loop;
  LoopLag lag(loop);
  const TimePoint now = read_clock() - 10s;
  lag.ping(now);
  loop.turn(Duration{});  // answers: ten seconds late
  lag.ping(now + 11s);
  EXPECT_GE(lag.take(now + 11s), 10s);
  EXPECT_LT(lag.take(now + 11s), 1s);
}

}  // namespace
}  // namespace swarm::proto
