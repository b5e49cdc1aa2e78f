#include "common/stats/exchange_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "common/stats/delta.h"

namespace swarm {
namespace {

using namespace std::chrono_literals;

ExchangeRecord record_at(Duration at) {
  ExchangeRecord record;
  record.at = at;
  return record;
}

TEST(KeptExchanges, AreTheFirstAndTheLatestThreeInAnyOrder) {
  std::vector<int> seconds{1, 2, 3, 4, 5, 6, 7};
  std::mt19937_64 random(1);
  for (int round = 0; round < 20; ++round) {
    std::ranges::shuffle(seconds, random);
    KeptExchanges left;
    KeptExchanges right;
    for (const int second : seconds) {
      (random() % 2 == 0 ? left : right).add(record_at(second * 1s));
    }
    left.merge(right);
    ASSERT_EQ(left.records().size(), 4u);
    EXPECT_EQ(left.records()[0]->at, 1s);
    EXPECT_EQ(left.records()[1]->at, 5s);
    EXPECT_EQ(left.records()[3]->at, 7s);
  }
}

TEST(KeptExchanges, AreEqualByWhatTheyHold) {
  KeptExchanges a;
  a.add(record_at(1s));
  KeptExchanges b;
  b.add(record_at(1s));
  EXPECT_EQ(a, b);
  b.name_worker("w1");
  EXPECT_NE(a, b);
  EXPECT_EQ(b.records()[0]->worker, "w1");
}

TEST(Delta, KeepsExchangesOfSoManyErrors) {
  Delta delta;
  KeptExchanges one;
  one.add(record_at(1s));
  for (std::size_t i = 0; i < Delta::kMostExchanges + 10; ++i) {
    Delta other;
    other.add_exchanges({{"GET", "/"}, std::to_string(i)}, one);
    delta.merge(std::move(other));
  }
  EXPECT_EQ(delta.exchanges.size(), Delta::kMostExchanges);
}

}  // namespace
}  // namespace swarm
