#include "master/views/console.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "master/views/text.h"
#include "tests/support/golden.h"
#include "tests/support/measured_run.h"

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using test::matches_golden;
using test::MeasuredRun;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Half a minute of a small shop: fast pages, a slow one, a failing one, one of another protocol.
MeasuredRun measure_shop() {
  MeasuredRun run;
  for (int i = 0; i < 3'000; ++i) {
    const Duration ended = i * 10ms;
    run.add({.name = "/", .ended = ended, .took = 180us + (i % 40) * 17us, .late = (i % 50) * 3us});
    if (i % 3 == 0)
      run.add({.method = "POST", .name = "/cart", .ended = ended, .took = 6ms + (i % 7) * 1ms});
    if (i % 60 == 0) {
      run.add({.method = "POST",
               .name = "/api/v2/customers/[id]/orders/[order]/payments/confirm",
               .ended = ended,
               .took = 1200ms + i * 1ms,
               .error = i % 120 == 0 ? "ConnectionRefusedError(111, 'Connection refused')" : ""});
    }
    if (i % 100 == 0) {
      run.add({.method = "", .name = "caf\u00e9 step", .ended = ended, .has_response_time = false});
    }
  }
  run.add(
      {.method = "DELETE",
       .name = "/cart",
       .ended = 12s,
       .took = 12345us,
       .error =
           "CatchResponseError('the basket that the answer tells of is not the one that was asked "
           "for,\nand this text goes on over more than a line of any terminal that people use')"},
      "w1", 2);
  run.interrupt("GET", "/");
  run.interrupt("POST", "/cart");
  run.exception(
      "division by zero",
      "Traceback (most recent call last):\n  File \"shop.py\", line 7, in pay\n    1 / 0\n"
      "ZeroDivisionError: division by zero\n");
  run.fare(MeasuredRun::healthy());
  return run;
}

const Snapshot& shop() {
  static const Snapshot run = measure_shop().snapshot(30s);
  return run;
}

