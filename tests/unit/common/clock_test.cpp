#include "common/clock.h"

#include <gtest/gtest.h>

namespace swarm {
namespace {

TEST(ReadClock, IsTheClockThatTimePointsAreOf) {
  const TimePoint before = Clock::now();
  const TimePoint read = read_clock();
  const TimePoint after = Clock::now();
  EXPECT_LE(before, read);
  EXPECT_LE(read, after);
}

}  // namespace
}  // namespace swarm
