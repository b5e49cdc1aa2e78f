#include "cli/expected_workers.h"

#include <gtest/gtest.h>

namespace swarm {
namespace {

struct Wait {
  Loop loop{};
  int there = 0;
  int gave_up = 0;
  ExpectedWorkers workers;

  Wait(std::uint32_t count, Duration longest)
      : workers(loop, count, longest,
                {.there = [this] { ++there; },
                 .gave_up =
                     [this] {
                       ++gave_up;
                       loop.stop();
                     }}) {
    workers.start();
  }
};

TEST(ExpectedWorkers, AreThereOnceWhenEnoughAreConnected) {
  Wait wait{2, {}};
  wait.workers.connected(1);
  EXPECT_EQ(wait.there, 0);
  wait.workers.connected(2);
  wait.workers.connected(3);
  EXPECT_EQ(wait.there, 1);
}

TEST(ExpectedWorkers, AreNotWaitedForBeforeOrAfter) {
  Wait wait{1, {}};
  wait.workers.stop();
  wait.workers.connected(1);
  EXPECT_EQ(wait.there, 0);
}

TEST(ExpectedWorkers, AreGivenUpWhenTheyDoNotCome) {
  Wait wait{2, std::chrono::nanoseconds{1}};
  wait.workers.connected(1);
  wait.loop.run();
  wait.workers.connected(2);
  EXPECT_EQ(wait.gave_up, 1);
  EXPECT_EQ(wait.there, 0);
}

}  // namespace
}  // namespace swarm
