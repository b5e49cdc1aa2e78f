#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>

#include "proto/swarm_dialect.h"
#include "tests/support/builders.h"
#include "tests/support/hex.h"

// What reports and their packed numbers promise whoever adds them up.
namespace swarm::proto {
namespace {

using namespace std::chrono_literals;
using test::bytes_of;
using test::delta_of;

// Places in the lists of fields, as README.md numbers them.
constexpr std::size_t kHealth = 8;
constexpr std::size_t kDelta = 9;

Report report_of(Delta delta) {
  Report report;
  report.run = {1};
  report.seq = 2;
  report.since = 1;
  report.delta = std::move(delta);
  return report;
}

Result<Report> carried(const Envelope& envelope) {
  SWARM_TRY_ASSIGN(const Envelope arrived, decode(encode(envelope)));
  SWARM_TRY_ASSIGN(ToMaster message, SwarmDialect::decode_to_master(arrived));
  return std::get<Report>(std::move(message));
}

Result<Report> carried(const Report& report) {
  return carried(SwarmDialect::encode(ToMaster(report), "w"));
}

// A report of two requests, one of them failed, whose fields can be falsified.
class ReportFields : public testing::Test {
 protected:
  ReportFields() {
    Delta delta = delta_of("GET /", 2);
    EndpointStats& stats = delta.endpoints.begin()->second;
    stats.failures = 1;
    stats.seconds.add(5, {.requests = 2, .failures = 1});
    delta.errors[{{"GET", "/"}, "no"}].merge({1, 0s, 1ms});
    envelope_ = SwarmDialect::encode(ToMaster(report_of(std::move(delta))), "w");
  }

  Value& field(std::size_t place) { return envelope_.data.as_array()->at(place); }
  Value& health(std::size_t place) { return field(kHealth).as_array()->at(place); }
  Value& endpoint(std::size_t place) {
    return field(kDelta).as_array()->at(0).as_array()->at(0).as_array()->at(place);
  }

  // With this in that place, the report is refused.
  void expect_refused(Value& place, Value false_value) {
    std::swap(place, false_value);
    EXPECT_FALSE(carried(envelope_).ok());
    std::swap(place, false_value);
    const auto restored = carried(envelope_);
    EXPECT_TRUE(restored.ok()) << restored.error().message;
  }
  void expect_refused_times(const std::string& hex) {
    expect_refused(endpoint(7), Value::Bytes{bytes_of(hex)});
  }
  void expect_refused_seconds(const std::string& hex) {
    expect_refused(endpoint(8), Value::Bytes{bytes_of(hex)});
  }

