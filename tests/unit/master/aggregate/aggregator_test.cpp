#include "master/aggregate/aggregator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/builders.h"
#include "tests/support/measured_run.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using test::MeasuredRun;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Aggregator, AddsUpWhatAllWorkersMeasured) {
  MeasuredRun run;
  run.add({.name = "/b", .ended = 1s, .took = 30ms}, "w2", 3);
  run.add({.name = "/a", .ended = 2s, .took = 10ms, .error = "refused"}, "w1", 2);
  run.add({.name = "/b", .ended = 4s, .took = 20ms}, "w1", 1);
  run.interrupt("GET", "/b");

  const Snapshot made = run.snapshot(4s);
  ASSERT_THAT(made.endpoints, SizeIs(2));
  EXPECT_EQ(made.endpoints[0].endpoint.name, "/a");
  EXPECT_EQ(made.endpoints[0].stats.failures, 2u);
  EXPECT_EQ(made.endpoints[1].stats.requests, 4u);
  EXPECT_EQ(made.endpoints[1].stats.response_times.min(), 20ms);
  EXPECT_EQ(made.total.endpoint.name, "Aggregated");
  EXPECT_EQ(made.total.stats.requests, 6u);
  EXPECT_EQ(made.total.stats.interrupted, 1u);
  EXPECT_EQ(made.total.stats.response_times.count(), 6u);
  EXPECT_DOUBLE_EQ(made.total.average.requests_per_s, 6 / 4.0);
  EXPECT_DOUBLE_EQ(made.total.average.failures_per_s, 2 / 4.0);
  EXPECT_DOUBLE_EQ(made.endpoints[0].average.requests_per_s, 2 / 4.0);
  ASSERT_THAT(made.workers, SizeIs(2));
  EXPECT_EQ(made.workers[0].id, "w1");
  EXPECT_EQ(made.workers[0].requests, 3u);
  EXPECT_EQ(made.workers[1].requests, 3u);
}

// 30 requests in each of the seconds 0 to 19, one failed.
MeasuredRun twenty_seconds() {
  MeasuredRun run;
  for (int second = 0; second < 20; ++second) {
    run.add({.ended = second * 1s + 1ms, .took = 1ms}, "w1", 29);
    run.add({.ended = second * 1s + 1ms, .took = 1ms, .error = "bad"});
  }
  return run;
}

