#include "common/stats/histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace swarm {
namespace {

using namespace std::chrono_literals;
using Random = std::mt19937_64;

constexpr Duration kShortest = 1us;
constexpr Duration kLongest = 1h;

Duration bounded(double ns) {
  return Duration{static_cast<std::int64_t>(std::clamp(ns, 1e3, 3.6e12))};
}

struct Distribution {
  std::string name;
  std::function<Duration(Random&)> draw;
};

std::vector<Distribution> distributions() {
  return {
      {"log-uniform over the range",
       [](Random& r) {
         return bounded(
             std::exp(std::uniform_real_distribution(std::log(1e3), std::log(3.6e12))(r)));
       }},
      {"uniform", [](Random& r) { return bounded(std::uniform_real_distribution(1e3, 1e9)(r)); }},
      {"exponential", [](Random& r) { return bounded(std::exponential_distribution(1 / 5e6)(r)); }},
      {"normal", [](Random& r) { return bounded(std::normal_distribution(4e6, 4e5)(r)); }},
      {"heavy tail",
       [](Random& r) {
         return bounded(1e5 / std::pow(std::uniform_real_distribution(1e-9, 1.0)(r), 1.2));
       }},
      {"two humps",
       [](Random& r) {
         return bounded(std::normal_distribution(r() % 10 == 0 ? 3e9 : 2e4, 1e3)(r));
       }},
      {"constant", [](Random&) { return Duration{123'457}; }},
  };
}

constexpr double kShares[] = {0, .01, .5, .66, .75, .8, .9, .95, .98, .99, .999, .9999, 1};

TEST(Histogram, PercentilesAreWithinFourTenthsOfAPercentOfTheExactOnes) {
  for (const auto& distribution : distributions()) {
    SCOPED_TRACE(distribution.name);
    Random random(7);
    Histogram histogram;
    std::vector<Duration> exact;
    for (int i = 0; i < 20'000; ++i) {
      exact.push_back(distribution.draw(random));
      histogram.record(exact.back());
    }
    std::ranges::sort(exact);
    for (const double share : kShares) {
      const auto place = std::min(static_cast<std::size_t>(20'000 * share), exact.size() - 1);
      const auto expected = static_cast<double>(exact[place].count());
      EXPECT_NEAR(static_cast<double>(histogram.percentile(share).count()), expected,
                  0.004 * expected)
          << "at " << share;
    }
    EXPECT_EQ(histogram.min(), exact.front());
    EXPECT_EQ(histogram.max(), exact.back());
    EXPECT_EQ(histogram.percentile(1), exact.back());
  }
}

TEST(Histogram, MergesIntoTheSameWhateverTheOrder) {
  for (const auto& distribution : distributions()) {
    SCOPED_TRACE(distribution.name);
    Random random(11);
    Histogram whole;
    std::vector<Histogram> parts(9);
    for (int i = 0; i < 5'000; ++i) {
      const Duration value = distribution.draw(random);
      whole.record(value);
      parts[random() % 8].record(value);  // the last one stays empty
    }
    for (int order = 0; order < 20; ++order) {
      std::vector<Histogram> left = parts;
      // Two at random become one, until one is left: any order, and any tree.
      while (left.size() > 1) {
        std::ranges::shuffle(left, random);
        Histogram last = std::move(left.back());
        left.pop_back();
        left.back().merge(last);
      }
      EXPECT_EQ(left.front(), whole);
    }
  }
}

TEST(Histogram, EveryBucketsMiddleIsInItAndNearBothOfItsEnds) {
  for (std::uint32_t index = 0; index < Histogram::kBuckets; ++index) {
    const Duration middle = Histogram::middle_of(index);
    ASSERT_EQ(Histogram::bucket_of(middle), index);
    if (index == 0) continue;
    const Duration half = (middle - Histogram::middle_of(index - 1)) / 2;
    if (middle < 1us) continue;
    EXPECT_LE(static_cast<double>(half.count()),
              0.004 * static_cast<double>((middle - half).count()));
  }
  EXPECT_EQ(Histogram::bucket_of(Duration{0}), 0u);
  EXPECT_EQ(Histogram::bucket_of(Duration{7}), 0u);
  EXPECT_EQ(Histogram::bucket_of(Duration{8}), 1u);
  EXPECT_EQ(Histogram::bucket_of(Duration{1024}), Histogram::kBlockSize);
}

TEST(Histogram, TakesValuesOutsideOfItsRangeAtItsEnds) {
  Histogram histogram;
  histogram.record(-5ms);
  histogram.record(100h);
  EXPECT_EQ(histogram.count(), 2u);
  EXPECT_EQ(histogram.min(), 0ns);
  EXPECT_EQ(histogram.max(), 100h);
  EXPECT_EQ(Histogram::bucket_of(100h), Histogram::kBuckets - 1);
}

TEST(Histogram, PercentileIsTheValueAtTheRankThatLocustNames) {
  Histogram histogram;
  for (const Duration value : {10ms, 20ms, 30ms, 40ms}) histogram.record(value);
  const auto near = [](Duration value) {
    return testing::AllOf(testing::Gt(value * 0.996), testing::Lt(value * 1.004));
  };
  EXPECT_THAT(histogram.percentile(0.24), near(10ms));
  EXPECT_THAT(histogram.percentile(0.25), near(20ms));
  EXPECT_THAT(histogram.percentile(0.5), near(30ms));
  EXPECT_THAT(histogram.median(), near(20ms));
  EXPECT_EQ(histogram.percentile(0.75), 40ms);
}

TEST(Histogram, EmptyHasZeroesEverywhere) {
  const Histogram histogram;
  EXPECT_EQ(histogram.percentile(0.5), 0ns);
  EXPECT_EQ(histogram.median(), 0ns);
  EXPECT_EQ(histogram.min(), 0ns);
  EXPECT_EQ(histogram.max(), 0ns);
  EXPECT_EQ(histogram.mean_ns(), 0);
}

TEST(Histogram, SumsMoreThanSixtyFourBitsOfNanoseconds) {
  Histogram histogram;
  histogram.record(1h);
  for (int doubling = 0; doubling < 24; ++doubling) histogram.merge(Histogram(histogram));
  EXPECT_EQ(histogram.count(), 1u << 24);
  EXPECT_DOUBLE_EQ(histogram.mean_ns(), 3.6e12);
}

TEST(Histogram, CopiesStayAsTheyWereWhateverBecomesOfTheOriginal) {
  Histogram original;
  original.record(5us);
  const Histogram copy = original;
  Histogram merged;
  merged.merge(original);
  original.record(5us);
  EXPECT_EQ(copy.count(), 1u);
  EXPECT_EQ(copy.percentile(1), 5us);
  merged.merge(original);
  EXPECT_EQ(original.count(), 2u);
  EXPECT_EQ(merged.count(), 3u);
  const Histogram before = original;
  original.clear();
  EXPECT_EQ(before.count(), 2u);
  std::uint64_t counted = 0;
  before.for_each_bucket([&](Histogram::Bucket bucket) { counted += bucket.count; });
  EXPECT_EQ(counted, 2u);
  original.record(7us);
  EXPECT_EQ(original.count(), 1u);
  counted = 0;
  original.for_each_bucket([&](Histogram::Bucket bucket) { counted += bucket.count; });
  EXPECT_EQ(counted, 1u);
}

TEST(Histogram, TellsSeveralPercentilesAsItTellsEach) {
  const std::array shares{0.0, 0.001, 0.25, 0.5, 0.5, 0.9, 0.99, 0.9999, 1.0};
  std::array<Duration, shares.size()> values{};
  Histogram histogram;
  histogram.percentiles(shares, values);
  EXPECT_EQ(values.back(), 0ns);
  for (int count = 1; count <= 300; ++count) {
    histogram.record(count * count * 1us);
    histogram.percentiles(shares, values);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      ASSERT_EQ(values[i], histogram.percentile(shares[i])) << count << ' ' << shares[i];
    }
  }
}

TEST(Histogram, ClearForgetsAndCanBeUsedAgain) {
  Histogram histogram;
  histogram.record(5s);
  histogram.clear();
  EXPECT_EQ(histogram, Histogram());
  histogram.record(1ms);
  Histogram expected;
  expected.record(1ms);
  EXPECT_EQ(histogram, expected);
}

TEST(Histogram, MovedFromIsEmpty) {
  Histogram histogram;
  histogram.record(1ms);
  const Histogram taken = std::move(histogram);
  EXPECT_EQ(histogram, Histogram());  // NOLINT(bugprone-use-after-move): that is the promise
  EXPECT_EQ(taken.count(), 1u);
}

TEST(Histogram, IsRestoredFromItsBuckets) {
  Random random(3);
  Histogram histogram;
  for (int i = 0; i < 1'000; ++i) histogram.record(distributions()[0].draw(random));
  histogram.record(kShortest);
  histogram.record(kLongest);
  std::vector<Histogram::Bucket> buckets;
  histogram.for_each_bucket([&](Histogram::Bucket bucket) { buckets.push_back(bucket); });
  const auto restored =
      Histogram::restore(buckets, histogram.sum_ns(), histogram.min(), histogram.max());
  ASSERT_TRUE(restored.ok());
  EXPECT_EQ(restored.value(), histogram);
  EXPECT_TRUE(std::ranges::is_sorted(buckets, {}, &Histogram::Bucket::index));
}

TEST(Histogram, RefusesBucketsThatCannotBe) {
  using Buckets = std::vector<Histogram::Bucket>;
  const std::uint32_t at = Histogram::bucket_of(1ms);
  EXPECT_FALSE(Histogram::restore(Buckets{{Histogram::kBuckets, 1}}, 1, 1ms, 1ms).ok());
  EXPECT_FALSE(Histogram::restore(Buckets{{at, UINT64_MAX}, {at, 1}}, 1, 1ms, 1ms).ok());
  EXPECT_FALSE(Histogram::restore(Buckets{{at, 2}}, 2, 1ms, 2ms).ok());
  EXPECT_FALSE(Histogram::restore(Buckets{{at, 2}}, 2, 0ms, 1ms).ok());
  EXPECT_FALSE(Histogram::restore(Buckets{{0, 1}}, 2, -1ns, 0ms).ok());
  EXPECT_TRUE(Histogram::restore(Buckets{{at, 2}}, 2'000'000, 1ms, 1ms).ok());
  EXPECT_TRUE(Histogram::restore(Buckets{}, 0, 0ms, 0ms).ok());
}

}  // namespace
}  // namespace swarm
