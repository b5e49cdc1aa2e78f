#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/scenario.h"

namespace swarm::master {

// How often a user class, a task set or a task is chosen.
struct TaskRatio {
  std::string name;
  double ratio = 0;  // in [0, 1], of what RatioOf says
  std::vector<TaskRatio> tasks;
};

enum class RatioOf : std::uint8_t {
  Class,  // each list of tasks adds up to 1
  Total,  // each list of tasks adds up to its parent's ratio
};

// `users` is what the classes are spread over, as a run with so many would; 0: any number.
// Classes stand in the order that they are given in.
std::vector<TaskRatio> task_ratios(std::span<const UserClass> classes, std::uint32_t users,
                                   RatioOf of);

}  // namespace swarm::master
