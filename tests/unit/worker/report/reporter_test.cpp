#include "worker/report/reporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/builders.h"
#include "tests/support/lossy_master.h"
#include "tests/support/memory_link.h"

namespace swarm::worker {
namespace {

using namespace std::chrono_literals;
using test::delta_of;
using testing::SizeIs;

constexpr TimePoint t0{};
constexpr proto::RunId kRun{7};

// What an agent does at a tick.
Result<void> tick(Reporter& reporter, TimePoint now, Reporter::Facts facts = {}) {
  if (reporter.wants_facts(now)) reporter.make(std::move(facts));
  return reporter.tick(now);
}

TEST(Reporter, IsSilentUntilItsIntervalHasPassed) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  EXPECT_TRUE(tick(reporter, t0 + 999ms));
  EXPECT_THAT(link.sent(), SizeIs(0));
  EXPECT_TRUE(tick(reporter, t0 + 1s));
  EXPECT_THAT(link.sent(), SizeIs(1));
}

TEST(Reporter, SaysWhatItIsTold) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  reporter.begin_era(2);
  reporter.add(delta_of("GET /", 3));
  EXPECT_TRUE(tick(reporter, t0 + 1s,
                   {.state = proto::RunState::Running,
                    .samples = 3,
                    .users = {{"A", 5}},
                    .health = {.descriptors_used = 9},
                    .permits = {.run = kRun, .granted = 8}}));
  const proto::Report report = link.sent<proto::Report>().at(0);
  EXPECT_EQ(report.run, kRun);
  EXPECT_EQ(report.seq, 1u);
  EXPECT_EQ(report.era, 2u);
  EXPECT_EQ(report.delta, delta_of("GET /", 3));
  EXPECT_EQ(report.samples, 3u);
  EXPECT_EQ(report.users.at(0).users, 5u);
  EXPECT_EQ(report.health.descriptors_used, 9u);
  EXPECT_EQ(report.permits.granted, 8u);
}

TEST(Reporter, CatchesUpAfterAPauseWithOneReport) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  EXPECT_TRUE(tick(reporter, t0 + 10s));
  EXPECT_TRUE(tick(reporter, t0 + 10s));
  EXPECT_THAT(link.sent(), SizeIs(1));
  EXPECT_EQ(reporter.due(), t0 + 11s);
}

TEST(Reporter, RepeatsTheSameReportUntilItIsAcknowledged) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  reporter.add(delta_of("GET /", 1));
  EXPECT_TRUE(tick(reporter, t0 + 1s));
  reporter.add(delta_of("GET /", 10));
  EXPECT_TRUE(tick(reporter, t0 + 2s, {.samples = 11}));
  const auto sent = link.sent<proto::Report>();
  EXPECT_EQ(sent.at(1).seq, 1u);
  EXPECT_EQ(sent.at(1).delta, delta_of("GET /", 1));
  EXPECT_EQ(sent.at(1).samples, 0u);

  reporter.acknowledge(1);
  reporter.acknowledge(1);
  EXPECT_TRUE(tick(reporter, t0 + 3s));
  EXPECT_EQ(link.sent<proto::Report>().at(2).seq, 2u);
  EXPECT_EQ(link.sent<proto::Report>().at(2).delta, delta_of("GET /", 10));
}

TEST(Reporter, TriesAgainWhenTheLinkWasDown) {
  test::MemoryLink link;
  link.set_down(true);
  Reporter reporter{link, kRun, 1s, t0};
  reporter.add(delta_of("GET /", 4));
  EXPECT_FALSE(tick(reporter, t0 + 1s));
  link.set_down(false);
  EXPECT_TRUE(tick(reporter, t0 + 2s));
  EXPECT_EQ(link.sent<proto::Report>().at(0).delta, delta_of("GET /", 4));
}

TEST(Reporter, HastensTheLastReportWithoutLosingItsRhythm) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  reporter.add(delta_of("GET /", 2));
  reporter.hasten();
  EXPECT_FALSE(reporter.idle());
  EXPECT_TRUE(tick(reporter, t0 + 100ms));
  EXPECT_THAT(link.sent(), SizeIs(1));
  EXPECT_FALSE(reporter.idle());
  reporter.acknowledge(1);
  EXPECT_TRUE(reporter.idle());
  EXPECT_EQ(reporter.due(), t0 + 1s);
}

