#include "master/run/placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace swarm::master {
namespace {

using testing::Each;
using testing::ElementsAre;

// The classes of the next `count` users, each by its name.
std::string add(Placement& placement, int count) {
  std::string names;
  for (; count > 0; --count) names += placement.classes()[placement.add().user_class].name;
  return names;
}

std::string remove(Placement& placement, int count) {
  std::string names;
  for (; count > 0; --count) names += placement.classes()[placement.remove().user_class].name;
  return names;
}

Placement on_one_worker(std::vector<ClassShare> classes) {
  return Placement{std::move(classes), {"worker"}};
}

TEST(Placement, MixesClassesInLocustsOrder) {
  auto five_to_one = on_one_worker({{.name = "A", .weight = 5}, {.name = "B", .weight = 1}});
  EXPECT_EQ(add(five_to_one, 16), "AABAAAAABAAAAABA");

  auto three_to_one = on_one_worker({{.name = "A", .weight = 3}, {.name = "B", .weight = 1}});
  EXPECT_EQ(add(three_to_one, 11), "ABAAABAAABA");

  auto with_a_half = on_one_worker(
      {{.name = "A", .weight = 2}, {.name = "B", .weight = 1}, {.name = "C", .weight = 0.5}});
  EXPECT_EQ(add(with_a_half, 14), "ABACABAABACABA");
}

TEST(Placement, TakesEqualWeightsInTurnByName) {
  auto placement = on_one_worker({{.name = "C"}, {.name = "A"}, {.name = "B"}});
  EXPECT_EQ(add(placement, 7), "ABCABCA");
}

TEST(Placement, IsWithinOneUserOfTheProportionAtEveryMoment) {
  auto placement = on_one_worker(
      {{.name = "A", .weight = 7}, {.name = "B", .weight = 2}, {.name = "C", .weight = 1}});
  for (int n = 1; n <= 1000; ++n) {
    placement.add();
    EXPECT_NEAR(placement.of_class(0), n * 0.7, 1) << n;
    EXPECT_NEAR(placement.of_class(1), n * 0.2, 1) << n;
    EXPECT_NEAR(placement.of_class(2), n * 0.1, 1) << n;
  }
}

TEST(Placement, BeginsWithFixedCountsThenSharesTheRest) {
  auto placement = on_one_worker({{.name = "A", .fixed_count = 2},
                                  {.name = "B", .weight = 1},
                                  {.name = "C", .fixed_count = 1}});
  EXPECT_EQ(add(placement, 3).find('B'), std::string::npos);
  EXPECT_EQ(placement.of_class(0), 2u);
  EXPECT_EQ(placement.of_class(2), 1u);
  EXPECT_EQ(add(placement, 3), "BBB");
}

TEST(Placement, BringsMissingFixedUsersBackFirst) {
  auto placement = on_one_worker({{.name = "F", .fixed_count = 2}, {.name = "W", .weight = 1}});
  EXPECT_EQ(add(placement, 4), "FFWW");
  EXPECT_EQ(remove(placement, 3), "WWF");
  EXPECT_EQ(add(placement, 3), "FWW");
}

TEST(Placement, WithFixedCountsOnlyHasALimit) {
  auto placement =
      on_one_worker({{.name = "A", .fixed_count = 2}, {.name = "B", .fixed_count = 1}});
  EXPECT_EQ(placement.capacity(), 3u);
  EXPECT_EQ(on_one_worker({{.name = "A"}}).capacity(), SIZE_MAX);
}

TEST(Placement, DropsClassesThatNobodyWants) {
  auto placement = on_one_worker({{.name = "A", .weight = 0},
                                  {.name = "B", .weight = 1},
                                  {.name = "C", .weight = 0, .fixed_count = 1}});
  EXPECT_EQ(placement.classes().size(), 2u);
  EXPECT_EQ(add(placement, 3), "CBB");
  EXPECT_EQ(on_one_worker({{.name = "A", .weight = 0}}).capacity(), 0u);
}

TEST(Placement, GoesBackTheWayItCame) {
  auto placement = on_one_worker({{.name = "A", .weight = 3}, {.name = "B", .weight = 1}});
  std::string there = add(placement, 20);
  std::reverse(there.begin(), there.end());
  EXPECT_EQ(remove(placement, 20), there);
  EXPECT_EQ(placement.size(), 0u);
}

TEST(Placement, GivesUsersToWorkersInTurn) {
  Placement placement{{{.name = "A"}}, {"c", "a", "b"}};
  std::vector<std::uint32_t> workers;
  for (int i = 0; i < 7; ++i) workers.push_back(placement.add().worker);
  EXPECT_THAT(workers, ElementsAre(0, 1, 2, 0, 1, 2, 0));
  EXPECT_THAT(placement.workers(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(placement.on_worker(0), ElementsAre(3));
  EXPECT_THAT(placement.on_worker(2), ElementsAre(2));
}

TEST(Placement, SpreadsOverHostsBeforeItFillsOne) {
  Placement placement{{{.name = "A"}}, {"x_2", "y_1", "x_1", "x_3", "y_9"}};
  EXPECT_THAT(placement.workers(), ElementsAre("x_1", "y_1", "x_2", "y_9", "x_3"));
}

TEST(Placement, KeepsClassesBalancedOverWorkersInALargeFleet) {
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.push_back("host_" + std::to_string(i));
  Placement placement{{{.name = "A"}}, ids};
  for (int i = 0; i < 10'000; ++i) placement.add();
  for (std::uint32_t worker = 0; worker < 100; ++worker) {
    EXPECT_THAT(placement.on_worker(worker), Each(100u));
  }
}

// Users on each worker, and how many moves even them out.
std::vector<std::uint32_t> loads(const Placement& placement) {
  std::vector<std::uint32_t> loads;
  for (std::uint32_t worker = 0; worker < placement.workers().size(); ++worker) {
    std::uint32_t sum = 0;
    for (const std::uint32_t users : placement.on_worker(worker)) sum += users;
    loads.push_back(sum);
  }
  return loads;
}

int even_out(Placement& placement) {
  int moves = 0;
  while (placement.even_out()) ++moves;
  return moves;
}

TEST(Placement, TakesUsersOfChosenClassesFromThenOn) {
  auto placement = on_one_worker({{.name = "A"}, {.name = "B"}, {.name = "C"}});
  EXPECT_EQ(add(placement, 3), "ABC");
  placement.choose(std::vector<std::string>{"C", "B"});
  EXPECT_EQ(add(placement, 4), "BCBC");
  placement.choose({});
  placement.choose(std::vector<std::string>{"nobody"});
  EXPECT_EQ(add(placement, 2), "BC");
  // Who is no longer wanted stays until it is its turn.
  EXPECT_EQ(remove(placement, 7), "CBCBCBC");
  EXPECT_EQ(placement.of_class(0), 1u);
}

TEST(Placement, HasRoomForChosenClassesAndForThoseThatAreThere) {
  auto placement = on_one_worker({{.name = "A"}, {.name = "B", .fixed_count = 5}});
  EXPECT_EQ(placement.fixed_count(), 5u);
  EXPECT_EQ(add(placement, 7), "BBBBBAA");
  placement.choose(std::vector<std::string>{"B"});
  EXPECT_EQ(placement.capacity(), 7u);
  remove(placement, 4);
  EXPECT_EQ(placement.capacity(), 5u);
  EXPECT_EQ(add(placement, 2), "BB");
  placement.choose(std::vector<std::string>{"A"});
  EXPECT_EQ(placement.fixed_count(), 0u);
  EXPECT_EQ(placement.capacity(), SIZE_MAX);
}

TEST(Placement, MovesTheFewestUsersToAWorkerThatJoins) {
  Placement placement{{{.name = "A", .weight = 3}, {.name = "B", .weight = 1}}, {"a", "b", "c"}};
  for (int i = 0; i < 60; ++i) placement.add();
  EXPECT_FALSE(placement.uneven());
  EXPECT_EQ(placement.join("d"), 3u);
  EXPECT_EQ(even_out(placement), 15);
  EXPECT_THAT(loads(placement), Each(15u));
  EXPECT_EQ(placement.of_class(0), 45u);
  EXPECT_NEAR(placement.on_worker(3)[0], 11, 1);
}

TEST(Placement, HatchesTheClassesThatWereLost) {
  Placement placement{{{.name = "A", .fixed_count = 1}, {.name = "B"}, {.name = "C", .weight = 2}},
                      {"a", "b", "c"}};
  for (int i = 0; i < 31; ++i) placement.add();
  const std::vector<std::uint32_t> before{placement.of_class(0), placement.of_class(1),
                                          placement.of_class(2)};
  placement.lose(0);
  EXPECT_EQ(placement.size(), 20u);
  for (int i = 0; i < 11; ++i) EXPECT_NE(placement.add().worker, 0u);
  EXPECT_EQ(placement.of_class(0), before[0]);
  EXPECT_EQ(placement.of_class(1), before[1]);
  EXPECT_EQ(placement.of_class(2), before[2]);
  EXPECT_THAT(loads(placement), ElementsAre(0, 16, 15));
}

TEST(Placement, TakesTheSurplusOfAWorkerThatReturnsAwayFirst) {
  Placement placement{{{.name = "A"}, {.name = "B"}}, {"a", "b"}};
  for (int i = 0; i < 8; ++i) placement.add();
  placement.lose(0);
  for (int i = 0; i < 3; ++i) placement.add();
  placement.restore(0, std::vector<std::uint32_t>{2, 2});
  EXPECT_EQ(placement.size(), 11u);  // one filled what was vacant
  for (int i = 0; i < 3; ++i) placement.remove();
  EXPECT_EQ(placement.of_class(0), 4u);
  EXPECT_EQ(placement.of_class(1), 4u);
  EXPECT_THAT(loads(placement), ElementsAre(4, 4));
}

TEST(Placement, StopsNobodyForAUserThatIsVacant) {
  Placement placement{{{.name = "A"}}, {"a", "b"}};
  for (int i = 0; i < 10; ++i) placement.add();
  placement.lose(1);
  EXPECT_EQ(placement.remove().worker, 0u);
  EXPECT_EQ(placement.size(), 4u);
}

TEST(Placement, IsQuickInALargeFleetThatLosesHalf) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5000; ++i) ids.push_back("host" + std::to_string(i));
  Placement placement{{{.name = "A", .weight = 9}, {.name = "B"}}, ids};
  for (int i = 0; i < 100'000; ++i) placement.add();
  for (std::uint32_t worker = 0; worker < 2500; ++worker) placement.lose(worker);
  for (int i = 0; i < 50'000; ++i) placement.add();
  EXPECT_EQ(placement.of_class(0), 90'000u);
  for (int i = 0; i < 2500; ++i) placement.join("new" + std::to_string(i));
  EXPECT_EQ(even_out(placement), 50'000);
  for (int i = 0; i < 100'000; ++i) placement.remove();
  EXPECT_EQ(placement.size(), 0u);
}

}  // namespace
}  // namespace swarm::master