  Envelope envelope_;
};

TEST_F(ReportFields, AreNumberedForward) {
  expect_refused(field(1), 0);
  expect_refused(field(2), 2);
  expect_refused(field(2), 3);
  expect_refused(field(1), -1);
  expect_refused(field(1), 2.0);
}

TEST_F(ReportFields, NameAStateThatAWorkerCanBeIn) {
  expect_refused(field(6), "missing");
  expect_refused(field(6), "asleep");
  expect_refused(field(6), 2);
}

TEST_F(ReportFields, CountNoMoreFailuresOrTimesThanRequests) {
  expect_refused(endpoint(2), 1);  // requests: there are two response times
  expect_refused(endpoint(2), 3);
  expect_refused(endpoint(3), 3);  // failures
  expect_refused(endpoint(4), 3);  // none_requests
  expect_refused(endpoint(4), 1);
  expect_refused(endpoint(3), 0);   // a second tells of one
  expect_refused(endpoint(11), 3);  // self_timed
}

TEST_F(ReportFields, HaveInstantsInOrder) {
  expect_refused(endpoint(9), Value());
  expect_refused(endpoint(9), 2'000'000);
  expect_refused(endpoint(10), -1);
  expect_refused(endpoint(10), INT64_MAX);
}

// Two values of 1 ms are 80 89 7a, c0 84 3d, c0 84 3d (sum, least, greatest), then bucket 1396
// (f4 0a) twice.
TEST_F(ReportFields, HaveHistogramsThatAreTrue) {
  const std::string all =
      "80897ac0843dc0843d"
      "f40a02";
  ASSERT_EQ(endpoint(7), Value(Value::Bytes{bytes_of(all)}));
  expect_refused_times("");                    // two requests, no times
  expect_refused_times("80897ac0843dc0843d");  // no buckets
  expect_refused_times(
      "80897ac0843dc0843d"
      "f40a");  // no count
  expect_refused_times(
      "80897ac0843dc0843d"
      "f40a03");  // three times
  expect_refused_times(
      "80897ac0843dc0843d"
      "f40a01"
      "0001");  // a bucket twice
  expect_refused_times(
      "80897ac0843dc0843d"
      "f40a02"
      "0100");  // an empty bucket
  expect_refused_times(
      "80897ac0843dc0843d"
      "f50a02");  // not where the least one is
  expect_refused_times(
      "80897ac0843dc0843d"
      "802102");  // beyond the last bucket
  expect_refused_times(
      "80897ac0843dc0843d"
      "f48a0002");  // longer than need be
  expect_refused_times(
      "ff887ac0843dc0843d"
      "f40a02");  // a sum below twice the least
  expect_refused_times(
      "81897ac0843dc0843d"
      "f40a02");  // and above twice the greatest
  expect_refused_times(
      "80897ac1843dc0843d"
      "f40a02");  // the least above the greatest
  expect_refused_times(
      "ffffffffffffffffffffffffffffffffffffffff"
      "c0843dc0843df40a02");
  expect_refused_times(
      "ffffffffffffffffffffffffffffffffffff07"
      "c0843dc0843df40a02");
}

TEST_F(ReportFields, HaveSecondsThatAreTrue) {
  ASSERT_EQ(endpoint(8), Value(Value::Bytes{bytes_of("050201")}));
  expect_refused_seconds("0502");            // cut off
  expect_refused_seconds("050200ff");        // and so
  expect_refused_seconds("050301");          // more requests than there are
  expect_refused_seconds("050202");          // more failures than there are
  expect_refused_seconds("050102");          // and than requests in this second
  expect_refused_seconds("050000");          // empty
  expect_refused_seconds("050100000100");    // twice
  expect_refused_seconds("050100d8040100");  // 600 s apart
  expect_refused_seconds("ffffffffffffffff7f0201");
}

TEST_F(ReportFields, HaveHealthThatCanBeAddedUp) {
  expect_refused(health(0), INT64_MAX);
  expect_refused(health(2), -1);
  expect_refused(health(4), 1.0);  // late, of no events
  expect_refused(health(5), 1e300);
  expect_refused(health(4), std::numeric_limits<double>::quiet_NaN());
  expect_refused(health(4), std::numeric_limits<double>::infinity());
  expect_refused(health(4), -0.5);
}

TEST_F(ReportFields, MayHaveOtherFormsOfTheSameNumber) {
  health(3) = 4;
  health(4) = 4;
  health(5) = 1;
  const auto read = carried(envelope_);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->health.lateness.late, 4);
}

TEST(SwarmDialectDelta, CarriesTheEmptyAndTheUntimed) {
  Delta delta;
  delta.endpoints[{"GET", "/interrupted"}].interrupted = 3;
  EndpointStats& untimed = delta.endpoints[{"GET", "/untimed"}];
  untimed.requests = untimed.none_requests = 7;
  untimed.first = untimed.last = 0ns;
  const auto read = carried(report_of(delta));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->delta, delta);
}

