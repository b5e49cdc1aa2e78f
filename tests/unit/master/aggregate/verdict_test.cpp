#include "master/aggregate/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "master/aggregate/words.h"
#include "tests/support/measured_run.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using test::MeasuredRun;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// 1,000 requests of 20 ms, sent on time, by a worker that had nothing to suffer from.
MeasuredRun good_run() {
  MeasuredRun run;
  run.add({.took = 20ms, .late = 1ms}, "w1", 1'000);
  run.fare(MeasuredRun::healthy());
  return run;
}

auto reasons(const MeasuredRun& run) { return run.snapshot(2s).verdict.reasons; }

TEST(Verdict, IsValidWithoutAReasonForSuspicion) {
  EXPECT_THAT(reasons(good_run()), IsEmpty());
  EXPECT_TRUE(good_run().snapshot(2s).verdict.valid());
}

TEST(Verdict, SuspectsABusyLoop) {
  MeasuredRun run = good_run();
  run.fare({.wall = 1s, .loop_busy = 900ms});
  EXPECT_THAT(reasons(run), IsEmpty());
  run.fare({.wall = 1s, .loop_busy = 970ms});
  EXPECT_THAT(reasons(run), ElementsAre(HasSubstr("the loop was 97 % busy: ")));
  EXPECT_FALSE(run.snapshot(2s).verdict.valid());
}

TEST(Verdict, ForgivesABusyMoment) {
  MeasuredRun run = good_run();
  for (int second = 0; second < 60; ++second) run.fare(MeasuredRun::healthy());
  run.fare({.wall = 1s, .loop_busy = 1s});
  EXPECT_THAT(reasons(run), IsEmpty());
}

TEST(Verdict, NamesTheBusiestWorkerOfSeveral) {
  MeasuredRun run = good_run();
  run.fare({.wall = 1s, .loop_busy = 930ms}, "w2");
  run.fare({.wall = 1s, .loop_busy = 990ms}, "w3");
  EXPECT_THAT(reasons(run), ElementsAre(HasSubstr("the loop was 99 % busy on worker w3")));
}

TEST(Verdict, SuspectsUsersThatWereSentLate) {
  MeasuredRun run = good_run();
  run.add({.took = 20ms, .late = 10ms}, "w1", 20);
  EXPECT_THAT(reasons(run), IsEmpty());
  run.add({.took = 20ms, .late = 15ms}, "w1", 20);
  EXPECT_THAT(
      reasons(run),
      ElementsAre(HasSubstr("was sent 15.0 ms late or more, against a median response of 20")));
}

TEST(Verdict, ForgivesLatenessThatASlowTargetDwarfs) {
  MeasuredRun run = good_run();
  run.add({.took = 300ms, .late = 29ms}, "w1", 2'000);
  EXPECT_THAT(reasons(run), IsEmpty());
}

TEST(Verdict, SuspectsALoopThatStoodStill) {
  MeasuredRun run = good_run();
  run.fare({.wall = 1s, .loop_busy = 500ms, .longest_turn = 100ms});
  EXPECT_THAT(reasons(run), IsEmpty());
  run.fare({.wall = 1s, .loop_busy = 500ms, .longest_turn = 480ms});
  EXPECT_THAT(reasons(run), ElementsAre(HasSubstr("the loop stood still for 480 ms")));
  run.add({.took = 5s});  // too slow to be the loop's doing
  EXPECT_THAT(reasons(run), IsEmpty());
}

// A worker that read `late` of 1,000 responses 3 ms late.
WorkerHealth late_reader(std::uint64_t late) {
  WorkerHealth health = MeasuredRun::healthy();
  health.lateness.add(1'000 - late, 0ms, 0ms);
  health.lateness.add(late, 3ms, 3ms);
  return health;
}

// 1,000 requests of 20 ms that a client of the scenario's own made.
MeasuredRun self_timed_run() {
  MeasuredRun run;
  run.add({.took = 20ms, .late = 1ms, .self_timed = true}, "w1", 1'000);
  run.fare(MeasuredRun::healthy());
  return run;
}

// The same and some that are slower by as much as was read late.
MeasuredRun run_with_slow(std::uint64_t slow) {
  MeasuredRun run = self_timed_run();
  run.add({.took = 23ms, .self_timed = true}, "w1", slow);
  return run;
}

TEST(Verdict, SuspectsResponsesThatWereReadLate) {
  MeasuredRun run = run_with_slow(20);
  run.fare(late_reader(0));
  EXPECT_THAT(reasons(run), IsEmpty());
  run.fare(late_reader(60));
  EXPECT_THAT(reasons(run),
              ElementsAre(HasSubstr(
                  "3 % of what users time themselves waited for the generator, 3.00 ms on ")));
}

// Users that pace themselves alike: what comes during a turn of 3 ms comes at its start, every
// time, although two thirds of it would be late if it came evenly.
TEST(Verdict, SuspectsTurnsThatResponsesKeepStepWith) {
  MeasuredRun run = run_with_slow(400);
  WorkerHealth health = MeasuredRun::healthy();
  health.lateness.add(1'000, 0ms, 0ms);
  health.lateness.add(400, 3ms, 0ms);
  run.fare(health);
  EXPECT_THAT(reasons(run),
              ElementsAre(HasSubstr(
                  "19 % of what users time themselves waited for the generator, 2.00 ms on ")));
}

TEST(Verdict, ForgivesLateReadingThatNoPercentileShows) {
  MeasuredRun run = run_with_slow(5);  // not enough of them for p99
  run.fare(late_reader(60));
  EXPECT_THAT(reasons(run), IsEmpty());
}

TEST(Verdict, CountsTheSlowestAgainstThoseThatWereReadLate) {
  MeasuredRun run = run_with_slow(20);  // p99 is the tenth of them
  run.fare(late_reader(2));
  EXPECT_THAT(reasons(run), IsEmpty());
  run.fare(late_reader(28));
  EXPECT_THAT(reasons(run),
              ElementsAre(HasSubstr("of what users time themselves waited for the generator")));
}

TEST(Verdict, ForgivesLateReadingWhereTimesDifferByMuchMore) {
  MeasuredRun run = self_timed_run();
  run.fare(late_reader(110));
  run.add({.took = 55ms, .self_timed = true}, "w1", 30);  // p99 is 35 ms above the median
  EXPECT_THAT(reasons(run), IsEmpty());
}

TEST(Verdict, LooksAtEachEndpointForWhatLateReadingDid) {
  MeasuredRun run = self_timed_run();
  run.add({.took = 55ms, .self_timed = true}, "w1", 30);
  run.fare(late_reader(110));
  run.add({.name = "/other", .self_timed = true}, "w1", 96);
  run.add({.name = "/other", .took = 13ms, .self_timed = true}, "w1", 3);
  EXPECT_THAT(reasons(run), IsEmpty());
  run.add({.name = "/other", .self_timed = true});
  EXPECT_THAT(reasons(run), ElementsAre(HasSubstr("waited for the generator")));
}

// The kernel said when their responses had come.
TEST(Verdict, ForgivesLateReadingOfTheHttpClient) {
  MeasuredRun run = good_run();
  run.add({.took = 23ms}, "w1", 400);
  run.fare(late_reader(1'000));
  EXPECT_THAT(reasons(run), IsEmpty());
  run.add({.name = "/other", .self_timed = true}, "w1", 99);  // too few to have a p99
  run.fare(late_reader(28));
  EXPECT_THAT(reasons(run), ElementsAre(HasSubstr("waited for the generator")));
}

TEST(Verdict, SuspectsLateReadingThatShiftsAllTimes) {
  MeasuredRun run = self_timed_run();
  run.add({.took = 5s, .self_timed = true}, "w1", 30);
  run.fare(late_reader(330));
  EXPECT_THAT(reasons(run), IsEmpty());
  run.fare(late_reader(360));
  EXPECT_THAT(reasons(run), ElementsAre(HasSubstr("waited for the generator")));
}

TEST(Verdict, SuspectsRequestsThatCouldNotBeMade) {
  MeasuredRun run = good_run();
  run.generator_error("no local port is free");
  EXPECT_THAT(reasons(run),
              ElementsAre("the generator could not make a request 1 time: no local port is free"));
  run.generator_error("too many open files");
  run.generator_error("too many open files");
  EXPECT_THAT(
      reasons(run),
      ElementsAre(
          "the generator could not make a request 3 times: most often, too many open files"));
}

TEST(Verdict, SuspectsAWorkerThatIsRunningOutOfDescriptors) {
  MeasuredRun run = good_run();
  run.fare({.wall = 1s, .descriptors_used = 900, .descriptors_limit = 1000}, "w2");
  EXPECT_THAT(reasons(run), IsEmpty());
  run.fare({.wall = 1s, .descriptors_used = 901, .descriptors_limit = 1000}, "w2");
  run.fare({.wall = 1s, .descriptors_used = 5, .descriptors_limit = 1000}, "w2");
  EXPECT_THAT(reasons(run),
              ElementsAre(HasSubstr("901 of 1,000 descriptors were in use on worker w2")));
}

TEST(Verdict, SuspectsARunThatLostAWorker) {
  MeasuredRun run = good_run();
  run.aggregator().add(LostRow{.worker = "w2", .since = 1s, .at_least = 431, .at_most = 650});
  EXPECT_THAT(
      reasons(run),
      ElementsAre("between 431 and about 650 requests of worker w2, lost, are in no total"));
  run.aggregator().add(LostRow{.worker = "w3", .since = 1s, .at_least = 10, .at_most = 0});
  EXPECT_THAT(
      reasons(run),
      ElementsAre(
          "between 441 and about 660 requests of workers w2 and w3, lost, are in no total"));
  run.aggregator().add(LostRow{.worker = "w4", .since = 1s, .at_least = 1, .at_most = 0});
  run.aggregator().add(LostRow{.worker = "w2", .since = 2s, .at_least = 1, .at_most = 0});
  EXPECT_THAT(reasons(run), ElementsAre(HasSubstr("workers w2, w3 and 1 more, lost")));
}

TEST(Verdict, SuspectsARunWhileAWorkerIsMissing) {
  const MeasuredRun run = good_run();
  const auto told = [&](std::vector<MissingWorker> missing) {
    return run.snapshot(2s, {.missing = std::move(missing)}).verdict.reasons;
  };
  EXPECT_THAT(
      told({{"w2", 5900ms}}),
      ElementsAre(
          "worker w2 has been silent for 5 s: what it measures meanwhile is in no total yet"));
  EXPECT_THAT(told({{"w2", 5s}, {"w3", 65s}}),
              ElementsAre(HasSubstr("workers w2 and w3 have been silent for 65 s")));
  EXPECT_THAT(told({}), IsEmpty());
}

TEST(Verdict, SuspectsWorkersThatTellNothing) {
  MeasuredRun run;
  EXPECT_THAT(reasons(run), IsEmpty());
  run.add({});
  EXPECT_THAT(reasons(run), ElementsAre("no worker told how it fared"));
}

TEST(Words, TellDurationsInThreeDigits) {
  EXPECT_EQ(in_words(0ns), "0 ms");
  EXPECT_EQ(in_words(42'123ns), "0.0421 ms");
  EXPECT_EQ(in_words(4'210us), "4.21 ms");
  EXPECT_EQ(in_words(9'996us), "10.0 ms");
  EXPECT_EQ(in_words(421ms), "421 ms");
  EXPECT_EQ(in_words(999'600us), "1.00 s");
  EXPECT_EQ(in_words(65s), "65.0 s");
  EXPECT_EQ(in_words(70min), "70.0 min");
  EXPECT_EQ(in_words(100h), "6000 min");
}

TEST(Words, TellCounts) {
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'000), "1,000");
  EXPECT_EQ(grouped(1'048'576), "1,048,576");
  EXPECT_EQ(percent(0.873), "87 %");
  EXPECT_EQ(memory(64u << 20), "64 MB");
  EXPECT_EQ(memory(20ull << 30), "20 GB");
  EXPECT_EQ(estimate(1'431, 2'650), "between 1,431 and about 2,650 requests");
  EXPECT_EQ(estimate(7, 7), "7 requests");
  EXPECT_EQ(estimate(0, 7), "up to about 7 requests");
  EXPECT_EQ(estimate(7, 0), "at least 7 requests");
  EXPECT_EQ(times(1), "1 time");
  EXPECT_EQ(times(1'200), "1,200 times");
}

}  // namespace
}  // namespace swarm::master
