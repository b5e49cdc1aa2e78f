#include "master/run/permits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>

namespace swarm::master {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr proto::RunId kRun{3};

class PermitPoolTest : public testing::Test {
 protected:
  PermitPool make(std::uint64_t requests, std::uint32_t workers) {
    PermitPool pool{kRun, requests};
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < workers; ++i) all.push_back(i);
    pool.join(all);
    return pool;
  }
  // What workers are sent, they have.
  std::size_t deliver(PermitPool& pool) {
    const auto grants = pool.take_grants();
    for (const auto& grant : grants) has[grant.worker] = grant.permits;
    return grants.size();
  }
  void report(PermitPool& pool, std::uint32_t worker, std::uint64_t samples,
              std::uint32_t users = 10) {
    pool.note(worker,
              {.samples = samples, .users = users, .users_wanted = 10, .knows = has[worker]});
  }

  std::map<std::uint32_t, proto::Permits> has;
};

TEST_F(PermitPoolTest, LeasesHalfAtFirstInEqualParts) {
  PermitPool pool = make(10'000, 5);
  EXPECT_EQ(deliver(pool), 5u);
  for (const auto& [worker, permits] : has) {
    EXPECT_EQ(permits.granted, 1000u);
    EXPECT_EQ(permits.run, kRun);
    EXPECT_EQ(permits.serial, 1u);
  }
  EXPECT_EQ(pool.left(), 5000u);
  EXPECT_EQ(deliver(pool), 0u);
}

TEST_F(PermitPoolTest, LeasesFewRequestsAtOnceAndExactly) {
  PermitPool pool = make(7, 3);
  deliver(pool);
  EXPECT_EQ(has[0].granted + has[1].granted + has[2].granted, 7u);
  EXPECT_EQ(pool.left(), 0u);
}

TEST_F(PermitPoolTest, LeasesEverythingToTheOnlyWorker) {
  PermitPool pool = make(1'000'000, 1);
  deliver(pool);
  EXPECT_EQ(has[0].granted, 1'000'000u);
}

TEST_F(PermitPoolTest, RenewsALeaseBeforeItsEndInSmallerPieces) {
  PermitPool pool = make(10'000, 5);
  deliver(pool);
  report(pool, 0, 100);
  EXPECT_EQ(deliver(pool), 0u);
  report(pool, 0, 800);
  EXPECT_EQ(deliver(pool), 1u);
  EXPECT_EQ(has[0].serial, 2u);
  EXPECT_GT(has[0].granted, 1000u);
  EXPECT_LT(has[0].granted, 2500u);
}

TEST_F(PermitPoolTest, SendsALeaseAgainThatItsWorkerDoesNotHave) {
  PermitPool pool = make(10'000, 5);
  deliver(pool);
  report(pool, 0, 800);
  pool.take_grants();  // lost
  report(pool, 0, 900);
  report(pool, 0, 1000, 0);
  EXPECT_EQ(deliver(pool), 1u);
  EXPECT_GT(has[0].granted, 1000u);
}

TEST_F(PermitPoolTest, TakesFromTheIdleForTheHungry) {
  PermitPool pool = make(200, 2);
  deliver(pool);
  ASSERT_EQ(pool.left(), 0u);
  for (int i = 0; i < 3; ++i) report(pool, 1, 0);
  report(pool, 0, 100, 0);
  EXPECT_TRUE(pool.wanted());
  report(pool, 1, 0);
  const auto asked = pool.take_grants();
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_EQ(asked[0].worker, 1u);
  EXPECT_EQ(asked[0].permits.granted, 0u);
  EXPECT_EQ(pool.left(), 0u);  // until it is confirmed
  // It had taken five meanwhile.
  has[1] = {kRun, 5, asked[0].permits.serial};
  report(pool, 1, 5);
  deliver(pool);
  EXPECT_GE(has[0].granted, 100u + 95 / 2);
  EXPECT_LE(has[0].granted + has[1].granted, 200u);
  EXPECT_TRUE(pool.needs_users(0));
}

TEST_F(PermitPoolTest, GivesOnWhatAForgottenWorkerDidNotReport) {
  PermitPool pool = make(200, 2);
  deliver(pool);
  report(pool, 1, 30);
  report(pool, 0, 100, 0);
  pool.forget(1);
  deliver(pool);
  EXPECT_EQ(has[0].granted, 170u);
  EXPECT_EQ(pool.left(), 0u);
}

TEST_F(PermitPoolTest, DoesNotLimitThoseThatKnowNoPermits) {
  PermitPool pool = make(400, 2);
  deliver(pool);
  has[1] = {};
  for (std::uint64_t i = 1; i <= 6; ++i) report(pool, 1, 10 * i);
  EXPECT_EQ(pool.unlimited(), 1u);
  pool.take_grants();
  EXPECT_EQ(pool.left(), 400u - 100 - 60);
  report(pool, 1, 100);
  EXPECT_EQ(pool.left(), 200u);
  EXPECT_THAT(pool.take_grants(), IsEmpty());
}

TEST_F(PermitPoolTest, LeasesNothingOfARunThatWasTakenOverUntilAllAreThere) {
  PermitPool pool{kRun, 300};
  pool.hold();
  has[0] = {kRun, 100, 4};
  has[1] = {kRun, 150, 2};
  pool.adopt(0, {.run = kRun, .samples = 100, .users = {}, .permits = has[0]});
  report(pool, 0, 100, 0);
  EXPECT_EQ(deliver(pool), 0u);
  pool.adopt(1, {.run = kRun, .samples = 40, .users = {}, .permits = has[1]});
  EXPECT_EQ(pool.left(), 50u);
  pool.release();
  deliver(pool);
  EXPECT_EQ(has[0].granted, 125u);
  EXPECT_EQ(has[0].serial, 5u);
}

TEST_F(PermitPoolTest, ASuccessorMayMakeWhatItsForerunnerDidNotReport) {
  PermitPool pool = make(200, 2);
  deliver(pool);
  report(pool, 1, 30);
  pool.doubt(1);
  deliver(pool);
  EXPECT_EQ(has[1].granted, 70u);
  pool.restart(1);
  report(pool, 1, 70);
  report(pool, 0, 100);
  EXPECT_EQ(pool.left(), 0u);
  deliver(pool);
  EXPECT_EQ(has[0].granted + 30 + has[1].granted, 200u);
}

}  // namespace
}  // namespace swarm::master
