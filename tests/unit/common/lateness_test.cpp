#include "common/lateness.h"

#include <gtest/gtest.h>

namespace swarm {
namespace {

using namespace std::chrono_literals;

Lateness one_turn(std::uint64_t count, Duration before, Duration during) {
  Lateness lateness;
  lateness.add(count, before, during);
  return lateness;
}

TEST(Lateness, IsNothingAfterShortTurns) {
  const Lateness lateness = one_turn(10, 1ms, 1ms);
  EXPECT_EQ(lateness.events, 10u);
  EXPECT_EQ(lateness.ratio(), 0);
  EXPECT_EQ(lateness.mean_wait(), 0ns);
  EXPECT_EQ(Lateness().ratio(), 0);
}

TEST(Lateness, IsOfThoseWhoCameEarlyInALongTurn) {
  const Lateness lateness = one_turn(8, 4ms, 0ms);
  EXPECT_DOUBLE_EQ(lateness.late, 6);  // those that came in the first 3 ms of 4
  EXPECT_EQ(lateness.mean_wait(), 2500us);
}

TEST(Lateness, MayBeOfAllThatKeepStepWithLongTurns) {
  Lateness lateness = one_turn(30, 3ms, 0ms);
  EXPECT_DOUBLE_EQ(lateness.late, 20);
  EXPECT_DOUBLE_EQ(lateness.most_ratio(), 1);
  lateness.add(70, 1ms, 0ms);
  EXPECT_NEAR(lateness.most_ratio(), 0.3, 1e-9);
  EXPECT_EQ(one_turn(10, 1ms, 1ms).most_ratio(), 0);
  EXPECT_EQ(Lateness().most_ratio(), 0);
}

TEST(Lateness, IsOfThoseWhoAreServedLastInALongRow) {
  const Lateness lateness = one_turn(300, 0ms, 3ms);
  EXPECT_DOUBLE_EQ(lateness.late, 200);
  EXPECT_EQ(lateness.mean_wait(), 2ms);
}

TEST(Lateness, IsOfAllWhenBothAreLong) {
  const Lateness lateness = one_turn(4, 3ms, 5ms);
  EXPECT_DOUBLE_EQ(lateness.ratio(), 1);
  EXPECT_EQ(lateness.mean_wait(), 4ms);
  EXPECT_DOUBLE_EQ(one_turn(4, 3ms, 3ms).ratio(), 1);
}

TEST(Lateness, AddsUp) {
  Lateness lateness = one_turn(8, 4ms, 0ms);
  lateness.merge(one_turn(2, 0ms, 0ms));
  EXPECT_DOUBLE_EQ(lateness.ratio(), 0.6);
  EXPECT_EQ(lateness.mean_wait(), 2500us);
}

}  // namespace
}  // namespace swarm
