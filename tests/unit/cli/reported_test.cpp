#include "cli/reported.h"

#include <gtest/gtest.h>

#include "tests/support/builders.h"
#include "tests/support/memory_link.h"

namespace swarm {
namespace {

using namespace std::chrono_literals;
using test::delta_of;

struct Worker {
  Loop loop{};
  test::MemoryLink link{};
  Reported reported{loop, link, "w1"};
  std::size_t received = 0;

  Worker() {
    reported.on_receive([this](const proto::ToWorker&) { ++received; });
  }
  void begin(std::uint64_t run) {
    proto::Spawn order;
    order.run = {run};
    order.run_age = 2s;
    link.deliver(std::move(order));
  }
  void report(std::uint64_t run, std::uint64_t seq, std::uint64_t since, std::uint64_t requests,
              std::uint32_t era = 0) {
    proto::Report report;
    report.run = {run};
    report.seq = seq;
    report.since = since;
    report.era = era;
    report.delta = delta_of("GET /", requests);
    EXPECT_TRUE(reported.send(std::move(report)));
  }
  std::uint64_t requests() const { return reported.snapshot({}).total.stats.requests; }
};

TEST(Reported, IsTheSumOfTheReportsOfARun) {
  Worker worker;
  worker.begin(7);
  worker.report(7, 1, 0, 10);
  worker.report(7, 2, 1, 5);
  EXPECT_EQ(worker.requests(), 15u);
  EXPECT_EQ(worker.link.sent<proto::Report>().size(), 2u);
  EXPECT_EQ(worker.received, 1u);
}

TEST(Reported, ShowsWhatIsInNoReportYetWithoutCountingIt) {
  Worker worker;
  worker.begin(7);
  worker.report(7, 1, 0, 10);
  const auto shown = worker.reported.snapshot({}, delta_of("GET /", 5));
  EXPECT_EQ(shown.total.stats.requests, 15u);
  EXPECT_EQ(worker.requests(), 10u);
}

TEST(Reported, CountsARepeatedReportOnce) {
  Worker worker;
  worker.begin(7);
  worker.report(7, 1, 0, 10);
  worker.report(7, 1, 0, 10);
  EXPECT_EQ(worker.requests(), 10u);
}

TEST(Reported, CountsAReportOfEverythingInsteadOfThoseBefore) {
  Worker worker;
  worker.begin(7);
  worker.report(7, 1, 0, 10);
  worker.report(7, 2, 1, 5);
  worker.report(7, 3, 0, 16);
  EXPECT_EQ(worker.requests(), 16u);
}

TEST(Reported, BeginsAnewWithARunAndWhenTheStatisticsAreReset) {
  Worker worker;
  worker.begin(7);
  worker.report(7, 1, 0, 10);
  worker.link.deliver(proto::SpawningComplete{{7}, 2, 1});
  EXPECT_EQ(worker.requests(), 0u);
  worker.report(7, 2, 1, 4, 1);
  EXPECT_EQ(worker.requests(), 4u);
  worker.begin(8);
  EXPECT_EQ(worker.requests(), 0u);
  worker.report(8, 1, 0, 3);
  EXPECT_EQ(worker.requests(), 3u);
}

}  // namespace
}  // namespace swarm
