#include "proto/pulse.h"

#include <gtest/gtest.h>

namespace swarm::proto {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1000s};

TEST(Pulse, BeatsOnceASecondFromItsStart) {
  Pulse pulse;
  EXPECT_FALSE(pulse.take(kStart));
  pulse.start(kStart);
  EXPECT_TRUE(pulse.take(kStart));
  EXPECT_FALSE(pulse.take(kStart + 999ms));
  EXPECT_TRUE(pulse.take(kStart + 1020ms));
  EXPECT_TRUE(pulse.take(kStart + 2000ms));
}

TEST(Pulse, DoesNotMakeUpForBeatsThatWereMissed) {
  Pulse pulse;
  pulse.start(kStart);
  EXPECT_TRUE(pulse.take(kStart + 10s));
  EXPECT_TRUE(pulse.take(kStart + 10s));
  EXPECT_FALSE(pulse.take(kStart + 10s + 999ms));
}

TEST(Pulse, IsSilentWhileReportsSpeak) {
  Pulse pulse;
  pulse.start(kStart);
  pulse.take(kStart);
  int beats = 0;
  for (Duration at{}; at < 10s; at += 10ms) {
    if (at % 2s == 0ms) pulse.reported(kStart + at);
    beats += pulse.take(kStart + at) ? 1 : 0;
  }
  EXPECT_EQ(beats, 5);
}

}  // namespace
}  // namespace swarm::proto
