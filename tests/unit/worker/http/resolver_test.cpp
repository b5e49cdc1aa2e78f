#include "worker/http/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace swarm::http {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr TimePoint t0{};

std::vector<std::size_t> picks(Endpoints& endpoints, int count, TimePoint now) {
  std::vector<std::size_t> places;
  for (int i = 0; i < count; ++i) places.push_back(endpoints.pick(now));
  return places;
}

TEST(Endpoints, AreUsedInTurn) {
  Endpoints endpoints(std::vector<Address>(3));
  EXPECT_THAT(picks(endpoints, 7, t0), ElementsAre(0, 1, 2, 0, 1, 2, 0));
}

TEST(Endpoints, ThatRefusedArePassedOverForAWhile) {
  Endpoints endpoints(std::vector<Address>(3));
  endpoints.avoid(1, t0 + 1s);
  EXPECT_THAT(picks(endpoints, 4, t0 + 2s), ElementsAre(0, 2, 0, 2));
  EXPECT_THAT(picks(endpoints, 3, t0 + 1s + Endpoints::kAvoid), ElementsAre(0, 1, 2));
}

TEST(Endpoints, AreTriedAllTheSameWhenAllRefused) {
  Endpoints endpoints(std::vector<Address>(2));
  endpoints.avoid(0, t0);
  endpoints.avoid(1, t0);
  EXPECT_THAT(picks(endpoints, 4, t0 + 1s), ElementsAre(0, 1, 0, 1));
}

// Notes what it is told; asks again if it is to.
class Asking final : public Resolver::Waiter {
 public:
  Asking(Loop& loop, Resolver& resolver, int again)
      : loop_(loop), resolver_(resolver), again_(again) {}
  void ask() { known_ = resolver_.resolve("name.that.cannot.exist.invalid", 80, *this); }
  void resolved(std::shared_ptr<Endpoints> endpoints) override {
    EXPECT_EQ(endpoints, nullptr);
    ++told;
    again_-- > 0 ? ask() : loop_.stop();
  }
  int told = 0;

 private:
  Loop& loop_;
  Resolver& resolver_;
  int again_;
  std::shared_ptr<Endpoints> known_;
};

TEST(Resolver, TellsThoseWhoAskAgainAtOnceInALaterTurn) {
  Loop loop;
  Resolver resolver(loop);
  Asking asking(loop, resolver, 3);
  int turns = 0;
  std::function<void()> count = [&] { ++turns, loop.defer(count); };
  asking.ask();
  count();
  loop.run();
  EXPECT_EQ(asking.told, 4);
  EXPECT_GE(turns, 3);
}

TEST(Resolver, KnowsNumericHostsAtOnce) {
  Loop loop;
  Resolver resolver(loop);
  Asking nobody(loop, resolver, 0);
  const auto v4 = resolver.resolve("127.0.0.1", 8080, nobody);
  const auto v6 = resolver.resolve("::1", 8080, nobody);
  ASSERT_TRUE(v4 && v6);
  EXPECT_EQ(v4->address(0).storage.ss_family, AF_INET);
  EXPECT_EQ(v6->address(0).storage.ss_family, AF_INET6);
  EXPECT_EQ(resolver.resolve("127.0.0.1", 8080, nobody), v4);
  EXPECT_EQ(nobody.told, 0);
}

}  // namespace
}  // namespace swarm::http
