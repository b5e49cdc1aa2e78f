#include "proto/messages.h"

#include <gtest/gtest.h>

namespace swarm::proto {
namespace {

using namespace std::chrono_literals;

TEST(Spawn, CountsItsStepsFromWhenItLeaves) {
  Spawn order;
  order.run_age = 2s;
  order.steps = {{.after = 0ms}, {.after = 10ms}, {.after = 100ms}};
  order.delayed(30ms);
  EXPECT_EQ(order.run_age, 2030ms);
  EXPECT_EQ(order.steps[0].after, 0ms);
  EXPECT_EQ(order.steps[1].after, 0ms);
  EXPECT_EQ(order.steps[2].after, 70ms);
}

}  // namespace
}  // namespace swarm::proto
