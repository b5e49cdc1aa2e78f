#include "common/stats/delta.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "common/stats/worker_health.h"

namespace swarm {
namespace {

using namespace std::chrono_literals;
using Random = std::mt19937_64;

EndpointStats one_request(Duration started, Duration took, bool failed) {
  EndpointStats stats;
  stats.requests = 1;
  stats.failures = failed;
  stats.bytes_received = 22;
  stats.response_times.record(took);
  stats.seconds.add((started + took) / 1s, {.requests = 1, .failures = failed});
  stats.first = started;
  stats.last = started + took;
  return stats;
}

// A worker's random few seconds: endpoints and texts that other deltas share.
Delta random_delta(Random& random) {
  const auto below = [&](std::uint64_t n) { return random() % n; };
  Delta delta;
  for (int i = 0; i < 30; ++i) {
    const EndpointName endpoint{"GET", "/" + std::to_string(below(5))};
    const Duration started = Duration{static_cast<std::int64_t>(below(60'000'000'000))};
    const bool failed = below(3) == 0;
    delta.endpoints[endpoint].merge(
        one_request(started, Duration{static_cast<std::int64_t>(below(900'000'000))}, failed));
    if (failed)
      delta.add_error({endpoint, "error " + std::to_string(below(3))}, {1, started, started});
    if (below(9) == 0) delta.endpoints[endpoint].interrupted += 1;
    if (below(7) == 0) {
      delta.add_exception("trace " + std::to_string(below(2)),
                          {1, "message " + std::to_string(below(4))});
    }
    if (below(8) == 0) delta.add_generator_error("no ports", 1 + below(3));
    delta.send_lag.record(Duration{static_cast<std::int64_t>(below(1'000'000))});
    delta.until = std::max(delta.until, started);
  }
  return delta;
}

TEST(Delta, MergesIntoTheSameWhateverTheOrder) {
  Random random(1);
  std::vector<Delta> parts;
  for (int i = 0; i < 7; ++i) parts.push_back(random_delta(random));
  parts.emplace_back();
  Delta expected;
  for (Delta part : parts) expected.merge(std::move(part));
  for (int order = 0; order < 30; ++order) {
    std::vector<Delta> left = parts;
    while (left.size() > 1) {
      std::ranges::shuffle(left, random);
      Delta last = std::move(left.back());
      left.pop_back();
      left.back().merge(std::move(last));
    }
    EXPECT_EQ(left.front(), expected);
  }
  std::uint64_t requests = 0;
  for (const auto& [endpoint, stats] : expected.endpoints) requests += stats.requests;
  EXPECT_EQ(requests, 7u * 30u);
}

TEST(Delta, IsEmptyUntilSomethingWasMeasured) {
  Delta delta;
  delta.until = 3s;
  EXPECT_TRUE(delta.empty());
  Delta interrupted;
  interrupted.endpoints[{"GET", "/"}].interrupted = 1;
  EXPECT_FALSE(interrupted.empty());
  delta.merge(std::move(interrupted));
  EXPECT_FALSE(delta.empty());
  EXPECT_TRUE(interrupted.empty());  // NOLINT(bugprone-use-after-move): it was taken
}

TEST(Delta, CountsTextsBeyondTheBoundTogetherAndLosesNone) {
  Delta delta;
  constexpr std::uint64_t kTexts = 3 * Delta::kMostTexts;
  for (std::uint64_t i = 0; i < kTexts; ++i) {
    Delta part;
    part.add_error({{"GET", "/"}, "id " + std::to_string(i)}, {.occurrences = 1});
    part.add_exception("trace " + std::to_string(i), {1, "message"});
    part.add_generator_error("why " + std::to_string(i), 1);
    delta.merge(std::move(part));
  }
  EXPECT_EQ(delta.errors.size(), Delta::kMostTexts + 1);
  EXPECT_EQ(delta.exceptions.size(), Delta::kMostTexts + 1);
  EXPECT_EQ(delta.generator_errors.size(), Delta::kMostTexts + 1);
  std::uint64_t occurrences = 0;
  for (const auto& [key, count] : delta.errors) occurrences += count.occurrences;
  EXPECT_EQ(occurrences, kTexts);
  const ErrorKey others{{"GET", "/"}, std::string(Delta::kOtherTexts)};
  EXPECT_EQ(delta.errors.at(others).occurrences, kTexts - Delta::kMostTexts);
  EXPECT_EQ(delta.generator_errors.at(std::string(Delta::kOtherTexts)), kTexts - Delta::kMostTexts);
}

TEST(Delta, OrdersEndpointsByNameThenMethod) {
  Delta delta;
  for (const auto& [method, name] : {std::pair{"POST", "/a"}, {"GET", "/b"}, {"GET", "/a"}}) {
    delta.endpoints[{method, name}].requests = 1;
  }
  std::vector<std::string> order;
  for (const auto& [endpoint, stats] : delta.endpoints)
    order.push_back(endpoint.method + endpoint.name);
  EXPECT_EQ(order, (std::vector<std::string>{"GET/a", "POST/a", "GET/b"}));
}

TEST(EndpointStats, HasNoRatiosOfNothing) {
  EndpointStats stats;
  EXPECT_EQ(stats.fail_ratio(), 0);
  EXPECT_EQ(stats.mean_bytes(), 0);
  stats.merge(one_request(1s, 1ms, true));
  stats.merge(one_request(2s, 1ms, false));
  EXPECT_EQ(stats.fail_ratio(), 0.5);
  EXPECT_EQ(stats.mean_bytes(), 22);
  EXPECT_EQ(stats.first, 1s);
  EXPECT_EQ(stats.last, 2s + 1ms);
  stats.clear();
  EXPECT_EQ(stats, EndpointStats());
}

TEST(WorkerHealth, ExtendsOverTheTimeThatFollows) {
  WorkerHealth health{.wall = 1s, .loop_busy = 900ms, .longest_turn = 50ms, .descriptors_used = 9};
  health.lateness.add(1, 3ms, 3ms);
  health.extend({.wall = 3s, .loop_busy = 100ms, .longest_turn = 2ms, .descriptors_used = 4});
  EXPECT_EQ(health.loop_busy_ratio(), 0.25);
  EXPECT_EQ(health.longest_turn, 50ms);
  EXPECT_EQ(health.lateness.events, 1u);
  EXPECT_EQ(health.descriptors_used, 4u);
  EXPECT_EQ(WorkerHealth().loop_busy_ratio(), 0);
}

}  // namespace
}  // namespace swarm
