#include "proto/locust_stats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "proto/locust_dialect.h"
#include "proto/locust_text.h"
#include "tests/support/recorded.h"

namespace swarm::proto {
namespace {

using namespace std::chrono_literals;
using test::kRecordedStart;
using test::recorded;

constexpr const char* kPost = "/c \u00e9\u4e16";
constexpr const char* kHttpError = "HTTPError('500 Server Error: it\\'s for url: /a')";
constexpr const char* kBroken = "it's \"broken\"\n\u00e9\u00a0\u200b";

void log(Report& report, const EndpointName& name, Duration ended, std::optional<double> ms,
         std::uint64_t bytes, const char* error = nullptr) {
  EndpointStats& stats = report.delta.endpoints[name];
  ++stats.requests;
  stats.bytes_received += bytes;
  if (ms) {
    stats.response_times.record(Duration{static_cast<std::int64_t>(*ms * 1e6)});
  } else {
    ++stats.none_requests;
  }
  stats.first = std::min(stats.first, ended);
  stats.last = std::max(stats.last, ended);
  stats.seconds.add(std::chrono::floor<std::chrono::seconds>(ended).count(),
                    {1, error == nullptr ? 0u : 1u});
  if (error == nullptr) return;
  ++stats.failures;
  report.delta.add_error({name, error}, {1, ended, ended});
}

// What tests/golden/locust/record.py told to the real Locust.
Report measured() {
  Report report;
  log(report, {"GET", "/a"}, 0ms, 2.5, 100);
  log(report, {"GET", "/a"}, 250ms, 12.0, 150);
  log(report, {"GET", "/a"}, 500ms, 12.0, 150);
  log(report, {"GET", "/a"}, 1250ms, 840.0, 0, kHttpError);
  log(report, {"GET", "/a"}, 2500ms, 3432.75, 20);
  log(report, {"MQTT", "/b"}, 1750ms, std::nullopt, 0);
  log(report, {"POST", kPost}, 2250ms, 11500.5, 7, kBroken);
  log(report, {"POST", kPost}, 2750ms, 11500.5, 7, kBroken);
  report.users = {{"Buyer", 1}, {"Visitor", 2}};
  return report;
}

TEST(LocustStats, AreToTheByteWhatLocustSaysOfTheSameRequests) {
  const Envelope ours{"stats", locust_stats(measured(), kRecordedStart), test::kRecordedWorker};
  EXPECT_EQ(ours.data, recorded("2.47.0", "worker/stats").data);
  EXPECT_EQ(encode(ours), test::recorded_bytes("2.47.0", "worker/stats"));
}

TEST(LocustStats, OfAnIdleWorkerAreLocustsToo) {
  Report idle;
  idle.users = {{"Buyer", 0}, {"Visitor", 0}};
  EXPECT_EQ(locust_stats(idle, kRecordedStart), recorded("2.47.0", "worker/stats_idle").data);
}

TEST(LocustStats, LeaveOutEndpointsWithoutAnEndedRequest) {
  Report report;
  report.delta.endpoints[{"GET", "/a"}].interrupted = 3;
  EXPECT_TRUE(locust_stats(report, kRecordedStart).find("stats")->as_array()->empty());
}

TEST(LocustStats, TakeKeysOfTheScenarioButNotInPlaceOfTheirOwn) {
  Report report;
  report.extra = Value::Map{{Value("bytes"), Value(7)}, {Value("user_count"), Value(99)}};
  const Value data = locust_stats(report, kRecordedStart);
  EXPECT_EQ(*data.find("bytes"), Value(7));
  EXPECT_EQ(*data.find("user_count"), Value(0));
  EXPECT_TRUE(is_locust_stats_key("errors"));
  EXPECT_FALSE(is_locust_stats_key("bytes"));
}

TEST(LocustStats, KeepTheExactLeastAndGreatestAmongRoundedTimes) {
  Report report;
  EndpointStats& stats = report.delta.endpoints[{"GET", "/"}];
  for (const double ms : {94.6, 94.6, 95.4, 95.4}) {  // two buckets of ours
    stats.response_times.record(Duration{static_cast<std::int64_t>(ms * 1e6)});
  }
  stats.requests = 4;
  const Value data = locust_stats(report, kRecordedStart);
  const Value& entry = data.find("stats")->as_array()->front();
  std::int64_t counted = 0;
  for (const auto& [key, count] : *entry.find("response_times")->as_map()) {
    counted += *count.as_int();
  }
  EXPECT_EQ(counted, 4);
  EXPECT_EQ(*entry.find("min_response_time"), Value(94.6));
  EXPECT_EQ(*entry.find("max_response_time"), Value(95.4));
}

TEST(LocustStats, OfBothVersionsAreReadWithExactSumsAndBounds) {
  for (const std::string_view locust : test::kRecordedLocusts) {
    SCOPED_TRACE(locust);
    const auto read = read_locust_stats(recorded(locust, "worker/stats").data, kRecordedStart,
                                        kRecordedStart + 3);
    ASSERT_TRUE(read) << read.error().message;
    const Delta& delta = read->delta;
    const Report expected = measured();
    EXPECT_EQ(read->requests, 8u);
    EXPECT_EQ(read->users, expected.users);
    EXPECT_TRUE(read->extra.is_nil());
    EXPECT_EQ(delta.until, Duration{3s});
    ASSERT_EQ(delta.endpoints.size(), expected.delta.endpoints.size());
    for (const auto& [name, stats] : expected.delta.endpoints) {
      SCOPED_TRACE(name.name);
      const EndpointStats& got = delta.endpoints.at(name);
      EXPECT_EQ(got.requests, stats.requests);
      EXPECT_EQ(got.failures, stats.failures);
      EXPECT_EQ(got.none_requests, stats.none_requests);
      EXPECT_EQ(got.bytes_received, stats.bytes_received);
      EXPECT_EQ(got.seconds, stats.seconds);
      EXPECT_EQ(got.first, stats.first);
      EXPECT_EQ(got.last, stats.last);
      EXPECT_EQ(got.response_times.count(), stats.response_times.count());
      EXPECT_EQ(got.response_times.sum_ns(), stats.response_times.sum_ns());
      EXPECT_EQ(got.response_times.min(), stats.response_times.min());
      EXPECT_EQ(got.response_times.max(), stats.response_times.max());
    }
    const ErrorCount& broken = delta.errors.at({{"POST", kPost}, kBroken});
    EXPECT_EQ(broken.occurrences, 2u);
    const bool tells_when = locust == "2.47.0";
    EXPECT_EQ(broken.first_seen, tells_when ? Duration{2250ms} : Duration{3s});
    EXPECT_EQ(delta.errors.at({{"GET", "/a"}, kHttpError}).occurrences, 1u);
  }
}

TEST(LocustStats, AreAsBoomerSendsThem) {
  const Value entry = Value::Map{
      {Value("name"), Value("/go")},
      {Value("method"), Value("http")},
      {Value("last_request_timestamp"), Value(1'700'000'002)},
      {Value("start_time"), Value(1'700'000'000)},
      {Value("num_requests"), Value(3)},
      {Value("num_failures"), Value(1)},
      {Value("total_response_time"), Value(301)},
      {Value("max_response_time"), Value(148)},
      {Value("min_response_time"), Value(4)},
      {Value("response_times"), Value::Map{{Value(150), Value(2)}, {Value(4), Value(1)}}},
      {Value("num_reqs_per_sec"), Value::Map{{Value(1'700'000'001), Value(3)}}}};
  const Value error = Value::Map{{Value("method"), Value("http")},
                                 {Value("name"), Value("/go")},
                                 {Value("error"), Value("EOF")},
                                 {Value("occurrences"), Value(1)}};
  Value data{Value::Map{}};
  data.set("stats", Value::Array{entry});
  data.set("errors", Value::Map{{Value("0123"), error}});
  const auto read = read_locust_stats(data, kRecordedStart, kRecordedStart + 3);
  ASSERT_TRUE(read) << read.error().message;
  const EndpointStats& stats = read->delta.endpoints.at({"http", "/go"});
  EXPECT_EQ(stats.response_times.count(), 3u);
  EXPECT_EQ(stats.none_requests, 0u);
  EXPECT_EQ(stats.response_times.max(), Duration{148ms});
  EXPECT_EQ(stats.seconds.at(1).requests, 3u);
  EXPECT_EQ(read->delta.errors.at({{"http", "/go"}, "EOF"}).last_seen, Duration{3s});
}

TEST(LocustStats, OfAClockThatIsAheadAreSetBack) {
  const auto read = read_locust_stats(recorded("2.47.0", "worker/stats").data, kRecordedStart - 100,
                                      kRecordedStart - 97);
  ASSERT_TRUE(read);
  const EndpointStats& stats = read->delta.endpoints.at({"GET", "/a"});
  EXPECT_LE(stats.last, Duration{3s});
  EXPECT_LE(stats.seconds.end(), 4);
  EXPECT_EQ(stats.seconds.at(0).requests + stats.seconds.at(1).requests +
                stats.seconds.at(2).requests + stats.seconds.at(3).requests,
            5u);
}

// Whatever keys and bounds a peer sends, the histogram holds all of its counts.
TEST(LocustStats, FitTimesBetweenBoundsThatDoNotFitThem) {
  struct Case {
    std::vector<std::pair<int, int>> times;
    double min;
    double max;
  };
  for (const Case& each :
       {Case{{{0, 2}}, 0.2, 0.4}, Case{{{0, 1}}, 0.2, 900}, Case{{{100, 1}, {200, 1}}, 500, 600},
        Case{{{5, 3}}, 9, 2}, Case{{{7, 1}}, -3, -2}, Case{{{1, 1}, {2, 1}, {3, 1}}, 2, 2}}) {
    Value::Map counts;
    std::uint64_t sum = 0;
    for (const auto& [key, count] : each.times) {
      counts.push_back({Value(key), Value(count)});
      sum += static_cast<std::uint64_t>(count);
    }
    Value entry{Value::Map{}};
    entry.set("num_requests", sum);
    entry.set("response_times", std::move(counts));
    entry.set("min_response_time", each.min);
    entry.set("max_response_time", each.max);
    Value data{Value::Map{}};
    data.set("stats", Value::Array{entry});
    const auto read = read_locust_stats(data, kRecordedStart, kRecordedStart + 1);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->delta.endpoints.begin()->second.response_times.count(), sum);
  }
}

Value with_entry(const char* key, Value value) {
  Value data = recorded("2.47.0", "worker/stats").data;
  Value entry = data.find("stats")->as_array()->front();
  entry.set(key, std::move(value));
  data.set("stats", Value::Array{entry});
  return data;
}

TEST(LocustStats, WithWrongTypesAreAnError) {
  const auto refused = [](const Value& data) {
    return !read_locust_stats(data, kRecordedStart, kRecordedStart + 3).ok();
  };
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused("stats"));
  EXPECT_TRUE(refused(Value::Map{{Value("stats"), Value(1)}}));
  EXPECT_TRUE(refused(Value::Map{{Value("stats"), Value::Array{Value(1)}}}));
  EXPECT_FALSE(refused(with_entry("num_failures", 0)));
  EXPECT_TRUE(refused(with_entry("num_requests", -1)));
  EXPECT_TRUE(refused(with_entry("num_requests", "5")));
  EXPECT_TRUE(refused(with_entry("num_requests", 1)));  // fewer than times
  EXPECT_TRUE(refused(with_entry("num_requests", std::int64_t{1} << 60)));
  EXPECT_TRUE(refused(with_entry("response_times", 1)));
  EXPECT_TRUE(refused(with_entry("response_times", Value::Map{{Value("x"), Value(1)}})));
  EXPECT_TRUE(refused(with_entry("response_times", Value::Map{{Value(1), Value(0.5)}})));
  EXPECT_TRUE(refused(with_entry("num_reqs_per_sec", Value::Array{})));
  Value data = recorded("2.47.0", "worker/stats").data;
  data.set("errors", 1);
  EXPECT_TRUE(refused(data));
  data.set("errors", Value::Map{{Value("k"), Value(1)}});
  EXPECT_TRUE(refused(data));
  data.set("errors", {});
  data.set("user_classes_count", Value::Map{{Value("A"), Value(-1)}});
  EXPECT_TRUE(refused(data));
}

TEST(LocustStats, SurviveNumbersThatAreNone) {
  for (const double odd : {std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN(), -1e308, 1e308}) {
    for (const char* key : {"total_response_time", "min_response_time", "max_response_time",
                            "start_time", "last_request_timestamp"}) {
      static_cast<void>(
          read_locust_stats(with_entry(key, odd), kRecordedStart, kRecordedStart + 3));
    }
    static_cast<void>(
        read_locust_stats(with_entry("num_reqs_per_sec", Value::Map{{Value(odd), Value(1)}}),
                          kRecordedStart, kRecordedStart + 3));
    static_cast<void>(
        read_locust_stats(with_entry("response_times", Value::Map{{Value(odd), Value(1)}}),
                          kRecordedStart, kRecordedStart + 3));
  }
}

TEST(LocustStats, RoundAsBothLocustsDo) {
  for (const std::string_view locust : test::kRecordedLocusts) {
    std::istringstream table(test::recorded_text(locust, "rounding.txt"));
    double ms = 0;
    double rounded = 0;
    int lines = 0;
    for (; table >> ms >> rounded; ++lines) {
      EXPECT_EQ(static_cast<double>(locust_rounded_ms(ms)), rounded) << ms << " in " << locust;
    }
    EXPECT_GT(lines, 60);
  }
}

TEST(LocustText, RepresentsAsPythonDoes) {
  EXPECT_EQ(python_repr("it"), "'it'");
  EXPECT_EQ(python_repr("it's"), "\"it's\"");
  EXPECT_EQ(python_repr("it's \"x\""), "'it\\'s \"x\"'");
  EXPECT_EQ(python_repr("a\\b\n\r\t\x01\x7f"), "'a\\\\b\\n\\r\\t\\x01\\x7f'");
  EXPECT_EQ(python_repr("\u00e9\u4e16\U0001f600"), "'\u00e9\u4e16\U0001f600'");
  EXPECT_EQ(python_repr("\u00a0\u200b\U000e0001"), "'\\xa0\\u200b\\U000e0001'");
}

}  // namespace
}  // namespace swarm::proto
