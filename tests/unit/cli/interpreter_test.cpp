#include "cli/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/fake_surroundings.h"

namespace swarm {
namespace {

using testing::HasSubstr;
using World = test::FakeSurroundings;

// Swarm in a build tree, on a machine with the usual Python.
World machine() {
  World world;
  world.executables = {python_built_for(), "/venv/bin/python", "/opt/python/bin/python3.12"};
  world.files["/opt/swarm/bin/python/bootstrap.py"] = "";
  return world;
}

std::string interpreter(const World& world, const std::string& chosen = "") {
  const auto command = python_command(chosen, world.get());
  return command ? command->interpreter : "error: " + command.error().message;
}

TEST(Interpreter, IsTheOneThatSwarmWasBuiltFor) {
  EXPECT_EQ(interpreter(machine()), python_built_for());
}

TEST(Interpreter, IsThatOfTheVirtualEnvironment) {
  World world = machine();
  world.variables["VIRTUAL_ENV"] = "/venv";
  EXPECT_EQ(interpreter(world), "/venv/bin/python");
  world.variables["VIRTUAL_ENV"] = "";
  EXPECT_EQ(interpreter(world), python_built_for());
}

TEST(Interpreter, IsTheChosenOneBeforeAllOthers) {
  World world = machine();
  world.variables["VIRTUAL_ENV"] = "/venv";
  EXPECT_EQ(interpreter(world, "/opt/python/bin/python3.12"), "/opt/python/bin/python3.12");
  world.variables["PATH"] = "/usr/bin::/opt/python/bin:/bin";
  EXPECT_EQ(interpreter(world, "python3.12"), "/opt/python/bin/python3.12");
  world.executables.insert("./python3.12");
  EXPECT_EQ(interpreter(world, "python3.12"), "./python3.12");
}

TEST(Interpreter, ThatCannotBeExecutedIsRefusedInOneLine) {
  World world = machine();
  EXPECT_EQ(interpreter(world, "/no/python"),
            "error: argument --python: '/no/python' cannot be executed; name an interpreter");
  EXPECT_EQ(interpreter(world, "python9"),
            "error: argument --python: there is no 'python9' in PATH; name an interpreter");
  world.variables["VIRTUAL_ENV"] = "/gone";
  EXPECT_EQ(interpreter(world),
            "error: VIRTUAL_ENV is '/gone', which has no bin/python; deactivate it, or choose with "
            "--python");
  EXPECT_THAT(interpreter(World{}), HasSubstr("cannot be executed; choose an interpreter"));
}

TEST(Interpreter, IsStartedWithTheFileNextToTheProgram) {
  World world = machine();
  const auto bootstrap = [&world] {
    const auto command = python_command("", world.get());
    return command ? command->bootstrap : "error: " + command.error().message;
  };
  EXPECT_EQ(bootstrap(), "/opt/swarm/bin/python/bootstrap.py");
  world.files = {{"/opt/swarm/lib/swarm/python/bootstrap.py", ""}};
  EXPECT_EQ(bootstrap(), "/opt/swarm/lib/swarm/python/bootstrap.py");
  world.files = {{"/opt/swarm/lib64/swarm/python/bootstrap.py", ""}};
  EXPECT_EQ(bootstrap(), "/opt/swarm/lib64/swarm/python/bootstrap.py");
  world.files.clear();
  EXPECT_THAT(bootstrap(), HasSubstr("error: this swarm was built without Python"));
}

TEST(Interpreter, ThatIsNoProgramIsSaidToBeNone) {
  const EarlyExit failed = start_python({"/nowhere/python", "bootstrap.py"}, {"-f", "x.py"});
  EXPECT_EQ(failed.code, 1);
  EXPECT_EQ(failed.text,
            "swarm: error: cannot start '/nowhere/python': No such file or directory\n");
}

}  // namespace
}  // namespace swarm