TEST(Reporter, HastensAfterTheReportThatIsUnderWay) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  EXPECT_TRUE(tick(reporter, t0 + 1s));
  reporter.add(delta_of("GET /", 2));
  reporter.hasten();
  EXPECT_EQ(reporter.due(), t0 + 2s);
  EXPECT_FALSE(reporter.wants_facts(t0 + 2s));
  reporter.acknowledge(1);
  EXPECT_TRUE(reporter.wants_facts(t0 + 1s));
  EXPECT_TRUE(tick(reporter, t0 + 1s));
  EXPECT_EQ(link.sent<proto::Report>().at(1).delta, delta_of("GET /", 2));
}

TEST(Reporter, ForgetsWhatIsNotReportedYetWhenStatisticsAreReset) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  reporter.add(delta_of("GET /", 2));
  reporter.begin_era(1);
  EXPECT_TRUE(tick(reporter, t0 + 1s));
  EXPECT_TRUE(link.sent<proto::Report>().at(0).delta.empty());
}

TEST(Reporter, AnEmptiedReportKeepsItsNumber) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  reporter.add(delta_of("GET /", 2));
  EXPECT_TRUE(tick(reporter, t0 + 1s));
  reporter.begin_era(1);
  EXPECT_TRUE(tick(reporter, t0 + 2s));
  const proto::Report report = link.sent<proto::Report>().at(1);
  EXPECT_EQ(report.seq, 1u);
  EXPECT_EQ(report.era, 1u);
  EXPECT_TRUE(report.delta.empty());
}

// A reporter whose first two reports are acknowledged, with a third under way.
struct LongRun {
  LongRun() {
    for (int second = 1; second <= 3; ++second) {
      reporter.add(delta_of("GET /", 10));
      EXPECT_TRUE(tick(
          reporter, t0 + second * 1s,
          {.samples = second * 10u, .health = {.wall = 1s, .connections_opened = second * 2u}}));
      if (second < 3) reporter.acknowledge(second);
    }
    link.clear();
    reporter.add(delta_of("GET /", 5));
  }
  proto::Report next(TimePoint now) {
    EXPECT_TRUE(tick(reporter, now));
    return link.sent<proto::Report>().back();
  }
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
};

TEST(Reporter, GivesANewMasterTheSumOfEverythingAtOnce) {
  LongRun run;
  run.reporter.resume(0);
  const proto::Report sum = run.next(t0 + 3s);
  EXPECT_EQ(sum.since, 0u);
  EXPECT_EQ(sum.seq, 3u);
  EXPECT_EQ(sum.samples, 30u);
  EXPECT_EQ(sum.delta, delta_of("GET /", 30));
  EXPECT_EQ(sum.health.wall, 3s);
  EXPECT_EQ(sum.health.connections_opened, 6u);
  run.reporter.acknowledge(3);
  const proto::Report after = run.next(t0 + 4s);
  EXPECT_EQ(after.since, 3u);
  EXPECT_EQ(after.seq, 4u);
  EXPECT_EQ(after.delta, delta_of("GET /", 5));
}

TEST(Reporter, GivesANewMasterTheSumAlsoIfNothingIsUnderWay) {
  LongRun run;
  run.reporter.acknowledge(3);
  EXPECT_EQ(run.reporter.samples_counted(), 30u);
  run.reporter.resume(0);
  const proto::Report sum = run.next(t0 + 3s);
  EXPECT_EQ(sum.since, 0u);
  EXPECT_EQ(sum.seq, 4u);
  EXPECT_EQ(sum.delta, delta_of("GET /", 35));
}

TEST(Reporter, GoesOnWhereTheMasterIs) {
  LongRun run;
  run.reporter.resume(2);  // it has not seen the third one
  EXPECT_EQ(run.next(t0 + 3s).seq, 3u);
  EXPECT_EQ(run.link.sent<proto::Report>().back().since, 2u);
  run.reporter.resume(3);  // its acknowledgement was lost
  EXPECT_EQ(run.reporter.counted(), 3u);
  EXPECT_EQ(run.next(t0 + 4s).since, 3u);
}

TEST(Reporter, ReturnsToPartsWhenTheMasterWasNotNew) {
  LongRun run;
  run.reporter.resume(0);
  EXPECT_EQ(run.next(t0 + 3s).since, 0u);
  run.reporter.resume(2);
  const proto::Report part = run.next(t0 + 3s);
  EXPECT_EQ(part.since, 2u);
  EXPECT_EQ(part.delta, delta_of("GET /", 10));
}

TEST(Reporter, IgnoresWhatNoMasterCanMean) {
  LongRun run;
  run.reporter.resume(1);
  EXPECT_EQ(run.reporter.due(), t0 + 4s);
}

