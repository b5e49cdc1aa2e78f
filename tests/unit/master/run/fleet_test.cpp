#include "master/run/fleet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using Presence = Member::Presence;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint t0{1000s};

// Checks every second until then.
Fleet::Silent watch(Fleet& fleet, TimePoint& now, TimePoint until) {
  Fleet::Silent all;
  for (; now < until; now += 1s) {
    const Fleet::Silent silent = fleet.check(now + 1s);
    all.missing.insert(all.missing.end(), silent.missing.begin(), silent.missing.end());
    all.forgotten.insert(all.forgotten.end(), silent.forgotten.begin(), silent.forgotten.end());
  }
  return all;
}

TEST(Fleet, GivesEveryIdAnIndexForItsLife) {
  Fleet fleet{60s};
  EXPECT_EQ(fleet.admit("a", t0).first.index, 0u);
  EXPECT_EQ(fleet.admit("b", t0).first.index, 1u);
  fleet.leave(*fleet.find("a"));
  EXPECT_EQ(fleet.there(), 1u);
  const auto [member, before] = fleet.admit("a", t0);
  EXPECT_EQ(member.index, 0u);
  EXPECT_EQ(before, Presence::Forgotten);
  EXPECT_EQ(fleet.there(), 2u);
  EXPECT_EQ(fleet.find("c"), nullptr);
}

TEST(Fleet, MissesTheSilentAndForgetsThemLater) {
  Fleet fleet{60s};
  TimePoint now = t0;
  fleet.admit("a", t0);
  fleet.admit("b", t0);
  EXPECT_THAT(watch(fleet, now, t0 + 4s).missing, IsEmpty());
  fleet.hear(*fleet.find("b"), now);
  EXPECT_THAT(watch(fleet, now, t0 + 5s).missing, ElementsAre(0));
  EXPECT_EQ(fleet.there(), 1u);
  std::vector<std::uint32_t> forgotten;
  for (; forgotten.empty() && now < t0 + 100s;) {
    fleet.hear(*fleet.find("b"), now);
    forgotten = watch(fleet, now, now + 1s).forgotten;
  }
  EXPECT_THAT(forgotten, ElementsAre(0));
  EXPECT_EQ(now, t0 + 65s);
  EXPECT_EQ(fleet.find("a")->presence, Presence::Forgotten);
  EXPECT_THAT(fleet.watched(), ElementsAre(1));
  EXPECT_EQ(fleet.hear(*fleet.find("a"), now), Presence::Forgotten);
  EXPECT_EQ(fleet.there(), 2u);
}

TEST(Fleet, ForgivesWhatThisProcessWasHeld) {
  Fleet fleet{60s};
  fleet.admit("a", t0);
  EXPECT_THAT(fleet.check(t0 + 1s).missing, IsEmpty());
  EXPECT_THAT(fleet.check(t0 + 100s).missing, IsEmpty());
  TimePoint now = t0 + 100s;
  EXPECT_THAT(watch(fleet, now, t0 + 104s).missing, ElementsAre(0));
}

TEST(Fleet, HasNothingToWatchWithoutWorkers) {
  Fleet fleet{60s};
  EXPECT_EQ(fleet.due(), TimePoint::max());
  fleet.admit("a", t0);
  EXPECT_EQ(fleet.due(), t0 + 1s);
}

TEST(Fleet, WarnsOfALoopThatIsHeldOnceInAWhile) {
  Fleet fleet{60s};
  Member& member = fleet.admit("a", t0).first;
  testing::internal::CaptureStderr();
  fleet.note(member, {.loop_lag = 90ms}, t0);
  fleet.note(member, {.loop_lag = 350ms}, t0 + 1s);
  fleet.note(member, {.loop_lag = 450ms}, t0 + 2s);
  fleet.note(member, {.loop_lag = 550ms}, t0 + 11s);
  fleet.note(member, {.cpu_percent = 97}, t0 + 12s);
  fleet.note(member, {.cpu_percent = 98}, t0 + 13s);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, testing::HasSubstr("0.35 s"));
  EXPECT_THAT(said, testing::Not(testing::HasSubstr("0.45 s")));
  EXPECT_THAT(said, testing::HasSubstr("0.55 s"));
  EXPECT_THAT(said, testing::HasSubstr("97 %"));
  EXPECT_THAT(said, testing::Not(testing::HasSubstr("98 %")));
}

}  // namespace
}  // namespace swarm::master
