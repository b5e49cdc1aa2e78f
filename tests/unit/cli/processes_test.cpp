#include "cli/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/usable_cores.h"
#include "tests/support/fake_surroundings.h"

namespace swarm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using World = test::FakeSurroundings;

TEST(WantedProcesses, AreThoseAskedForOrOneForEachCore) {
  const World world;
  EXPECT_EQ(wanted_processes(std::nullopt, world.get()), 0U);
  EXPECT_EQ(wanted_processes(0, world.get()), 0U);
  EXPECT_EQ(wanted_processes(3, world.get()), 3U);
  EXPECT_EQ(wanted_processes(-1, world.get()), usable_cores(world.get()));
}

World started_as(const Arguments& words) {
  World world;
  for (const std::string& word : words) world.files["/proc/self/cmdline"] += word + '\0';
  return world;
}

TEST(OwnCommand, IsTheProgramByItsPath) {
  const World world = started_as({"swarm", "-u", "5"});
  EXPECT_EQ(*own_command({"-u", "5"}, world.get()),
            (ChildCommand{"/opt/swarm/bin/swarm", {"swarm"}}));
}

TEST(OwnCommand, IsTheInterpreterWithWhatItRuns) {
  const World world = started_as({"/v/bin/python", "-X", "dev", "boot.py", "-u5", ""});
  EXPECT_EQ(*own_command({"-u5", ""}, world.get()),
            (ChildCommand{"/v/bin/python", {"/v/bin/python", "-X", "dev", "boot.py"}}));
}

TEST(OwnCommand, IsNotToBeFoundWithinAnotherProgram) {
  const World world = started_as({"python", "mine.py"});
  EXPECT_THAT(own_command({"-u5"}, world.get()).error().message, HasSubstr("start swarm"));
  EXPECT_FALSE(own_command({"python", "mine.py"}, world.get()).ok());
}

TEST(ChildArguments, MakeAWorkerOfAMaster) {
  EXPECT_THAT(child_arguments({"--master", "-f", "x.py", "--processes", "3"},
                              {.master = {{"127.0.0.1", 6000}}}, ""),
              ElementsAre("-f", "x.py", "--processes", "3", "--worker", "--master-host=127.0.0.1",
                          "--master-port=6000", "--processes=0"));
}

TEST(ChildArguments, LeaveAWorkerToItsMaster) {
  EXPECT_THAT(child_arguments({"--worker", "--processes=2"}, {}, ""),
              ElementsAre("--worker", "--processes=2", "--processes=0"));
}

TEST(ChildArguments, StandBeforeWhatIsNoOption) {
  EXPECT_THAT(child_arguments({"-f", "x.py", "--", "Shopper"}, {}, ""),
              ElementsAre("-f", "x.py", "--processes=0", "--", "Shopper"));
}

TEST(ChildArguments, GiveEachANameOfItsOwn) {
  EXPECT_THAT(child_arguments({"--worker"}, {}, "eu-2"),
              ElementsAre("--worker", "--worker-id=eu-2", "--processes=0"));
}

TEST(ChildNames, AreThoseOfTheParentWithANumber) {
  EXPECT_THAT(child_names("eu", 2), ElementsAre("eu-1", "eu-2"));
  EXPECT_THAT(child_names("", 2), ElementsAre("", ""));
}

TEST(ChildArguments, NameTheFilesThatWereFound) {
  EXPECT_THAT(child_arguments({}, {.locustfiles = {"/a/locustfile.py"}}, ""),
              ElementsAre("--locustfile=/a/locustfile.py", "--processes=0"));
}

TEST(FoundLocustfiles, AreThoseThatNobodyNamed) {
  World world;
  Options options;
  options.locustfiles = {"/a/locustfile.py"};
  EXPECT_THAT(found_locustfiles(options, {"-u5"}, world.get()), ElementsAre("/a/locustfile.py"));
  EXPECT_THAT(found_locustfiles(options, {"-f", "locustfile.py"}, world.get()), IsEmpty());
  options.locustfiles = {"/a,b/locustfile.py"};
  EXPECT_THAT(found_locustfiles(options, {}, world.get()), IsEmpty());
  options.locustfiles = {"/a/locustfile.py"};
  world.variables["LOCUST_LOCUSTFILE"] = "locustfile.py";
  EXPECT_THAT(found_locustfiles(options, {}, world.get()), IsEmpty());
}

TEST(MeetingPlace, IsOfTheMasterAndItsChildrenAlone) {
  const Meeting meeting = meeting_of({}, {"--processes=2"}, World{}.get());
  EXPECT_EQ(meeting.bind_host, "127.0.0.1");
  EXPECT_EQ(meeting.host, "127.0.0.1");
  EXPECT_TRUE(meeting.private_);
  EXPECT_TRUE(meeting.any_port);
}

TEST(MeetingPlace, IsOpenToOthersIfThatIsAskedFor) {
  World world;
  Options options;
  const Meeting typed = meeting_of(options, {"--master-bind-host=*"}, world.get());
  EXPECT_EQ(typed.bind_host, "*");
  EXPECT_EQ(typed.host, "127.0.0.1");
  EXPECT_FALSE(typed.private_);
  world.variables["LOCUST_MASTER_BIND_HOST"] = "*";
  EXPECT_EQ(meeting_of(options, {}, world.get()).bind_host, "*");

  options.master_bind_host = "10.0.0.1";  // from a file
  const Meeting elsewhere = meeting_of(options, {}, World{}.get());
  EXPECT_EQ(elsewhere.bind_host, "10.0.0.1");
  EXPECT_EQ(elsewhere.host, "10.0.0.1");
}

TEST(MeetingPlace, HasThePortThatIsGiven) {
  Options options;
  EXPECT_FALSE(meeting_of(options, {"--master-bind-port", "5557"}, World{}.get()).any_port);
  options.master_bind_port = 6000;
  EXPECT_FALSE(meeting_of(options, {}, World{}.get()).any_port);
}

}  // namespace
}  // namespace swarm
