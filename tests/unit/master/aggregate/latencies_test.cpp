#include "master/aggregate/latencies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

Latencies::Buckets folded(const Histogram& histogram, unsigned coarseness) {
  Latencies::Buckets buckets;
  Latencies::fold(histogram, coarseness, buckets);
  return buckets;
}

TEST(Latencies, AddsUpBucketByBucketInAnyOrder) {
  const Latencies::Buckets one{{3, 1}, {300, 200}, {4000, 1u << 30}};
  const Latencies::Buckets two{{0, 7}, {300, 1}, {4223, 1}};
  Latencies a;
  a.add(one);
  a.add(two);
  Latencies b;
  b.add(two);
  b.add(one);
  EXPECT_EQ(a, b);
  EXPECT_THAT(
      a.buckets(),
      ElementsAre(Latencies::Bucket{0, 7}, Latencies::Bucket{3, 1}, Latencies::Bucket{300, 201},
                  Latencies::Bucket{4000, 1u << 30}, Latencies::Bucket{4223, 1}));
  Latencies c;
  c.merge(b);
  c.merge(Latencies{});
  EXPECT_EQ(c, a);
}

TEST(Latencies, TakeAboutTwoBytesABucket) {
  Latencies::Buckets buckets;
  for (std::uint32_t i = 100; i < 200; ++i) buckets.push_back({i, 5});
  Latencies latencies;
  latencies.add(buckets);
  EXPECT_LE(latencies.bytes(), 220u);
}

TEST(Latencies, FoldKeepsTheCountOfEveryHistogram) {
  std::mt19937_64 random(1);
  Histogram histogram;
  for (int i = 0; i < 5000; ++i)
    histogram.record(Duration{std::int64_t{1} << (random() % 40)} + 13us);
  for (unsigned coarseness = 0; coarseness <= Latencies::kMostCoarse; ++coarseness) {
    std::uint64_t sum = 0;
    for (const auto& bucket : folded(histogram, coarseness)) sum += bucket.count;
    EXPECT_EQ(sum, histogram.count());
  }
}

TEST(Latencies, AreAtMostThreePercentOff) {
  for (const Duration value : std::initializer_list<Duration>{3us, 42us, 999us, 777ms, 61s}) {
    Histogram histogram;
    histogram.record(value);
    const auto index = folded(histogram, Latencies::kMostCoarse)[0].index;
    const auto middle = Latencies::middle_of(index, Latencies::kMostCoarse);
    EXPECT_NEAR(static_cast<double>(middle.count()), static_cast<double>(value.count()),
                0.032 * static_cast<double>(value.count()));
    EXPECT_EQ(Latencies::middle_of(Histogram::bucket_of(value), 0),
              Histogram::middle_of(Histogram::bucket_of(value)));
  }
}

TEST(Latencies, PercentileIsThatOfTheHistogram) {
  Histogram histogram;
  for (int ms = 1; ms <= 1000; ++ms) histogram.record(ms * 1ms);
  const auto buckets = folded(histogram, 0);
  for (const double p : {0.5, 0.75, 0.95, 0.99}) {
    EXPECT_EQ(Latencies::middle_of(Latencies::percentile(buckets, p), 0), histogram.percentile(p));
  }
}

}  // namespace
}  // namespace swarm::master
