#include "common/blocks.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace swarm {
namespace {

TEST(Blocks, AreAtLeastAsLargeAsAskedFor) {
  for (const std::size_t size : {1, 63, 64, 65, 4095, 4096, 4097, 20'000, 65'536, 65'537}) {
    SCOPED_TRACE(size);
    ASSERT_GE(block_size(size), size);
    void* const block = take_block(size);
    std::memset(block, 0xff, block_size(size));  // the sanitizer tells if it is shorter
    give_block(block, size);
  }
}

TEST(Blocks, GrowByLessThanTheirSize) {
  EXPECT_EQ(block_size(65), 128u);
  EXPECT_EQ(block_size(4097), 8192u);
  EXPECT_EQ(block_size(100'000), 100'000u);
}

TEST(Blocks, AreEachGivenToOneOnly) {
  std::vector<void*> taken;
  for (int i = 0; i < 40; ++i) taken.push_back(take_block(8000));
  for (void* block : taken) give_block(block, 8000);
  void* const first = take_block(8000);
  void* const second = take_block(8192);
  EXPECT_NE(first, second);
  give_block(first, 8192);
  give_block(second, 8000);
}

}  // namespace
}  // namespace swarm
