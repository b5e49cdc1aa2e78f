#include "master/views/task_ratio.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "master/views/console.h"
#include "master/views/json.h"
#include "tests/support/golden.h"

namespace swarm::master {
namespace {

using test::matches_golden;

// What the project's founding example shows, through `jq .` or not: whole numbers are whole.
constexpr const char* kSeed = R"({
    "per_class": {
        "ApiClient": {
            "tasks": {
                "get_a_random_response": {
                    "ratio": 0.3333333333333333
                },
                "get_a_success_response": {
                    "ratio": 0.6666666666666666
                }
            },
            "ratio": 1
        }
    },
    "total": {
        "ApiClient": {
            "tasks": {
                "get_a_random_response": {
                    "ratio": 0.3333333333333333
                },
                "get_a_success_response": {
                    "ratio": 0.6666666666666666
                }
            },
            "ratio": 1
        }
    }
})";

TaskNode task(std::string name, double weight = 1, std::vector<TaskNode> children = {}) {
  return {std::move(name), weight, std::move(children)};
}

UserClass user_class(std::string name, double weight, std::uint32_t fixed_count,
                     std::vector<TaskNode> tasks = {}) {
  return {std::move(name), weight, fixed_count, "", std::move(tasks)};
}

// Three classes, one of them of a fixed count, with sets in sets.
std::vector<UserClass> nested() {
  return {
      user_class("Admin", 1, 2, {task("Outer", 1, {task("Deep", 2, {task("x")}), task("y")})}),
      user_class("Mob", 1, 0, {task("z")}),
      user_class("WebUser", 3, 0, {task("Inner", 1, {task("a", 3), task("b")}), task("index", 2)}),
  };
}

TEST(TaskRatio, IsTheSeedsForItsScenario) {
  const std::vector<UserClass> seed{user_class(
      "ApiClient", 1, 0, {task("get_a_random_response"), task("get_a_success_response", 2)})};
  EXPECT_EQ(task_ratio_json(seed, 0), kSeed);
  EXPECT_EQ(task_ratio_json(seed, 5), kSeed);
}

TEST(TaskRatio, GoesIntoNestedSets) {
  EXPECT_TRUE(matches_golden("task_ratio/nested.json", task_ratio_json(nested(), 10) + "\n"));
  EXPECT_TRUE(matches_golden("task_ratio/nested.txt", task_ratio_tables(nested(), 10)));
  EXPECT_TRUE(matches_golden("task_ratio/nested_any_users.txt", task_ratio_tables(nested(), 0)));
}

std::vector<double> class_ratios(const std::vector<UserClass>& classes, std::uint32_t users) {
  std::vector<double> ratios;
  for (const auto& ratio : task_ratios(classes, users, RatioOf::Class))
    ratios.push_back(ratio.ratio);
  return ratios;
}

TEST(TaskRatio, SpreadsWholeUsersOverTheClasses) {
  using testing::ElementsAre;
  const std::vector<UserClass> classes{user_class("A", 1, 0), user_class("B", 2.5, 0)};
  EXPECT_THAT(class_ratios(classes, 0), ElementsAre(1 / 3.5, 2.5 / 3.5));
  EXPECT_THAT(class_ratios(classes, 7), ElementsAre(2 / 7., 5 / 7.));
  EXPECT_THAT(class_ratios(classes, 1), ElementsAre(0, 1));
}

TEST(TaskRatio, FixedCountsComeFirst) {
  using testing::ElementsAre;
  const std::vector<UserClass> classes{user_class("A", 1, 3), user_class("B", 1, 0)};
  EXPECT_THAT(class_ratios(classes, 2), ElementsAre(1, 0));
  EXPECT_THAT(class_ratios(classes, 6), ElementsAre(0.5, 0.5));
  EXPECT_THAT(class_ratios(classes, 0), ElementsAre(1, 0));
}

TEST(TaskRatio, OfNothingIsNothing) {
  EXPECT_EQ(task_ratio_json({}, 3), "{\n    \"per_class\": {},\n    \"total\": {}\n}");
  const std::vector<UserClass> weightless{user_class("A", 0, 0)};
  EXPECT_THAT(class_ratios(weightless, 4), testing::ElementsAre(0));
}

}  // namespace
}  // namespace swarm::master
