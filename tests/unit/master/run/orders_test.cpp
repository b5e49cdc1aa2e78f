#include "master/run/orders.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace swarm::master {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow{1000s};

// When the first user of a ramp is to come, after the orders for it are given.
Duration first_step(std::uint32_t workers) {
  std::vector<Orders::Worker> all;
  for (std::uint32_t i = 0; i < workers; ++i) all.push_back({i, "w" + std::to_string(i)});
  Orders orders{{.classes = {{.name = "A", .weight = 1}}}, all, 0};
  orders.lead(10 * workers, workers, kNow);
  Duration first = Duration::max();
  for (const Orders::Order& order : orders.take_due(kNow)) {
    for (const auto& step : order.spawn.steps) first = std::min(first, step.after);
  }
  return first;
}

TEST(Orders, LeaveBeforeTheirFirstUserIsDue) {
  EXPECT_EQ(first_step(4), 0ms);
  EXPECT_EQ(first_step(1000), 10 * Orders::kDelivery);
  EXPECT_EQ(first_step(20'000), Orders::kDeliveryMost);
}

}  // namespace
}  // namespace swarm::master
