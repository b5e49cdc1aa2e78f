#include "common/stats/second_counts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace swarm {
namespace {

using Counts = SecondCounts::Counts;

TEST(SecondCounts, CountsEachSecondByItself) {
  SecondCounts counts;
  counts.add(3, {.requests = 1});
  counts.add(5, {.requests = 2, .failures = 1});
  counts.add(3, {.requests = 1, .failures = 1});
  EXPECT_EQ(counts.at(3), (Counts{2, 1}));
  EXPECT_EQ(counts.at(4), Counts{});
  EXPECT_EQ(counts.at(5), (Counts{2, 1}));
  EXPECT_EQ(counts.at(-1), Counts{});
  EXPECT_EQ(counts.at(6), Counts{});
  EXPECT_EQ(counts.begin(), 3);
  EXPECT_EQ(counts.end(), 6);
}

TEST(SecondCounts, KeepsTheNewestTenMinutes) {
  SecondCounts counts;
  for (std::int64_t second = 0; second < 2'000; ++second) counts.add(second, {.requests = 1});
  EXPECT_EQ(counts.begin(), 1'400);
  EXPECT_EQ(counts.end(), 2'000);
  counts.add(1'399, {.requests = 1});  // too old
  EXPECT_EQ(counts.at(1'399), Counts{});
  counts.add(1'000'000'000'000, {.requests = 7});  // far ahead: no memory for what lies between
  EXPECT_EQ(counts.begin(), 1'000'000'000'000);
  EXPECT_EQ(counts.end(), 1'000'000'000'001);
}

TEST(SecondCounts, MergesIntoTheSameWhateverTheOrder) {
  std::mt19937_64 random(5);
  SecondCounts expected;
  std::vector<SecondCounts> parts(6);
  std::vector<std::int64_t> seconds;
  for (int i = 0; i < 400; ++i) seconds.push_back(static_cast<std::int64_t>(random() % 1'500));
  for (const auto second : seconds) parts[random() % parts.size()].add(second, {.requests = 1});
  std::ranges::sort(seconds);
  for (const auto second : seconds) {
    if (second > seconds.back() - SecondCounts::kWindow) expected.add(second, {.requests = 1});
  }
  for (int order = 0; order < 50; ++order) {
    std::vector<SecondCounts> left = parts;
    while (left.size() > 1) {
      std::ranges::shuffle(left, random);
      const SecondCounts last = left.back();
      left.pop_back();
      left.back().merge(last);
    }
    EXPECT_EQ(left.front(), expected);
  }
}

TEST(SecondCounts, ClearForgets) {
  SecondCounts counts;
  counts.add(30, {.requests = 1});
  counts.clear();
  EXPECT_EQ(counts, SecondCounts());
  EXPECT_EQ(counts.at(30), Counts{});
  counts.add(2, {.requests = 1});
  EXPECT_EQ(counts.begin(), 2);
}

}  // namespace
}  // namespace swarm
