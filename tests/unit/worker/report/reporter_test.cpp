#include "worker/report/reporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(Reporter, IsSilentUntilItsIntervalHasPassed) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  EXPECT_TRUE(reporter.tick(t0 + 999ms, {}));
  EXPECT_THAT(link.sent(), SizeIs(0));
  EXPECT_TRUE(reporter.tick(t0 + 1s, {}));
  EXPECT_THAT(link.sent(), SizeIs(1));
}

TEST(Reporter, SaysWhatItIsTold) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  reporter.add(delta_of("GET /", 3));
  EXPECT_TRUE(reporter.tick(t0 + 1s, {.state = proto::RunState::Running,
                                      .era = 2,
                                      .samples = 3,
                                      .users = {{"A", 5}},
                                      .health = {.descriptors_used = 9}}));
  const proto::Report report = link.sent<proto::Report>().at(0);
  EXPECT_EQ(report.run, kRun);
  EXPECT_EQ(report.seq, 1u);
  EXPECT_EQ(report.era, 2u);
  EXPECT_EQ(report.delta, delta_of("GET /", 3));
  EXPECT_EQ(report.samples, 3u);
  EXPECT_EQ(report.users.at(0).users, 5u);
  EXPECT_EQ(report.health.descriptors_used, 9u);
}

TEST(Reporter, CatchesUpAfterAPauseWithOneReport) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  EXPECT_TRUE(reporter.tick(t0 + 10s, {}));
  EXPECT_TRUE(reporter.tick(t0 + 10s, {}));
  EXPECT_THAT(link.sent(), SizeIs(1));
  EXPECT_EQ(reporter.due(), t0 + 11s);
}

TEST(Reporter, RepeatsTheSameReportUntilItIsAcknowledged) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  reporter.add(delta_of("GET /", 1));
  EXPECT_TRUE(reporter.tick(t0 + 1s, {}));
  reporter.add(delta_of("GET /", 10));
  EXPECT_TRUE(reporter.tick(t0 + 2s, {.samples = 11}));
  const auto sent = link.sent<proto::Report>();
  EXPECT_EQ(sent.at(1).seq, 1u);
  EXPECT_EQ(sent.at(1).delta, delta_of("GET /", 1));
  EXPECT_EQ(sent.at(1).samples, 0u);

  reporter.acknowledge(1);
  reporter.acknowledge(1);
  EXPECT_TRUE(reporter.tick(t0 + 3s, {}));
  EXPECT_EQ(link.sent<proto::Report>().at(2).seq, 2u);
  EXPECT_EQ(link.sent<proto::Report>().at(2).delta, delta_of("GET /", 10));
}

TEST(Reporter, TriesAgainWhenTheLinkWasDown) {
  test::MemoryLink link;
  link.set_down(true);
  Reporter reporter{link, kRun, 1s, t0};
  reporter.add(delta_of("GET /", 4));
  EXPECT_FALSE(reporter.tick(t0 + 1s, {}));
  link.set_down(false);
  EXPECT_TRUE(reporter.tick(t0 + 2s, {}));
  EXPECT_EQ(link.sent<proto::Report>().at(0).delta, delta_of("GET /", 4));
}

TEST(Reporter, HastensTheLastReportWithoutLosingItsRhythm) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  reporter.add(delta_of("GET /", 2));
  reporter.hasten();
  EXPECT_FALSE(reporter.idle());
  EXPECT_TRUE(reporter.tick(t0 + 100ms, {}));
  EXPECT_THAT(link.sent(), SizeIs(1));
  EXPECT_FALSE(reporter.idle());
  reporter.acknowledge(1);
  EXPECT_TRUE(reporter.idle());
  EXPECT_EQ(reporter.due(), t0 + 1s);
}

TEST(Reporter, HastensAfterTheReportThatIsUnderWay) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  EXPECT_TRUE(reporter.tick(t0 + 1s, {}));
  reporter.add(delta_of("GET /", 2));
  reporter.hasten();
  EXPECT_EQ(reporter.due(), t0 + 2s);
  EXPECT_FALSE(reporter.wants_facts(t0 + 2s));
  reporter.acknowledge(1);
  EXPECT_TRUE(reporter.wants_facts(t0 + 1s));
  EXPECT_TRUE(reporter.tick(t0 + 1s, {}));
  EXPECT_EQ(link.sent<proto::Report>().at(1).delta, delta_of("GET /", 2));
}

TEST(Reporter, ForgetsWhatIsNotReportedYetWhenStatisticsAreReset) {
  test::MemoryLink link;
  Reporter reporter{link, kRun, 1s, t0};
  reporter.add(delta_of("GET /", 2));
  reporter.forget_pending();
  EXPECT_TRUE(reporter.tick(t0 + 1s, {}));
  EXPECT_TRUE(link.sent<proto::Report>().at(0).delta.empty());
}

// The promise in the header, for every single loss in either direction.
TEST(Reporter, IsCountedExactlyOnceWhateverTheWireLoses) {
  for (int lost = 0; lost < 12; ++lost) {
    SCOPED_TRACE(lost);
    test::LossyMaster master{lost};
    Reporter reporter{master.link(), kRun, 1s, t0};
    for (int second = 1; second <= 10; ++second) {
      if (second <= 5) reporter.add(delta_of("GET /", 10));
      EXPECT_TRUE(reporter.tick(t0 + second * 1s, {}));
      if (const auto seq = master.take_acknowledgement()) reporter.acknowledge(*seq);
    }
    EXPECT_EQ(master.counted("GET /"), 50u);
    EXPECT_TRUE(reporter.idle());
  }
}

}  // namespace
}  // namespace swarm::worker
