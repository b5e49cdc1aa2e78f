#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "master/run/coordinator.h"
#include "tests/support/simulated_fleet.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using proto::RunState;

constexpr TimePoint t0{1000s};

// As the workers see it: 100,000 users over 1,000 workers, 5,000 a second.
TEST(LargeRamp, KeepsRateAndProportionsInEverySecond) {
  constexpr int kWorkers = 1000;
  constexpr int kSeconds = 20;
  test::SimulatedFleet fleet{t0};
  Coordinator coordinator{
      fleet,
      {.classes = {{.name = "A", .weight = 5}, {.name = "B", .weight = 3}, {.name = "C"}}},
      {}};
  fleet.attach(&coordinator);
  for (int i = 0; i < kWorkers; ++i) {
    fleet.add("host" + std::to_string(i % 50) + "_" + std::to_string(i)).set_idle(true);
  }
  fleet.advance(1s);
  const TimePoint start = fleet.now();
  ASSERT_TRUE(coordinator.start({100'000, 5000, {}}, start));
  fleet.advance(kSeconds * 1s + 1s);
  EXPECT_EQ(coordinator.state(), RunState::Running);
  EXPECT_EQ(fleet.users(), 100'000u);

  std::vector<std::pair<TimePoint, std::string>> hatched_at;
  for (const auto& [id, worker] : fleet.workers()) {
    for (const auto& change : worker->take_changes()) {
      ASSERT_TRUE(change.hatched);
      hatched_at.emplace_back(change.at, change.user_class);
    }
    EXPECT_EQ(worker->users(), 100u);
  }
  const TimePoint first = std::ranges::min(hatched_at).first;
  EXPECT_LE(first - start, Orders::kDelivery * (kWorkers / 100) + 2 * test::SimulatedFleet::kStep);
  std::vector<std::map<std::string, int>> hatched(kSeconds + 1);
  for (const auto& [at, user_class] : hatched_at) {
    ++hatched[static_cast<std::size_t>((at - first) / 1s)][user_class];
  }
  for (int second = 0; second < kSeconds; ++second) {
    auto& in_second = hatched[static_cast<std::size_t>(second)];
    const double all = in_second["A"] + in_second["B"] + in_second["C"];
    EXPECT_NEAR(all, 5000, 50) << second;
    EXPECT_NEAR(in_second["A"] / all, 5. / 9, 0.01) << second;
    EXPECT_NEAR(in_second["B"] / all, 3. / 9, 0.01) << second;
  }
}

}  // namespace
}  // namespace swarm::master