// Many requests, of a generator at its end.
MeasuredRun overload() {
  MeasuredRun run;
  Delta delta;
  EndpointStats& stats = delta.endpoints[{"GET", "/success"}];
  stats.response_times.record(70ms);
  stats.response_times.record(90ms);
  stats.requests = 12'345'678;
  stats.failures = 1'234'567;
  stats.last = 200s;
  delta.send_lag.record(34ms);
  run.aggregator().add("host_a1", std::move(delta));
  run.generator_error("too many open files: raise the limit (ulimit -n)");
  run.fare({.wall = 200s,
            .loop_busy = 196s,
            .longest_turn = 1204ms,
            .descriptors_used = 1021,
            .descriptors_limit = 1024,
            .connections_opened = 88'123},
           "host_a1");
  run.fare(MeasuredRun::healthy(), "host_b2");
  return run;
}

// Three workers, one of which was held, one of which was lost.
MeasuredRun measure_fleet() {
  MeasuredRun run;
  run.add({.ended = 10s, .late = 1ms}, "generator-1_0123456789abcdef0123456789abcdef", 1'200);
  run.add({.ended = 20s, .late = 4ms}, "generator-2_00112233445566778899aabbccddeeff", 300'000);
  run.add({.ended = 12s}, "w3", 40);
  Aggregator& totals = run.aggregator();
  const std::vector<proto::ClassCount> many{{"Buyer", 1'000}, {"Visitor", 500}};
  const std::vector<proto::ClassCount> none{{"Buyer", 0}, {"Visitor", 0}};
  for (const Snapshot made = run.snapshot(20s); const WorkerRow& worker : made.workers) {
    if (worker.id == "w3") continue;
    run.fare(MeasuredRun::healthy(), worker.id);
    totals.add_users(worker.id, many);
    totals.add_users(worker.id, none);
  }
  totals.add("generator-2_00112233445566778899aabbccddeeff",
             proto::Heartbeat{.bytes_memory = 300u << 20, .loop_lag = 20s});
  totals.set_lost_intervals("w3", 2);
  totals.add(LostRow{.worker = "w3", .since = 12'300ms, .at_least = 431, .at_most = 650});
  return run;
}

MeasuredRun many_workers(int count) {
  MeasuredRun run;
  for (int i = 0; i < count; ++i) {
    run.fare({.wall = 1s, .loop_busy = i * 10ms}, "w" + std::to_string(100 + i));
  }
  return run;
}

std::size_t widest_line(const std::string& text) {
  std::size_t most = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) most = std::max(most, width(line));
  return most;
}

TEST(Console, FinalReportIsLocustsWhereThereIsNoTerminal) {
  EXPECT_TRUE(matches_golden("console/final.txt", final_report(shop(), kNotATerminal, 0)));
}

TEST(Console, FinalReportFitsAWideTerminal) {
  const std::string text = final_report(shop(), 120, 0);
  EXPECT_TRUE(matches_golden("console/final_120.txt", text));
  EXPECT_LE(widest_line(text), 120u);
}

TEST(Console, FinalReportFitsANarrowTerminal) {
  const std::string text = final_report(shop(), 80, 0);
  EXPECT_TRUE(matches_golden("console/final_80.txt", text));
  EXPECT_LE(widest_line(text), 80u);
}

TEST(Console, ShowsThePercentilesThatAreAskedFor) {
  const std::array shares{0.5, 0.995, 0.123456, 1.0};
  EXPECT_THAT(percentile_table(shop(), kNotATerminal, shares),
              HasSubstr("      50%  99.5% 12.3456%   100% # reqs\n"));
  EXPECT_THAT(percentile_table(shop(), kNotATerminal, shares),
              HasSubstr("|--------|------|------|------|------\n"));
  EXPECT_THAT(final_report(shop(), kNotATerminal, 0, shares), HasSubstr(" 99.5% "));

  const std::vector<double> many(30, 0.5);
  for (const int columns : {80, 112, 120}) {
    EXPECT_LE(widest_line(percentile_table(shop(), columns, many)),
              static_cast<std::size_t>(columns));
  }
}

TEST(Console, FinalReportOfAnOverloadedGenerator) {
  const Snapshot run = overload().snapshot(200s);
  EXPECT_TRUE(matches_golden("console/overload_120.txt", final_report(run, 120, 3)));
  EXPECT_TRUE(matches_golden("console/overload_80.txt", final_report(run, 80, 3)));
}

TEST(Console, ShowsARowForEachOfSeveralWorkers) {
  const Snapshot run = measure_fleet().snapshot(20s);
  EXPECT_TRUE(matches_golden("console/workers.txt", worker_table(run, kNotATerminal)));
  EXPECT_TRUE(matches_golden("console/workers_120.txt", worker_table(run, 120)));
  EXPECT_TRUE(matches_golden("console/workers_80.txt", worker_table(run, 80)));
  EXPECT_THAT(final_report(run, 80, 0), HasSubstr(worker_table(run, 80)));
}

TEST(Console, AOnlyWorkerHasARowIfItIsAProcessOfItsOwn) {
  EXPECT_EQ(worker_table(shop(), 80), "");
  EXPECT_THAT(worker_table(measure_shop().snapshot(30s, {.distributed = true}), 80),
              HasSubstr("\nw1 "));
  EXPECT_EQ(worker_table(MeasuredRun().snapshot(30s, {.distributed = true}), 80), "");
}

TEST(Console, ShowsTheBusiestOfManyWorkers) {
  const std::string twenty = worker_table(many_workers(20).snapshot(2s), 80);
  EXPECT_EQ(std::ranges::count(twenty, '\n'), 25);
  EXPECT_THAT(twenty, Not(HasSubstr("busiest")));

  MeasuredRun run = many_workers(95);
  run.aggregator().set_lost_intervals("w110", 1);
  run.aggregator().add(LostRow{.worker = "w120", .since = 1s, .at_least = 1, .at_most = 2});
  const std::string many = worker_table(run.snapshot(2s), 80);
  EXPECT_EQ(std::ranges::count(many, '\n'), 11);
  EXPECT_THAT(many, HasSubstr("\nw194 "));
  EXPECT_THAT(many, HasSubstr("\nw190 "));
  EXPECT_THAT(many, Not(HasSubstr("\nw189 ")));
  EXPECT_THAT(many, HasSubstr("the 5 busiest of 95; 89 are fine (at most 90 % busy, none lost)\n"));
}

TEST(Console, NamesWorkersThatWereLost) {
  EXPECT_THAT(
      health_report(measure_fleet().snapshot(20s), 120, 0),
      HasSubstr(
          "  lost            worker w3 was lost at 12.3 s: between 431 and about 650 requests "
          "are in no total\n  verdict         SUSPECT\n"));
  MeasuredRun run;
  for (int i = 1; i <= 8; ++i) {
    run.aggregator().add(
        LostRow{.worker = "w" + std::to_string(i), .since = 3s, .at_least = 0, .at_most = 10});
  }
  const std::string text = health_report(run.snapshot(20s), 120, 0);
  EXPECT_THAT(text, HasSubstr("worker w5 was lost at 3.00 s: up to about 10 requests"));
  EXPECT_THAT(text, Not(HasSubstr("worker w6")));
  EXPECT_THAT(text, HasSubstr("and 3 more workers: up to about 30 requests"));
}

TEST(Console, TablesFitTerminalsOfEveryWidth) {
  for (const auto& run : {shop(), overload().snapshot(200s), measure_fleet().snapshot(20s),
                          many_workers(95).snapshot(2s), Snapshot()}) {
    for (int columns = 76; columns <= 240; ++columns) {
      EXPECT_LE(widest_line(final_report(run, columns, 3)), static_cast<std::size_t>(columns))
          << columns;
    }
  }
}

// The lines of a table are all as wide as its separator, so that columns stand under each other.
TEST(Console, RowsAreAsWideAsTheirSeparators) {
  for (const auto& run : {shop(), overload().snapshot(200s), measure_fleet().snapshot(20s)}) {
    for (const int columns : {80, 100, 112, 120, 200}) {
      for (const auto& table : {stats_table(run, Show::AverageRates, columns),
                                percentile_table(run, columns), worker_table(run, columns)}) {
        std::istringstream lines(table);
        std::size_t expected = 0;
        for (std::string line; std::getline(lines, line);) {
          if (line.empty() || line.starts_with("Response time") || line.starts_with("Workers (")) {
            continue;
          }
          if (expected == 0) expected = width(line);
          EXPECT_EQ(width(line), expected) << line;
        }
      }
    }
  }
}

TEST(Console, ShowsCurrentRatesWhileItRuns) {
  MeasuredRun run;
  for (int second = 0; second < 20; ++second)
    run.add({.ended = second * 1s}, "w1", second < 5 ? 10 : 30);
  const Snapshot made = run.snapshot(19s);
  EXPECT_THAT(stats_table(made, Show::CurrentRates, kNotATerminal),
              HasSubstr("  30.00        0.00\n"));
  EXPECT_THAT(stats_table(made, Show::AverageRates, kNotATerminal),
              HasSubstr("  26.32        0.00\n"));
}

TEST(Console, ShowsWhatScriptsLookFor) {
  MeasuredRun run;
  run.add({}, "w1", 2);
  EXPECT_THAT(stats_table(run.snapshot(2s), Show::AverageRates, kNotATerminal),
              HasSubstr("GET      /" + std::string(82, ' ') + "2     0(0.00%) |     10"));
  EXPECT_THAT(stats_table(Snapshot(), Show::CurrentRates, kNotATerminal), HasSubstr("failures/s"));
}

TEST(Console, PercentilesLeaveOutWhatHadNoResponseTime) {
  MeasuredRun run;
  run.add({.name = "counted", .has_response_time = false});
  EXPECT_THAT(percentile_table(run.snapshot(2s), kNotATerminal), Not(HasSubstr("counted")));
  EXPECT_THAT(stats_table(run.snapshot(2s), Show::AverageRates, kNotATerminal),
              HasSubstr("counted"));
}

TEST(Console, ShowsWhatAScenarioPassedToFailureWithoutItsPythonClass) {
  MeasuredRun run;
  run.add({.name = "/a", .error = "CatchResponseError('it\\'s \"slow\"')"});
  run.add({.name = "/b", .error = "CatchResponseError(Odd())"});
  run.add({.name = "/c", .error = "HTTPError('404')"});
  const std::string text = error_report(run.snapshot(2s), kNotATerminal);
  EXPECT_THAT(text, HasSubstr("/a: it's \"slow\" "));
  EXPECT_THAT(text, HasSubstr("/b: Odd() "));
  EXPECT_THAT(text, HasSubstr("/c: HTTPError('404') "));
}

TEST(Console, ReportsNothingWhereNothingWentWrong) {
  MeasuredRun run;
  run.add({});
  const Snapshot made = run.snapshot(2s);
  EXPECT_EQ(error_report(made, 80), "");
  EXPECT_EQ(exception_report(made, 80), "");
  EXPECT_EQ(interrupted_line(made), "");
}

TEST(Console, InterruptedRequestsAreALineAndNoRow) {
  MeasuredRun run;
  run.interrupt("GET", "/slow");
  run.interrupt("GET", "/slow");
  EXPECT_EQ(interrupted_line(run.snapshot(2s)), "Interrupted: 2\n");
  EXPECT_THAT(stats_table(run.snapshot(2s), Show::AverageRates, kNotATerminal),
              Not(HasSubstr("/slow")));
}

TEST(Console, SuggestsProcessesToABusyLoopWithIdleCoresOnly) {
  MeasuredRun busy;
  busy.fare({.wall = 1s, .loop_busy = 850ms});
  EXPECT_THAT(health_report(busy.snapshot(2s), 80, 3),
              HasSubstr("3 cores are idle: --processes 4 "));
  EXPECT_THAT(health_report(busy.snapshot(2s), 80, 0), Not(HasSubstr("--processes")));
  MeasuredRun calm;
  calm.fare(MeasuredRun::healthy());
  EXPECT_THAT(health_report(calm.snapshot(2s), 80, 3), Not(HasSubstr("--processes")));
}

TEST(Console, HealthIsUnknownBeforeTheFirstReport) {
  EXPECT_THAT(health_report(Snapshot(), 80, 1), HasSubstr("  loop            unknown\n"));
}

// What a target answers must not reach the terminal as a command.
TEST(Console, PrintsNoControlCharacterOfATarget) {
  MeasuredRun run;
  run.add({.name = "/\x1b[2J",
           .error = "\x1b]0;title\a\r\n\xc2\x9b"
                    "31m"});
  run.exception("\x1b[1m", "line\x1b[0m");
  for (const int columns : {kNotATerminal, 80, 120}) {
    for (const char byte : final_report(run.snapshot(2s), columns, 0)) {
      EXPECT_TRUE(byte == '\n' || (byte & 0x80) != 0 || (byte >= 0x20 && byte < 0x7F));
    }
    EXPECT_THAT(final_report(run.snapshot(2s), columns, 0), Not(HasSubstr("\xc2\x9b")));
  }
}

TEST(Console, ListsUserClasses) {
  std::vector<UserClass> classes(2);
  classes[0].name = "Admin";
  classes[1].name = "WebUser";
  EXPECT_EQ(user_class_list(classes), "Available Users:\n    Admin\n    WebUser\n");
}

TEST(Text, IsShortenedInItsMiddle) {
  EXPECT_EQ(shorten("/short", 6), "/short");
  EXPECT_EQ(shorten("/api/orders/confirm", 9), "/api~firm");
  EXPECT_EQ(shorten("caf\u00e9caf\u00e9", 4), "ca~\u00e9");
  EXPECT_EQ(shorten("ab", 1), "~");
  EXPECT_EQ(shorten("ab", 0), "");
}

TEST(Text, IsWrappedAtSpaces) {
  using testing::ElementsAre;
  EXPECT_THAT(wrap("", 5), ElementsAre(""));
  EXPECT_THAT(wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("one  two", 4), ElementsAre("one ", "two"));
  EXPECT_THAT(wrap("unbreakable", 4), ElementsAre("unbr", "eaka", "ble"));
  EXPECT_THAT(wrap("\u00e9\u00e9 \u00e9\u00e9", 3), ElementsAre("\u00e9\u00e9", "\u00e9\u00e9"));
}

}  // namespace
}  // namespace swarm::master
