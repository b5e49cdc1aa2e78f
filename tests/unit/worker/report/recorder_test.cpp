#include "worker/report/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/allocations.h"

namespace swarm::worker {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint t0{1h};

Sample sample(EndpointId endpoint, Duration started, Duration took, std::string_view error = {}) {
  return {.endpoint = endpoint,
          .due = t0 + started,
          .started = t0 + started,
          .ended = t0 + started + took,
          .bytes_received = 22,
          .error = error};
}

TEST(Recorder, CountsASampleUnderItsEndpoint) {
  Recorder recorder(t0);
  const auto cart = recorder.endpoint("GET", "/cart");
  recorder.record(sample(cart, 1500ms, 4ms));
  recorder.record(sample(cart, 2500ms, 6ms, "refused"));

  const Delta delta = recorder.take(t0 + 3s);
  ASSERT_THAT(delta.endpoints, SizeIs(1));
  const EndpointStats& stats = delta.endpoints.at({"GET", "/cart"});
  EXPECT_EQ(stats.requests, 2u);
  EXPECT_EQ(stats.failures, 1u);
  EXPECT_EQ(stats.none_requests, 0u);
  EXPECT_EQ(stats.bytes_received, 44u);
  EXPECT_EQ(stats.response_times.min(), 4ms);
  EXPECT_EQ(stats.response_times.max(), 6ms);
  EXPECT_EQ(stats.seconds.at(1), (SecondCounts::Counts{1, 0}));
  EXPECT_EQ(stats.seconds.at(2), (SecondCounts::Counts{1, 1}));
  EXPECT_EQ(stats.first, 1500ms);
  EXPECT_EQ(stats.last, 2506ms);
  EXPECT_EQ(delta.until, 3s);
}

TEST(Recorder, GivesTheSameEndpointTheSameIdAcrossRuns) {
  Recorder recorder(t0);
  const auto get = recorder.endpoint("GET", "/");
  const auto post = recorder.endpoint("POST", "/");
  EXPECT_NE(get, post);
  // Neither may run into the other: "GE" "T/" is another endpoint.
  // Also those that are looked for in one place.
  EXPECT_NE(recorder.endpoint("GET", "/a/c"), recorder.endpoint("GET", "/b/c"));
  EXPECT_EQ(recorder.endpoint("GET", "/a/c"), recorder.endpoint("GET", "/a/c"));
  EXPECT_NE(recorder.endpoint("GE", "T/"), get);
  recorder.reset(t0 + 1h);
  EXPECT_EQ(recorder.endpoint("GET", "/"), get);
  EXPECT_EQ(recorder.endpoint("POST", "/"), post);
}

TEST(Recorder, TakesEachMeasurementOnce) {
  Recorder recorder(t0);
  const auto id = recorder.endpoint("GET", "/");
  recorder.record(sample(id, 1s, 1ms, "error"));
  recorder.record_interrupted(id);
  recorder.record_generator_error("no ports left");
  recorder.record_exception("oops", "at line 3");
  EXPECT_FALSE(recorder.take(t0 + 3s).empty());
  EXPECT_TRUE(recorder.take(t0 + 6s).empty());

  recorder.record(sample(id, 7s, 2ms));
  const Delta third = recorder.take(t0 + 9s);
  EXPECT_EQ(third.endpoints.at({"GET", "/"}).requests, 1u);
  EXPECT_EQ(third.endpoints.at({"GET", "/"}).response_times.max(), 2ms);
  EXPECT_THAT(third.errors, IsEmpty());
  EXPECT_EQ(recorder.requests(), 2u);
  EXPECT_EQ(recorder.failures(), 1u);
  EXPECT_EQ(recorder.interrupted(), 1u);
}

TEST(Recorder, CountsInterruptedRequestsApart) {
  Recorder recorder(t0);
  recorder.record_interrupted(recorder.endpoint("GET", "/slow"));
  const Delta delta = recorder.take(t0);
  EXPECT_EQ(delta.endpoints.at({"GET", "/slow"}).interrupted, 1u);
  EXPECT_EQ(delta.endpoints.at({"GET", "/slow"}).requests, 0u);
  EXPECT_EQ(recorder.requests(), 0u);
}

TEST(Recorder, CountsASampleWithoutAResponseTime) {
  Recorder recorder(t0);
  Sample none = sample(recorder.endpoint("", "step"), 1s, 1s);
  none.has_response_time = false;
  recorder.record(none);
  const Delta delta = recorder.take(t0 + 3s);
  const auto& stats = delta.endpoints.at({"", "step"});
  EXPECT_EQ(stats.requests, 1u);
  EXPECT_EQ(stats.none_requests, 1u);
  EXPECT_TRUE(stats.response_times.empty());
}

TEST(Recorder, MeasuresTheLagOfThoseThatWereDueOnly) {
  Recorder recorder(t0);
  const auto id = recorder.endpoint("GET", "/");
  Sample late = sample(id, 1s, 1ms);
  late.due = late.started - 7ms;
  recorder.record(late);
  recorder.record(sample(id, 1s, 1ms));
  const Delta delta = recorder.take(t0 + 3s);
  EXPECT_EQ(delta.send_lag.count(), 1u);
  EXPECT_EQ(delta.send_lag.max(), 7ms);
}

TEST(Recorder, GroupsFailuresByEndpointAndText) {
  Recorder recorder(t0);
  const auto a = recorder.endpoint("GET", "/a");
  const auto b = recorder.endpoint("GET", "/b");
  recorder.record(sample(a, 1s, 0s, "refused"));
  recorder.record(sample(a, 5s, 0s, "refused"));
  recorder.record(sample(a, 3s, 0s, "timed out"));
  recorder.record(sample(b, 2s, 0s, "refused"));
  const Delta delta = recorder.take(t0 + 6s);
  ASSERT_THAT(delta.errors, SizeIs(3));
  EXPECT_EQ(delta.errors.at({{"GET", "/a"}, "refused"}), (ErrorCount{2, 1s, 5s}));
  EXPECT_EQ(delta.errors.at({{"GET", "/a"}, "timed out"}), (ErrorCount{1, 3s, 3s}));
  EXPECT_EQ(delta.errors.at({{"GET", "/b"}, "refused"}), (ErrorCount{1, 2s, 2s}));
}

TEST(Recorder, KeepsTheFirstAndTheLatestExchangesOfAnError) {
  Recorder recorder(t0);
  const auto id = recorder.endpoint("GET", "/");
  const auto fail_at = [&](Duration at, int status) {
    const ExchangeView view{
        .request = "GET / HTTP/1.1\r\n\r\n", .url = "http://x/", .status = status};
    Sample failed = sample(id, at, 1ms, "bad");
    failed.exchange = &view;
    recorder.record(failed);
  };
  // 1,000 in ten seconds: the status is the number.
  for (int i = 0; i < 1000; ++i) fail_at(i * 10ms, i);
  const Delta delta = recorder.take(t0 + 11s);
  const ErrorKey key{{"GET", "/"}, "bad"};
  EXPECT_EQ(delta.errors.at(key).occurrences, 1000u);
  const auto& records = delta.exchanges.at(key).records();
  ASSERT_THAT(records, SizeIs(4));
  EXPECT_EQ(records[0]->status, 0u);
  EXPECT_EQ(records[0]->at, 1ms);
  EXPECT_EQ(records[0]->method, "GET");
  EXPECT_GE(records[1]->status, 900u);
  EXPECT_GE(records[3]->status, 974u);  // not a quarter of a second old
  EXPECT_THAT(recorder.take(t0 + 12s).exchanges, IsEmpty());
}

TEST(Recorder, KeepsSoManyExchangesBetweenTwoDeltas) {
  Recorder recorder(t0);
  const auto id = recorder.endpoint("GET", "/");
  const ExchangeView view{.request = "GET / HTTP/1.1\r\n\r\n"};
  for (int i = 0; i < 300; ++i) {
    const std::string text = "error " + std::to_string(i);
    Sample failed = sample(id, i * 1ms, 1ms, text);
    failed.exchange = &view;
    recorder.record(failed);
  }
  EXPECT_THAT(recorder.take(t0 + 1s).exchanges, SizeIs(Recorder::kMostCaptures));
}

TEST(Recorder, KeepsCountingErrorsWhoseTextsNeverRepeat) {
  Recorder recorder(t0);
  const auto id = recorder.endpoint("GET", "/");
  const auto occurrences = [&] {
    std::uint64_t sum = 0;
    for (const auto& [key, count] : recorder.take(t0).errors) sum += count.occurrences;
    return sum;
  };
  for (int i = 0; i < 5'000; ++i) recorder.record(sample(id, 1s, 0s, "id " + std::to_string(i)));
  EXPECT_EQ(occurrences(), 5'000u);
  // The texts of the last interval do not keep out those of this one.
  recorder.record(sample(id, 1s, 0s, "new"));
  EXPECT_THAT(recorder.take(t0).errors,
              testing::Contains(testing::Key(ErrorKey{{"GET", "/"}, "new"})));
}

TEST(Recorder, CutsLongTextsBetweenCharacters) {
  Recorder recorder(t0);
  std::string text(Recorder::kMostErrorBytes - 1, 'x');
  text += "\u00e9 and more";
  recorder.record(sample(recorder.endpoint("GET", "/"), 1s, 0s, text));
  const Delta delta = recorder.take(t0);
  EXPECT_EQ(delta.errors.begin()->first.error, std::string(Recorder::kMostErrorBytes - 1, 'x'));
}

TEST(Recorder, GroupsExceptionsByTracebackAndGeneratorErrorsByText) {
  Recorder recorder(t0);
  recorder.record_exception("oops 1", "line 3");
  recorder.record_exception("oops 2", "line 3");
  recorder.record_exception("oops 1", "line 9");
  recorder.record_generator_error("no ports left");
  recorder.record_generator_error("no ports left");
  const Delta delta = recorder.take(t0);
  EXPECT_THAT(delta.exceptions, ElementsAre(std::pair("line 3", ExceptionCount{2, "oops 1"}),
                                            std::pair("line 9", ExceptionCount{1, "oops 1"})));
  EXPECT_THAT(delta.generator_errors, ElementsAre(std::pair("no ports left", 2u)));
}

TEST(Recorder, ResetForgetsAndCountsFromTheNewStart) {
  Recorder recorder(t0);
  const auto id = recorder.endpoint("GET", "/");
  recorder.record(sample(id, 1s, 1ms, "error"));
  recorder.record_generator_error("no ports left");
  recorder.reset(t0 + 10s);
  EXPECT_EQ(recorder.requests(), 0u);
  recorder.record(sample(id, 12s, 1ms));
  // Began before the new start: counted from it.
  recorder.record(sample(id, 9s, 1500ms));
  const Delta delta = recorder.take(t0 + 13s);
  const auto& stats = delta.endpoints.at({"GET", "/"});
  EXPECT_EQ(stats.requests, 2u);
  EXPECT_EQ(stats.first, 0s);
  EXPECT_EQ(stats.last, 2001ms);
  EXPECT_EQ(delta.until, 3s);
  EXPECT_THAT(delta.errors, IsEmpty());
  EXPECT_THAT(delta.generator_errors, IsEmpty());
}

TEST(Recorder, AllocatesNothingOnceItHasSeenTheRange) {
  Recorder recorder(t0);
  std::vector<EndpointId> ids;
  for (int i = 0; i < 20; ++i)
    ids.push_back(recorder.endpoint("GET", "/page/" + std::to_string(i)));
  const auto interval = [&](Duration from) {
    for (int i = 0; i < 40'000; ++i) {
      const auto took = Duration{1'000 << (i % 24)};
      Sample one = sample(ids[static_cast<std::size_t>(i) % 20], from + i * 75us, took,
                          i % 3 == 0 ? "a text that is too long to be stored in place" : "");
      one.due -= took / 2;
      recorder.record(one);
    }
  };
  interval(0s);
  recorder.take(t0 + 3s);

  const std::uint64_t before = test::allocations();
  interval(3s);
  EXPECT_EQ(recorder.endpoint("GET", "/page/7"), ids[7]);
  EXPECT_EQ(test::allocations(), before);
  // The counter counts.
  EXPECT_NE(std::vector<int>(100).data(), nullptr);
  recorder.endpoint("GET", "/another page, of a name that needs memory");
  EXPECT_GT(test::allocations(), before);
}

}  // namespace
}  // namespace swarm::worker
