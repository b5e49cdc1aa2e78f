#include "cli/suggest.h"

#include <gtest/gtest.h>

#include <array>

namespace swarm {
namespace {

TEST(EditDistance, CountsLettersToChange) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("users", "users"), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("usrs", "users"), 1u);
  EXPECT_EQ(edit_distance("userss", "users"), 1u);
  EXPECT_EQ(edit_distance("usars", "users"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(EditDistance, CountsSwappedNeighboursAsOne) {
  EXPECT_EQ(edit_distance("sures", "users"), 2u);
  EXPECT_EQ(edit_distance("uesrs", "users"), 1u);
  EXPECT_EQ(edit_distance("ba", "ab"), 1u);
  EXPECT_EQ(edit_distance("ca", "abc"), 3u);  // what was swapped is not changed again
}

TEST(Nearest, FindsTheOneThatWasMeant) {
  constexpr std::array<std::string_view, 4> names{"--headless", "--headful", "--host", "--users"};
  EXPECT_EQ(nearest("--hedless", names), "--headless");
  EXPECT_EQ(nearest("--headles", names), "--headless");
  EXPECT_EQ(nearest("--headfull", names), "--headful");
  EXPECT_EQ(nearest("--hots", names), "--host");
  EXPECT_EQ(nearest("--suers", names), "--users");
}

TEST(Nearest, IsSilentRatherThanGuess) {
  constexpr std::array<std::string_view, 2> names{"--headless", "-u"};
  EXPECT_EQ(nearest("--teapot", names), "");
  EXPECT_EQ(nearest("-x", names), "");
  EXPECT_EQ(nearest("", names), "");
}

}  // namespace
}  // namespace swarm