TEST(Aggregator, CurrentRateIsThatOfTenSecondsBeforeTheNewestTwo) {
  MeasuredRun run = twenty_seconds();
  run.add({.ended = 19s + 2ms}, "w1", 10'000);  // unsettled: not in the window yet
  run.add({.ended = 6s + 2ms}, "w1", 10'000);   // before the window, which is [7, 17)
  EXPECT_DOUBLE_EQ(run.snapshot(20s).total.current.requests_per_s, 30);
  EXPECT_DOUBLE_EQ(run.snapshot(20s).total.current.failures_per_s, 1);
  run.add({.ended = 7s + 2ms}, "w1", 100);
  run.add({.ended = 16s + 2ms}, "w1", 100);
  EXPECT_DOUBLE_EQ(run.snapshot(20s).total.current.requests_per_s, 50);
}

TEST(Aggregator, CurrentRateStartsWithTheRun) {
  MeasuredRun run;
  run.add({.ended = 500ms}, "w1", 40);
  EXPECT_EQ(run.snapshot(1s).total.current.requests_per_s, 0);  // nothing is settled
  run.add({.ended = 4s}, "w1", 1);
  EXPECT_DOUBLE_EQ(run.snapshot(4s).total.current.requests_per_s, 20);  // 40 in the seconds [0, 2)
}

TEST(Aggregator, CurrentRateFallsWhenTheTargetStopsAnswering) {
  const MeasuredRun run = twenty_seconds();
  EXPECT_DOUBLE_EQ(run.snapshot(24s).total.current.requests_per_s, 30);
  EXPECT_DOUBLE_EQ(run.snapshot(32s).total.current.requests_per_s, 15);
  EXPECT_DOUBLE_EQ(run.snapshot(60s).total.current.requests_per_s, 0);
}

TEST(Aggregator, AllEndpointsShareOneWindow) {
  MeasuredRun run;
  run.add({.name = "/early", .ended = 1s}, "w1", 10);
  run.add({.name = "/late", .ended = 13s}, "w1", 10);
  const Snapshot made = run.snapshot(13s);
  EXPECT_DOUBLE_EQ(made.endpoints[0].current.requests_per_s, 1);
  EXPECT_DOUBLE_EQ(made.total.current.requests_per_s, 1);
}

TEST(Aggregator, NamesTheWorkersOfAnException) {
  MeasuredRun run;
  run.exception("oops", "line 3", "w2");
  run.exception("oops", "line 3", "w1");
  run.exception("oops", "line 3", "w2");
  const Snapshot made = run.snapshot(1s);
  ASSERT_THAT(made.exceptions, SizeIs(1));
  EXPECT_EQ(made.exceptions[0].count, 3u);
  EXPECT_EQ(made.exceptions[0].traceback, "line 3");
  EXPECT_THAT(made.exceptions[0].workers, ElementsAre("w1", "w2"));
}

TEST(Aggregator, SurvivesMoreTracebacksThanItKeeps) {
  MeasuredRun run;
  for (int i = 0; i < 1'500; ++i) run.exception("oops", "line " + std::to_string(i));
  const Snapshot made = run.snapshot(1s);
  ASSERT_THAT(made.exceptions, SizeIs(Delta::kMostTexts + 1));
  std::uint64_t count = 0;
  for (const auto& exception : made.exceptions) {
    count += exception.count;
    EXPECT_THAT(exception.workers, ElementsAre("w1"));
  }
  EXPECT_EQ(count, 1'500u);
}

TEST(Aggregator, KnowsWhetherAnythingFailed) {
  MeasuredRun fine;
  fine.add({});
  fine.interrupt("GET", "/");
  fine.generator_error("no ports left");
  EXPECT_FALSE(fine.snapshot(1s).any_failures_or_exceptions());
  MeasuredRun failed;
  failed.add({.error = "refused"});
  EXPECT_TRUE(failed.snapshot(1s).any_failures_or_exceptions());
  MeasuredRun thrown;
  thrown.exception("oops", "line 3");
  EXPECT_TRUE(thrown.snapshot(1s).any_failures_or_exceptions());
}

TEST(Aggregator, CountsUsersOfAllClasses) {
  const MeasuredRun run;
  EXPECT_EQ(run.snapshot(1s).users(), 0u);
  EXPECT_EQ(run.snapshot(1s, {.users = {{"A", 2}, {"B", 5}}}).users(), 7u);
}

TEST(Aggregator, ResetStartsAgainFromNothing) {
  MeasuredRun run = twenty_seconds();
  run.fare(MeasuredRun::healthy());
  run.exception("oops", "line 3");
  run.aggregator().reset(MeasuredRun::kStart + 20s);
  const Snapshot made = run.snapshot(20s);
  EXPECT_EQ(made.started, MeasuredRun::kStart + 20s);
  EXPECT_THAT(made.endpoints, IsEmpty());
  EXPECT_THAT(made.errors, IsEmpty());
  EXPECT_THAT(made.exceptions, IsEmpty());
  EXPECT_THAT(made.workers, IsEmpty());
  EXPECT_EQ(made.total.stats.requests, 0u);
  EXPECT_EQ(made.total.average.requests_per_s, 0);
}

TEST(Aggregator, AWorkerIsAsBusyAsInItsBusiestTenthOfTheTime) {
  MeasuredRun run;
  run.fare({.wall = 80s, .loop_busy = 8s, .descriptors_used = 4});
  run.fare({.wall = 19s, .loop_busy = 14250ms, .longest_turn = 9ms, .descriptors_used = 70});
  run.fare({.wall = 1s, .loop_busy = 1s, .descriptors_used = 9, .connections_opened = 12});
  const WorkerRow row = run.snapshot(100s).workers.at(0);
  EXPECT_DOUBLE_EQ(row.sustained_busy_ratio, 0.75);
  EXPECT_DOUBLE_EQ(row.peak_busy_ratio, 1);
  EXPECT_DOUBLE_EQ(row.busy_ratio, 0.2325);
  EXPECT_EQ(row.observed, 100s);
  EXPECT_EQ(row.longest_turn, 9ms);
  EXPECT_EQ(row.most_descriptors_used, 70u);
  EXPECT_EQ(row.newest.connections_opened, 12u);
}

TEST(Aggregator, TakesAReportAsAWhole) {
  Aggregator totals(MeasuredRun::kStart);
  proto::Report report{.run = {1},
                       .seq = 1,
                       .delta = test::delta_of("GET /", 3),
                       .users = {{"A", 2}, {"B", 5}},
                       .health = MeasuredRun::healthy()};
  report.delta.send_lag.record(6ms);
  totals.add("w1", report);
  report.users = {{"A", 1}, {"B", 0}};
  totals.add("w1", report);
  const Snapshot made = totals.snapshot({}, MeasuredRun::kStart + 2s);
  EXPECT_EQ(made.total.stats.requests, 6u);
  EXPECT_EQ(totals.total().requests, 6u);
  const WorkerRow row = made.workers.at(0);
  EXPECT_EQ(row.requests, 6u);
  EXPECT_EQ(row.users, 1u);
  EXPECT_EQ(row.peak_users, 7u);
  EXPECT_EQ(row.paced, 2u);
  EXPECT_EQ(row.send_lag_p99, 6ms);
  EXPECT_EQ(row.newest.bytes_memory, 64u << 20);
  EXPECT_EQ(row.longest_lag, 3ms);
}

Delta of_endpoints(std::size_t count) {
  Delta measured;
  for (std::size_t i = 0; i < count; ++i) {
    measured.endpoints[{"GET", "/" + std::to_string(i)}].requests = 1;
  }
  return measured;
}

TEST(Aggregator, ShowsWhatItGatheredOnceWhenItIsSettled) {
  Aggregator totals(MeasuredRun::kStart);
  std::uint64_t shown = 0;
  totals.on_settled([&](const Aggregator::Endpoints& endpoints) {
    for (const auto& [name, stats] : endpoints) shown += stats.requests;
  });
  totals.add("w1", of_endpoints(3));
  EXPECT_EQ(shown, 0u);
  totals.settle();
  totals.settle();
  EXPECT_EQ(shown, 3u);
  totals.add("w2", of_endpoints(2));
  EXPECT_EQ(totals.total().requests, 5u);  // a look settles
  EXPECT_EQ(shown, 5u);
  EXPECT_EQ(totals.totals().endpoints.size(), 3u);
  totals.add("w1", of_endpoints(1));
  totals.reset(MeasuredRun::kStart);
  EXPECT_EQ(shown, 6u);
  EXPECT_EQ(totals.total().requests, 0u);
  totals.add("w1", of_endpoints(Aggregator::kMostGathered + 1));
  EXPECT_EQ(shown, 6 + Aggregator::kMostGathered + 1);
}

TEST(Aggregator, KeepsTheSendLagOfEachWorkerApart) {
  MeasuredRun run;
  run.add({.late = 1ms}, "w1", 100);
  run.add({.late = 40ms}, "w2", 100);
  run.add({}, "w3");
  const auto rows = run.snapshot(2s).workers;
  EXPECT_EQ(rows.at(0).send_lag_p99, 1ms);
  EXPECT_EQ(rows.at(1).send_lag_p99, 40ms);
  EXPECT_EQ(rows.at(2).paced, 0u);
  EXPECT_EQ(run.snapshot(2s).send_lag.count(), 200u);
}

TEST(Aggregator, AHeartbeatTellsOfALoopThatIsHeld) {
  MeasuredRun run;
  run.fare(MeasuredRun::healthy());
  Aggregator& totals = run.aggregator();
  totals.add("w1", proto::Heartbeat{.bytes_memory = 90u << 20, .loop_lag = 12s});
  totals.add("w1", proto::Heartbeat{.bytes_memory = 80u << 20, .loop_lag = 1ms});
  const WorkerRow row = run.snapshot(2s).workers.at(0);
  EXPECT_EQ(row.longest_lag, 12s);
  EXPECT_EQ(row.newest.bytes_memory, 80u << 20);
  EXPECT_EQ(row.observed, 1s);
}

TEST(Aggregator, TakesBackALossOfAWorkerThatReportsAfterAll) {
  MeasuredRun run;
  run.aggregator().add(LostRow{.worker = "w1", .since = 1s, .at_least = 1, .at_most = 5});
  run.aggregator().add(LostRow{.worker = "w2", .since = 1s, .at_least = 1, .at_most = 7});
  run.aggregator().add(LostRow{.worker = "w1", .since = 2s, .at_least = 0, .at_most = 0});
  const auto lost = run.snapshot(60s).lost;
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].worker, "w2");
}

TEST(Aggregator, ForgetsWhatWasLostWithTheRun) {
  MeasuredRun run;
  run.aggregator().add(LostRow{.worker = "w1", .since = 1s, .at_least = 0, .at_most = 0});
  EXPECT_THAT(run.snapshot(2s).lost, IsEmpty());
  run.aggregator().add(LostRow{.worker = "w1", .since = 1s, .at_least = 0, .at_most = 5});
  EXPECT_THAT(run.snapshot(2s).lost, SizeIs(1));
  run.aggregator().reset(MeasuredRun::kStart + 2s);
  EXPECT_THAT(run.snapshot(2s).lost, IsEmpty());
}

}  // namespace
}  // namespace swarm::master