TEST(Reporter, KeepsNoSumUnlessItIsAskedTo) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0, Reporter::Counted::Forgotten};
  reporter.add(delta_of("GET /", 1));
  EXPECT_TRUE(tick(reporter, t0 + 1s));
  reporter.acknowledge(1);
  reporter.resume(0);
  EXPECT_EQ(reporter.due(), t0 + 2s);
  EXPECT_TRUE(tick(reporter, t0 + 2s));
  EXPECT_EQ(link.sent<proto::Report>().back().since, 1u);
}

TEST(Reporter, ForgetsTheSumOfAnEarlierEra) {
  LongRun run;
  run.reporter.begin_era(1);
  run.reporter.add(delta_of("GET /", 7));
  run.reporter.acknowledge(3);
  run.reporter.resume(0);
  const proto::Report sum = run.next(t0 + 4s);
  EXPECT_EQ(sum.since, 0u);
  EXPECT_EQ(sum.delta, delta_of("GET /", 7));
}

// The promise in the header, for every single loss in either direction.
TEST(Reporter, IsCountedExactlyOnceWhateverTheWireLoses) {
  for (int lost = 0; lost < 12; ++lost) {
    SCOPED_TRACE(lost);
    test::LossyMaster master{lost};
    Reporter reporter{master.link(), kRun, 1s, t0};
    for (int second = 1; second <= 10; ++second) {
      if (second <= 5) reporter.add(delta_of("GET /", 10));
      EXPECT_TRUE(tick(reporter, t0 + second * 1s));
      if (const auto seq = master.take_acknowledgement()) reporter.acknowledge(*seq);
    }
    EXPECT_EQ(master.counted("GET /"), 50u);
    EXPECT_TRUE(reporter.idle());
  }
}

// A wire, and a master that is replaced, as bad as they come: messages of either direction are
// lost, repeated and overtake each other, and each new master knows nothing.
class BadWire {
 public:
  explicit BadWire(unsigned seed) : random_(seed) {}

  bool happens(unsigned percent) { return random_() % 100 < percent; }

  void send(std::vector<proto::Report> reports) {
    for (auto& report : reports) put(up_, std::move(report));
  }
  void restart_master() {
    up_.clear();  // it died with what it was sent
    put(down_, proto::ToWorker{master_.restart(kRun)});
  }
  // Some of what is under way arrives.
  void carry(Reporter& reporter) {
    const auto goes_on = [this] { return good_ || !happens(30); };
    while (!up_.empty() && goes_on()) put(down_, master_.receive(take(up_)));
    while (!down_.empty() && goes_on()) tell(reporter, take(down_));
  }
  // From now on nothing happens to messages.
  void mend() { good_ = true; }

  const test::CountingMaster& master() const { return master_; }

 private:
  template <typename Message>
  void put(std::deque<Message>& way, Message message) {
    if (good_) return way.push_back(std::move(message));
    if (happens(20)) return;
    if (happens(20)) way.push_back(message);
    way.push_back(std::move(message));
    if (happens(30)) std::swap(way.front(), way.back());
  }
  template <typename Message>
  static Message take(std::deque<Message>& way) {
    Message first = std::move(way.front());
    way.pop_front();
    return first;
  }
  static void tell(Reporter& reporter, const proto::ToWorker& message) {
    if (const auto* acknowledged = std::get_if<proto::ReportAck>(&message)) {
      reporter.acknowledge(acknowledged->seq);
    } else {
      reporter.resume(std::get<proto::Ack>(message).counted);
    }
  }

  std::mt19937 random_;
  bool good_ = false;
  test::CountingMaster master_;
  std::deque<proto::Report> up_;
  std::deque<proto::ToWorker> down_;
};

TEST(Reporter, TheLastMasterHasCountedEverythingOnceWhateverHappened) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    BadWire wire{seed};
    test::MemoryLink link;
    Reporter reporter{link, kRun, 1s, t0};
    std::uint64_t measured = 0;
    const auto pass = [&](int second) {
      EXPECT_TRUE(tick(reporter, t0 + second * 1s));
      wire.send(link.sent<proto::Report>());
      link.clear();
      wire.carry(reporter);
    };
    for (int second = 1; second <= 60; ++second) {
      reporter.add(delta_of("GET /", 1 + second % 5));
      measured += 1 + second % 5;
      if (wire.happens(10)) reporter.hasten();
      if (wire.happens(10)) wire.restart_master();
      pass(second);
      ASSERT_LE(wire.master().counted("GET /"), measured);
    }
    wire.mend();
    for (int second = 61; second <= 70; ++second) pass(second);
    ASSERT_EQ(wire.master().counted("GET /"), measured);
    ASSERT_TRUE(reporter.idle());
  }
}

}  // namespace
}  // namespace swarm::worker
