#include "cli/child_workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>

namespace swarm {
namespace {

constexpr int kNobody = -1;
constexpr int kForEver = -1;

ChildCommand shell(const std::string& script) { return {"/bin/sh", {"sh", "-c", script}}; }

ChildWorkers::End end_of(ChildWorkers& children) {
  for (;;) {
    if (const auto end = children.wait(kNobody, kForEver)) return *end;
  }
}

TEST(ChildWorkers, TellOfTheirEndsAndTheLargestCode) {
  ChildWorkers children{SIGKILL};
  const auto one = children.start(shell("exit 3"), {});
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(children.alive(), 1U);
  const ChildWorkers::End end = end_of(children);
  EXPECT_EQ(end.pid, *one);
  EXPECT_EQ(end.code, 3);
  EXPECT_EQ(end.signal, 0);
  ASSERT_TRUE(children.start(shell("exit 1"), {}).ok());
  end_of(children);
  EXPECT_EQ(children.alive(), 0U);
  EXPECT_EQ(children.code(), 3);
}

TEST(ChildWorkers, AreToldSignals) {
  ChildWorkers children{SIGKILL};
  ASSERT_TRUE(children.start(shell("exec sleep 1000"), {}).ok());
  ASSERT_TRUE(children.start(shell("exec sleep 1000"), {}).ok());
  EXPECT_EQ(children.wait(kNobody, 0), std::nullopt);
  children.signal(SIGTERM);
  for (int i = 0; i < 2; ++i) {
    const ChildWorkers::End end = end_of(children);
    EXPECT_EQ(end.signal, SIGTERM);
    EXPECT_EQ(end.code, 128 + SIGTERM);
  }
  EXPECT_EQ(children.code(), 128 + SIGTERM);
}

TEST(ChildWorkers, AreNotWaitedForWhenSomebodyWakes) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  ASSERT_EQ(::write(pipe[1], "x", 1), 1);
  ChildWorkers children{SIGKILL};
  ASSERT_TRUE(children.start(shell("exec sleep 1000"), {}).ok());
  EXPECT_EQ(children.wait(pipe[0], kForEver), std::nullopt);
  children.signal(SIGKILL);
  EXPECT_EQ(end_of(children).signal, SIGKILL);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST(ChildWorkers, HaveTheEnvironmentAndWhatReplacesIt) {
  ::setenv("SWARM_TEST_KEPT", "kept", 1);
  ::setenv("SWARM_TEST_OTHER", "before", 1);
  ChildWorkers children{SIGKILL};
  const std::string script = R"(test "$SWARM_TEST_KEPT$SWARM_TEST_OTHER" = keptafter && exit 7)";
  ASSERT_TRUE(children.start(shell(script), {"SWARM_TEST_OTHER=after"}).ok());
  EXPECT_EQ(end_of(children).code, 7);
  ::unsetenv("SWARM_TEST_KEPT");
  ::unsetenv("SWARM_TEST_OTHER");
}

TEST(ChildWorkers, AreFoundInPath) {
  ChildWorkers children{SIGKILL};
  ASSERT_TRUE(children.start({"sh", {"sh", "-c", "exit 5"}}, {}).ok());
  EXPECT_EQ(end_of(children).code, 5);
}

TEST(ChildWorkers, ThatCannotBeExecutedEndAtOnce) {
  ChildWorkers children{SIGKILL};
  ASSERT_TRUE(children.start({"/nowhere/swarm", {"swarm"}}, {}).ok());
  EXPECT_EQ(end_of(children).code, 127);
}

TEST(ChildWorkers, AreOutOfReachOfTheTerminalsSignals) {
  ChildWorkers children{SIGKILL};
  const auto child = children.start(shell("exec sleep 1000"), {});
  ASSERT_TRUE(child.ok());
  while (::getpgid(*child) != *child) ::sched_yield();  // the child does that itself
  children.signal(SIGKILL);
  end_of(children);
}

TEST(ChildWorkers, EndWithTheirParent) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    ::close(pipe[0]);
    ChildWorkers children{SIGKILL};
    // It says that it is there, and holds the pipe for as long as it lives.
    static_cast<void>(
        children.start(shell("echo x >&" + std::to_string(pipe[1]) + "; exec sleep 1000"), {})
            .ok());
    for (;;) ::pause();
  }
  ::close(pipe[1]);
  std::array<char, 2> said{};
  ASSERT_EQ(::read(pipe[0], said.data(), said.size()), 2);
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  EXPECT_EQ(::read(pipe[0], said.data(), 1), 0);
  ::close(pipe[0]);
}

}  // namespace
}  // namespace swarm