TEST(SwarmDialectDelta, CarriesSumsOfMoreThan64Bits) {
  Delta delta;
  EndpointStats& stats = delta.endpoints[{"GET", "/"}];
  const Histogram::Bucket all{Histogram::bucket_of(24h), std::uint64_t{1} << 40};
  const auto day = static_cast<Histogram::Sum>(Duration(24h).count());
  stats.response_times = Histogram::restore({{all}}, day << 40, 24h, 24h).value();
  stats.requests = all.count;
  stats.first = 0ns;
  stats.last = 48h;
  const auto read = carried(report_of(delta));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->delta, delta);
  EXPECT_TRUE(read->delta.endpoints.begin()->second.response_times.sum_ns() >> 64 > 0);
}

// Names that are no UTF-8 cannot travel as they are; their requests can.
TEST(SwarmDialectDelta, AddsUpWhatBecomesEqualOnTheWay) {
  Delta delta;
  for (const char* const name : {"/a\xff", "/a\xfe"}) {
    delta.merge(delta_of(std::string("GET ") + name, 2));
    delta.errors[{{"GET", name}, "no"}].merge({2, 1s, 2s});
  }
  delta.exceptions["trace \xff"] = {1, "b"};
  delta.exceptions["trace \xfe"] = {1, "a"};
  delta.generator_errors["\xff"] = 1;
  delta.generator_errors["\xfe"] = 2;
  const auto read = carried(report_of(delta));
  ASSERT_TRUE(read.ok()) << read.error().message;
  const std::string mark = "\xef\xbf\xbd";
  Delta expected = delta_of("GET /a" + mark, 4);
  expected.errors[{{"GET", "/a" + mark}, "no"}].merge({4, 1s, 2s});
  expected.exceptions["trace " + mark] = {2, "a"};
  expected.generator_errors[mark] = 3;
  EXPECT_EQ(read->delta, expected);
}

// Two bytes on the wire can ask for a kilobyte of memory: many of them are no measurements.
TEST(SwarmDialectDelta, RefusesToFillTheMemory) {
  EndpointStats spread;
  for (std::int64_t ns = 1; ns < std::int64_t{1} << 42; ns *= 2) {
    spread.response_times.record(Duration{ns});
    ++spread.requests;
  }
  spread.first = 0ns;
  spread.last = 1h;
  Delta delta;
  delta.endpoints[{"GET", "/"}] = spread;
  Envelope envelope = SwarmDialect::encode(ToMaster(report_of(delta)), "w");
  Value::Array& endpoints = *envelope.data.as_array()->at(kDelta).as_array()->front().as_array();
  ASSERT_TRUE(carried(envelope).ok());
  for (int i = 0; i < 4000; ++i) {
    Value another = endpoints.front();
    another.as_array()->at(1) = std::to_string(i);
    endpoints.push_back(std::move(another));
  }
  EXPECT_LT(encode(envelope).size(), 1u << 20);
  const auto read = carried(envelope);
  ASSERT_FALSE(read.ok());
  EXPECT_NE(read.error().message.find("memory"), std::string::npos);
}

TEST(SwarmDialectOrder, HasStepsThatFitItsTargets) {
  Spawn spawn;
  spawn.targets = {{"A", 1}, {"B", 2}};
  spawn.steps = {{0ns, 0, Spawn::Change::Hatch}, {300ns, 1, Spawn::Change::Stop}};
  Envelope envelope = SwarmDialect::encode(ToWorker(spawn), "w");
  Value& steps = envelope.data.as_array()->at(4);
  ASSERT_EQ(steps, Value(Value::Bytes{bytes_of("0000"
                                               "ac0203")}));
  ASSERT_TRUE(SwarmDialect::decode_to_worker(envelope).ok());
  for (const char* const hex :
       {"0004", "00", "0000ac02", "00ffffffffffffffff7f", "ffffffffffffffffff0100"}) {
    steps = Value::Bytes{bytes_of(hex)};
    EXPECT_FALSE(SwarmDialect::decode_to_worker(envelope).ok()) << hex;
  }
}

}  // namespace
}  // namespace swarm::proto
