#include "swarm/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace swarm {
namespace {

using testing::ElementsAre;

// Waits until somebody resumes it.
struct Gate {
  std::coroutine_handle<> waiting;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) { waiting = coroutine; }
  void await_resume() const noexcept {}
};

struct NotesItsEnd {
  std::vector<std::string>& log;
  std::string name;
  ~NotesItsEnd() { log.push_back(name); }
};

Task<int> answer(Gate& gate) {
  co_await gate;
  co_return 42;
}

Task<> ask(Gate& gate, std::vector<int>& got) { got.push_back(co_await answer(gate)); }

TEST(Task, BeginsWhenStartedAndHandsItsValueToWhoeverAwaitsIt) {
  Gate gate;
  std::vector<int> got;
  Task<> task = ask(gate, got);
  EXPECT_FALSE(gate.waiting);
  task.start();
  EXPECT_TRUE(gate.waiting);
  EXPECT_FALSE(task.done());
  gate.waiting.resume();
  EXPECT_TRUE(task.done());
  EXPECT_THAT(got, ElementsAre(42));
}

Task<int> fails(Gate& gate) {
  co_await gate;
  throw std::runtime_error("broken");
}

Task<> catches(Gate& gate, std::string& caught) {
  try {
    (void)co_await fails(gate);
  } catch (const std::runtime_error& error) {
    caught = error.what();
  }
}

TEST(Task, ThrowsWhatItThrewToWhoeverAwaitsIt) {
  Gate gate;
  std::string caught;
  Task<> task = catches(gate, caught);
  task.start();
  gate.waiting.resume();
  EXPECT_EQ(caught, "broken");
  Task<int> alone = fails(gate);
  alone.start();
  gate.waiting.resume();
  EXPECT_THROW((void)alone.result(), std::runtime_error);
}

Task<> inner(Gate& gate, std::vector<std::string>& log) {
  NotesItsEnd local{log, "inner"};
  co_await gate;
  log.push_back("never");
}

Task<> outer(Gate& gate, std::vector<std::string>& log) {
  NotesItsEnd local{log, "outer"};
  co_await inner(gate, log);
}

TEST(Task, EndsInsideOutWhenDestroyedWhileItWaits) {
  Gate gate;
  std::vector<std::string> log;
  {
    Task<> task = outer(gate, log);
    task.start();
  }
  EXPECT_THAT(log, ElementsAre("inner", "outer"));
}

TEST(Task, FramesOfTheSameSizeAreUsedAgain) {
  void* const first = detail::allocate_frame(200);
  detail::free_frame(first, 200);
  EXPECT_EQ(detail::allocate_frame(193), first);
  detail::free_frame(first, 193);
}

}  // namespace
}  // namespace swarm
