#include "common/stats/worker_health.h"

#include <gtest/gtest.h>

namespace swarm {
namespace {

using namespace std::chrono_literals;

TEST(WorkerHealth, IsExtendedByTheTimeThatFollowed) {
  WorkerHealth health{.wall = 2s, .loop_busy = 1s, .longest_turn = 5ms, .descriptors_used = 9};
  health.extend({.wall = 3s, .loop_busy = 2s, .longest_turn = 4ms, .descriptors_used = 7});
  EXPECT_EQ(health.wall, 5s);
  EXPECT_EQ(health.loop_busy, 3s);
  EXPECT_EQ(health.longest_turn, 5ms);
  EXPECT_EQ(health.descriptors_used, 7u);
}

TEST(WorkerHealth, HasNoMoreTimeThanThereIsHoweverOftenItIsTold) {
  const WorkerHealth told{.wall = Duration::max() / 2, .loop_busy = Duration::max() / 2};
  WorkerHealth health = told;
  for (int again = 0; again < 3; ++again) health.extend(told);
  EXPECT_EQ(health.wall, Duration::max());
  EXPECT_EQ(health.loop_busy, Duration::max());
}

}  // namespace
}  // namespace swarm
