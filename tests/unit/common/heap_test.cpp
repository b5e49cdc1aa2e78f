#include "common/heap.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace swarm {
namespace {

// The flags of the mapping that holds `address`, as proc(5) has them: " rd wr mr ...".
std::string flags_at(std::uintptr_t address) {
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    if (const std::size_t dash = line.find('-'); dash != std::string::npos && dash < 17) {
      inside = std::stoull(line.substr(0, dash), nullptr, 16) <= address &&
               address < std::stoull(line.substr(dash + 1), nullptr, 16);
    }
    if (inside && line.starts_with("VmFlags:")) return line.substr(8) + ' ';
  }
  return "";
}

// Of a heap that really grows, which the sanitizers' does not.
TEST(Heap, HasHugePagesForWhatItGrowsBy) {
  if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage/enabled")) {
    GTEST_SKIP() << "this kernel has no transparent huge pages";
  }
  constexpr std::intptr_t kGrowth = 8 << 20;
  prepare_heap();
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(kGrowth));
  ASSERT_NE(end, UINTPTR_MAX);
  const std::uintptr_t grown = end + kGrowth / 2;
  EXPECT_EQ(flags_at(grown).find(" hg "), std::string::npos);
  back_heap();
  EXPECT_NE(flags_at(grown).find(" hg "), std::string::npos);
}

}  // namespace
}  // namespace swarm
