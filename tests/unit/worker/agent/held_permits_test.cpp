#include "worker/agent/held_permits.h"

#include <gtest/gtest.h>

namespace swarm::worker {
namespace {

constexpr proto::RunId kRun{3};

proto::Permits permits(std::uint64_t granted, std::uint64_t serial, proto::RunId run = kRun) {
  return {.run = run, .granted = granted, .serial = serial};
}

int take_all(HeldPermits& held, int most = 1'000) {
  int taken = 0;
  while (taken < most && held.take()) ++taken;
  return taken;
}

TEST(HeldPermits, DoNotLimitUnlessTheMasterDoes) {
  HeldPermits held;
  held.open(kRun);
  EXPECT_FALSE(held.limited());
  EXPECT_EQ(take_all(held), 1'000);
}

TEST(HeldPermits, MayComeBeforeTheRun) {
  HeldPermits held;
  EXPECT_FALSE(held.grant(permits(5, 1)));
  EXPECT_FALSE(held.grant(permits(9, 1, {2})));
  held.open(kRun);
  EXPECT_TRUE(held.limited());
  EXPECT_EQ(take_all(held), 5);
}

TEST(HeldPermits, AreAllTogetherSoFar) {
  HeldPermits held;
  held.open(kRun);
  held.grant(permits(5, 1));
  EXPECT_EQ(take_all(held), 5);
  held.grant(permits(8, 2));
  EXPECT_EQ(take_all(held), 3);
  held.give_back();
  EXPECT_EQ(take_all(held), 1);
}

TEST(HeldPermits, IgnoreWhatIsOlder) {
  HeldPermits held;
  held.open(kRun);
  held.grant(permits(5, 2));
  EXPECT_FALSE(held.grant(permits(3, 1)));
  EXPECT_FALSE(held.grant(permits(9, 2)));
  EXPECT_EQ(held.held().granted, 5u);
}

TEST(HeldPermits, GiveBackWhatIsNotTaken) {
  HeldPermits held;
  held.open(kRun);
  held.grant(permits(10, 1));
  EXPECT_EQ(take_all(held, 6), 6);
  EXPECT_TRUE(held.grant(permits(8, 2)));
  EXPECT_EQ(held.held().granted, 8u);
  EXPECT_TRUE(held.grant(permits(2, 3)));
  EXPECT_EQ(held.held().granted, 6u);
  EXPECT_EQ(held.held().serial, 3u);
  EXPECT_FALSE(held.take());
}

TEST(HeldPermits, StartAgainWithEachRun) {
  HeldPermits held;
  held.open(kRun);
  held.grant(permits(2, 7));
  take_all(held);
  held.open({4});
  EXPECT_FALSE(held.limited());
  held.open({5});
  held.grant(permits(2, 1, {5}));
  EXPECT_EQ(take_all(held), 2);
}

TEST(HeldPermits, OfAnotherRunDoNotTouchThisOne) {
  HeldPermits held;
  held.open(kRun);
  held.grant(permits(2, 1));
  held.grant(permits(100, 2, {4}));
  held.grant(permits(200, 1, {4}));  // older
  EXPECT_EQ(take_all(held), 2);
  held.open({4});
  EXPECT_EQ(take_all(held), 100);
}

TEST(HeldPermits, RunLowOncePerGrant) {
  HeldPermits held;
  held.open(kRun);
  held.grant(permits(400, 1));
  EXPECT_EQ(take_all(held, 299), 299);
  EXPECT_FALSE(held.runs_low());
  EXPECT_TRUE(held.take());
  EXPECT_TRUE(held.runs_low());
  EXPECT_TRUE(held.take());
  EXPECT_FALSE(held.runs_low());
  held.grant(permits(600, 2));
  EXPECT_FALSE(held.runs_low());
  take_all(held);
  EXPECT_TRUE(held.runs_low());
}

TEST(HeldPermits, SurviveOneThatWasTakenBeforeTheRun) {
  HeldPermits held;
  held.open(kRun);
  held.grant(permits(1, 1));
  held.give_back();
  EXPECT_EQ(take_all(held), 1);
}

}  // namespace
}  // namespace swarm::worker
