#include "master/run/ledger.h"

#include <gtest/gtest.h>

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using Entry = Ledger::Entry;

constexpr TimePoint t0{1000s};

proto::Report report(std::uint64_t seq, std::uint64_t since, std::uint64_t samples,
                     Duration until = 1s) {
  proto::Report report;
  report.seq = seq;
  report.since = since;
  report.samples = samples;
  report.users = {{"A", 10}};
  report.delta.until = until;
  return report;
}

TEST(Ledger, CountsWhatGoesOnFromTheNewest) {
  Ledger ledger;
  EXPECT_EQ(ledger.enter(0, report(1, 0, 5), t0), Entry::Count);
  EXPECT_EQ(ledger.enter(0, report(1, 0, 5), t0), Entry::Known);
  EXPECT_EQ(ledger.enter(0, report(3, 2, 9), t0), Entry::Gap);
  EXPECT_EQ(ledger.enter(0, report(2, 1, 7), t0), Entry::Count);
  EXPECT_EQ(ledger.enter(1, report(4, 0, 100), t0), Entry::Count);  // the sum of a run
  EXPECT_EQ(ledger.counted(0), 2u);
  EXPECT_EQ(ledger.samples(), 107u);
}

TEST(Ledger, DoesNotCountASumTwice) {
  Ledger ledger;
  ledger.enter(0, report(1, 0, 5), t0);
  EXPECT_EQ(ledger.enter(0, report(2, 0, 9), t0), Entry::Gap);
}

TEST(Ledger, TellsASuccessorFromOldWords) {
  Ledger ledger;
  ledger.enter(0, report(1, 0, 50, 2s), t0);
  ledger.doubt(0, {.worker = "w", .at_least = 3});
  EXPECT_EQ(ledger.enter(0, report(1, 0, 50, 2s), t0), Entry::Known);
  EXPECT_EQ(ledger.enter(0, report(1, 0, 4, 9s), t0 + 9s), Entry::Anew);
  EXPECT_EQ(ledger.take_doubted(0).at_least, 3u);
  EXPECT_EQ(ledger.samples(), 54u);
  EXPECT_EQ(ledger.enter(0, report(2, 1, 6, 10s), t0 + 10s), Entry::Count);
}

TEST(Ledger, AWorkerThatGoesOnWasNotStartedAgain) {
  Ledger ledger;
  ledger.enter(0, report(1, 0, 50, 2s), t0);
  ledger.doubt(0, {.worker = "w", .at_least = 3});
  EXPECT_EQ(ledger.enter(0, report(2, 1, 53, 4s), t0), Entry::Count);
  EXPECT_FALSE(ledger.doubted(0));
}

TEST(Ledger, BoundsALossByTheHighestRate) {
  Ledger ledger;
  for (std::uint64_t second = 1; second <= 5; ++second) {
    ledger.enter(0, report(second, second - 1, 100 * second, std::chrono::seconds(second)),
                 t0 + std::chrono::seconds(second));
  }
  ledger.note(0, {.samples = 590}, t0 + 6s);
  const LostMeasurements loss = ledger.loss(0, 10, false, t0 + 11s);
  EXPECT_EQ(loss.at_least, 90u);
  EXPECT_EQ(loss.since, 5s);
  EXPECT_EQ(loss.at_most, 90u + 10 + 7 * 100);
  EXPECT_EQ(ledger.loss(0, 10, true, t0 + 11s).at_most, 90u + 10 + 2 * 7 * 100);
}

TEST(Ledger, BoundsTheLossOfANewWorkerByWhatUsersDoElsewhere) {
  Ledger ledger;
  for (std::uint64_t second = 1; second <= 5; ++second) {
    ledger.enter(0, report(second, second - 1, 100 * second), t0 + std::chrono::seconds(second));
  }
  EXPECT_GE(ledger.loss(1, 20, false, t0 + 6s).at_most, 20u + 2 * 200);
}

}  // namespace
}  // namespace swarm::master
