#include "master/run/profile.h"

#include <gtest/gtest.h>

namespace swarm::master {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint t0{1000s};

TEST(Ramp, TakesItsFirstStepAtOnce) {
  const Ramp ramp{t0, 0, 5, 1};
  EXPECT_EQ(ramp.due(0), t0);
  EXPECT_EQ(ramp.due_before(t0), 0u);
  EXPECT_EQ(ramp.due_before(t0 + 1ns), 1u);
  EXPECT_EQ(ramp.due_before(t0 + 1s), 1u);
  EXPECT_EQ(ramp.due_before(t0 + 1s + 1ns), 2u);
}

TEST(Ramp, EndsWithItsLastStep) {
  const Ramp ramp{t0, 10, 4, 2};
  EXPECT_FALSE(ramp.grows());
  EXPECT_EQ(ramp.steps(), 6u);
  EXPECT_EQ(ramp.due_before(t0 + 1000s), 6u);
}

TEST(Ramp, WithoutADifferenceHasNoSteps) { EXPECT_EQ((Ramp{t0, 7, 7, 3}.due_before(t0 + 1h)), 0u); }

// Every window of a second, at rates that do not divide it, however long ago the ramp began.
TEST(Ramp, KeepsToItsRateInEverySecond) {
  for (const double rate : {0.5, 1.0, 2.4, 7.3, 120.0, 9'999.9, 10'000.0}) {
    const Ramp ramp{t0, 0, 1'000'000, rate};
    std::uint32_t before = 0;
    for (int second = 1; second <= 90; ++second) {
      const std::uint32_t now = ramp.due_before(t0 + second * 1s);
      EXPECT_LE(std::abs(static_cast<double>(now - before) - rate), 1.0) << rate;
      EXPECT_LE(std::abs(now - second * rate), 1.0) << rate;
      before = now;
    }
  }
}

TEST(Ramp, SpacesItsStepsEvenly) {
  const Ramp ramp{t0, 0, 100'000, 10'000};
  for (std::uint32_t step = 1; step < 100'000; step += 997) {
    EXPECT_EQ(ramp.due(step) - ramp.due(step - 1), 100us);
  }
}

TEST(Ramp, CountsAndDatesItsStepsAlike) {
  const Ramp ramp{t0, 0, 10'000, 333.3};
  for (std::uint32_t step = 0; step < 10'000; ++step) {
    EXPECT_EQ(ramp.due_before(ramp.due(step)), step);
    EXPECT_EQ(ramp.due_before(ramp.due(step) + 1ns), step + 1);
  }
}

TEST(Ramp, AtARateNearZeroStaysWithinTime) {
  const Ramp ramp{t0, 0, UINT32_MAX, 1e-12};
  EXPECT_EQ(ramp.due_before(t0 + 24h), 1u);
  EXPECT_GT(ramp.due(UINT32_MAX - 1), t0);
}

TEST(Ramp, CanBeDelayed) {
  Ramp ramp{t0, 0, 10, 1};
  ramp.delay(5s);
  EXPECT_EQ(ramp.due(3), t0 + 8s);
}

}  // namespace
}  // namespace swarm::master
