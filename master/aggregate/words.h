#pragma once

#include <cstdint>
#include <string>

#include "common/clock.h"

namespace swarm::master {

// Numbers as people read them. Three digits are enough to compare two runs.

// "0 ms", "0.0421 ms", "4.21 ms", "421 ms", "4.21 s", "70.2 min".
std::string in_words(Duration time);
// 0.873 -> "87 %"
std::string percent(double ratio);
// 1048576 -> "1,048,576"
std::string grouped(std::uint64_t number);
// 1 -> "1 time", 3 -> "3 times"
std::string times(std::uint64_t number);
// 67108864 -> "64 MB", from 10 GB on in "GB"; units of 1024.
std::string memory(std::uint64_t bytes);
// (431, 650) -> "between 431 and about 650 requests"
std::string estimate(std::uint64_t at_least, std::uint64_t at_most);

}  // namespace swarm::master
