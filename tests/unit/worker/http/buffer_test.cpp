#include "worker/http/buffer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace swarm::http {
namespace {

TEST(Buffer, GrowsAndKeepsItsContent) {
  Buffer buffer;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    buffer.append(std::to_string(i));
    expected += std::to_string(i);
  }
  EXPECT_EQ(buffer.view(), expected);
  EXPECT_LE(buffer.capacity(), 2 * expected.size());
}

TEST(Buffer, TakesWhatWasWrittenIntoItsSpace) {
  Buffer buffer;
  buffer.append("ab");
  std::string_view("cdef").copy(buffer.space(100), 4);
  EXPECT_EQ(buffer.view(), "ab");
  buffer.commit(3);
  EXPECT_EQ(buffer.view(), "abcde");
}

TEST(Buffer, GivesItsMemoryBackAndCanBeFilledAgain) {
  Buffer buffer;
  buffer.append(std::string(100, 'x'));
  buffer.reset();
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.capacity(), 0u);
  buffer.append("again");
  EXPECT_EQ(buffer.view(), "again");
}

TEST(Buffer, IsEmptyAfterItWasMoved) {
  Buffer from;
  from.append("content");
  Buffer to;
  to.append("old");
  to = std::move(from);
  EXPECT_EQ(to.view(), "content");
  EXPECT_TRUE(from.empty());
  EXPECT_EQ(from.capacity(), 0u);
}

}  // namespace
}  // namespace swarm::http
