#include "worker/users/hold_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarm::worker {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;

constexpr TimePoint t0{};

TEST(HoldLog, NamesTheTaskAndSaysWhatToDo) {
  HoldLog log;
  EXPECT_EQ(log.note("Shopper.index", 20'100ms, t0),
            "Shopper.index held the loop for 20.1 s: other users waited; use a cooperative library "
            "or move the work to a thread");
}

TEST(HoldLog, NamesATaskOnceInAnInterval) {
  HoldLog log;
  EXPECT_TRUE(log.note("Shopper.index", 1s, t0));
  EXPECT_FALSE(log.note("Shopper.index", 1s, t0 + 1s));
  EXPECT_FALSE(log.note("Shopper.index", 1s, t0 + HoldLog::kInterval - 1ns));
  EXPECT_TRUE(log.note("Shopper.index", 1s, t0 + HoldLog::kInterval));
}

TEST(HoldLog, SaysHowOftenItHappenedMeanwhile) {
  HoldLog log;
  EXPECT_TRUE(log.note("Shopper.index", 1s, t0));
  EXPECT_FALSE(log.note("Shopper.index", 3s, t0 + 1s));
  EXPECT_FALSE(log.note("Shopper.index", 200ms, t0 + 5s));
  EXPECT_THAT(log.note("Shopper.index", 500ms, t0 + 11s),
              Optional(HasSubstr("for 0.5 s: other users waited; use a cooperative library or move "
                                 "the work to a thread (2 more times since the last such line, up "
                                 "to 3.0 s)")));
  EXPECT_THAT(log.note("Shopper.index", 500ms, t0 + 22s), Optional(Not(HasSubstr("more"))));
}

TEST(HoldLog, CountsEachTaskApart) {
  HoldLog log;
  EXPECT_TRUE(log.note("Shopper.index", 1s, t0));
  EXPECT_TRUE(log.note("Shopper.buy", 1s, t0));
  EXPECT_FALSE(log.note("Shopper.index", 1s, t0 + 9s));
  EXPECT_THAT(log.note("Shopper.buy", 1s, t0 + 10s), Optional(Not(HasSubstr("more"))));
}

}  // namespace
}  // namespace swarm::worker
