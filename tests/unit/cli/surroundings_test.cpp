#include "cli/surroundings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "cli/terminal.h"

namespace swarm {
namespace {

TEST(Surroundings, AreThoseOfTheProcess) {
  const Surroundings around = real_surroundings();
  ::setenv("SWARM_TEST_VARIABLE", "here", 1);
  EXPECT_EQ(around.variable("SWARM_TEST_VARIABLE"), "here");
  ::unsetenv("SWARM_TEST_VARIABLE");
  EXPECT_EQ(around.variable("SWARM_TEST_VARIABLE"), std::nullopt);
  EXPECT_THAT(around.program, testing::EndsWith("/cli_tests"));
}

TEST(Surroundings, ReadFiles) {
  const Surroundings around = real_surroundings();
  std::string path = testing::TempDir() + "/surroundings_XXXXXX";
  const int descriptor = ::mkstemp(path.data());
  ASSERT_GE(descriptor, 0);
  ASSERT_EQ(::write(descriptor, "a\nb\0c", 5), 5);
  ::close(descriptor);

  auto text = around.read_file(path);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, std::string("a\nb\0c", 5));
  std::remove(path.c_str());
  text = around.read_file(path);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, std::nullopt);

  const auto directory = around.read_file("/");
  ASSERT_FALSE(directory.ok());
  EXPECT_EQ(directory.error().message, "it is a directory");
}

TEST(Terminal, OfAPipeIsNone) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Terminal terminal = terminal_at(ends[1]);
  EXPECT_FALSE(terminal.interactive);
  EXPECT_EQ(terminal.columns, 80);
  EXPECT_EQ(terminal.rows, 24);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace swarm
