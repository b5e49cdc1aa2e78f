#include "cli/signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <future>
#include <vector>

namespace swarm {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(Signals, AreToldOnTheLoopInTheirOrder) {
  Loop loop;
  std::vector<int> received;
  const Signals signals(
      loop, [&](int signal) { received.push_back(signal); }, [] {});
  ::raise(SIGTERM);
  ::raise(SIGINT);
  loop.turn(Duration{});
  EXPECT_THAT(received, ElementsAre(SIGTERM, SIGINT));
}

TEST(Signals, TellAnotherThreadWhenTheLoopDoesNotComeRound) {
  Loop loop;
  std::promise<void> stuck;
  const Signals signals(
      loop, [](int) {}, [&] { stuck.set_value(); }, 0ms);
  ::raise(SIGINT);
  stuck.get_future().get();
}

TEST(Signals, EndTheProcessAgainAfterwards) {
  Loop loop;
  {
    const Signals signals(
        loop, [](int) {}, [] {});
  }
  EXPECT_EXIT(::raise(SIGINT), testing::KilledBySignal(SIGINT), "");
  EXPECT_EXIT((::raise(SIGTERM), std::exit(3)), testing::ExitedWithCode(3), "");
}

}  // namespace
}  // namespace swarm
