// Whole runs over a network that loses, repeats and reorders: what the workers did is what is
// counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "master/run/coordinator.h"
#include "tests/support/simulated_fleet.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using proto::RunState;
using test::SimulatedFleet;
using Fault = test::SimulatedFleet::Fault;

constexpr TimePoint t0{1000s};

struct Network {
  Fault fault = Fault::None;
  std::uint64_t every = 1;
  bool scattered = false;
};

std::vector<Network> networks() {
  std::vector<Network> networks{{}};
  for (const Fault fault : {Fault::Lose, Fault::Repeat, Fault::Delay}) {
    for (const std::uint64_t every : {5u, 7u, 11u, 13u, 17u, 29u})
      networks.push_back({fault, every});
    // A pattern this dense would hit the same kind of message for ever.
    for (const std::uint64_t every : {3u, 4u, 8u}) networks.push_back({fault, every, true});
  }
  networks.push_back({Fault::Repeat, 1});
  networks.push_back({Fault::Delay, 1});
  return networks;
}

class ExactlyOnce : public testing::TestWithParam<Network> {
 protected:
  void begin_master(Coordinator::Settings settings) {
    fleet.attach(nullptr);
    totals = 0;
    coordinator.emplace(
        fleet, std::move(settings),
        Coordinator::Outlets{.report =
                                 [this](const proto::WorkerId&, proto::Report report) {
                                   for (const auto& [name, stats] : report.delta.endpoints) {
                                     totals += stats.requests;
                                   }
                                 },
                             .reset = [this](TimePoint) { totals = 0; }});
    fleet.attach(&*coordinator);
  }
  static Coordinator::Settings settings() {
    return {.classes = {{.name = "A", .weight = 2}, {.name = "B", .weight = 1}}};
  }
  void begin(Coordinator::Settings settings, int workers) {
    fleet.set_fault(GetParam().fault, GetParam().every, GetParam().scattered);
    begin_master(std::move(settings));
    for (int i = 0; i < workers; ++i) fleet.add("w" + std::to_string(i));
    fleet.advance(10s);
    ASSERT_EQ(coordinator->workers(), static_cast<std::size_t>(workers));
  }
  void start(std::uint32_t users, double rate) {
    ASSERT_TRUE(coordinator->start({users, rate, {}}, fleet.now()));
  }
  void expect_stopped() {
    for (int i = 0; i < 60 && coordinator->state() != RunState::Stopped; ++i) fleet.advance(1s);
    EXPECT_EQ(coordinator->state(), RunState::Stopped);
    EXPECT_EQ(fleet.users(), 0u);
  }

  SimulatedFleet fleet{t0};
  std::optional<Coordinator> coordinator;
  std::uint64_t totals = 0;
};

std::string name_of(const testing::TestParamInfo<Network>& network) {
  constexpr std::array kNames{"None", "Lose", "Repeat", "Delay"};
  return kNames[static_cast<std::size_t>(network.param.fault)] +
         std::to_string(network.param.every) + (network.param.scattered ? "Scattered" : "");
}
INSTANTIATE_TEST_SUITE_P(Networks, ExactlyOnce, testing::ValuesIn(networks()), name_of);

TEST_P(ExactlyOnce, ThroughRampsJoinsAndCuts) {
  begin(settings(), 3);
  start(30, 5);
  fleet.advance(15s);
  fleet.add("w3");
  fleet.advance(10s);
  fleet.cut("w0");
  fleet.advance(20s);
  fleet.mend("w0", GetParam().every % 2 == 0);
  start(12, 10);
  fleet.advance(20s);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  fleet.advance(20s);
  EXPECT_EQ(fleet.users(), 12u);
  coordinator->stop(fleet.now());
  expect_stopped();
  EXPECT_EQ(totals, fleet.made());
  EXPECT_EQ(coordinator->samples(), fleet.made());
}

TEST_P(ExactlyOnce, ThroughRestartsOfTheMaster) {
  begin(settings(), 3);
  start(30, 5);
  fleet.advance(4s);
  for (int i = 0; i < 3; ++i) {
    fleet.attach(nullptr);
    fleet.advance(7s);
    begin_master(settings());
    fleet.advance(8s);
    EXPECT_EQ(coordinator->workers(), 3u);
    start(30, 5);
    fleet.advance(12s);
  }
  fleet.advance(20s);
  EXPECT_EQ(coordinator->state(), RunState::Running);
  EXPECT_EQ(fleet.users(), 30u);
  coordinator->stop(fleet.now());
  expect_stopped();
  EXPECT_EQ(totals, fleet.made());
}

TEST_P(ExactlyOnce, ThroughTwoRunsInOneMaster) {
  begin(settings(), 2);
  for (int run = 0; run < 2; ++run) {
    const std::uint64_t before = fleet.made();
    start(10, 5);
    fleet.advance(10s);
    coordinator->stop(fleet.now());
    expect_stopped();
    fleet.advance(3s);
    EXPECT_EQ(totals, fleet.made() - before);
  }
}

TEST_P(ExactlyOnce, TheNumberOfRequestsIsMadeAndNoneMore) {
  for (const std::uint64_t requests : {7u, 1000u, 20'011u}) {
    SCOPED_TRACE(requests);
    coordinator.reset();
    fleet = SimulatedFleet{t0};
    Coordinator::Settings limited = settings();
    limited.requests = requests;
    begin(limited, 3);
    start(30, 30);
    fleet.advance(3s);
    fleet.add("w3");
    for (int i = 0; i < 240 && coordinator->state() != RunState::Stopped; ++i) fleet.advance(1s);
    EXPECT_EQ(coordinator->state(), RunState::Stopped);
    EXPECT_EQ(fleet.made(), requests);
    EXPECT_EQ(totals, requests);
  }
}

}  // namespace
}  // namespace swarm::master
