#include "cli/scenario_folder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "cli/bundle.h"
#include "tests/support/fake_surroundings.h"
#include "tests/support/temporary_folder.h"

namespace swarm {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kVariable = "SWARM_FETCHED_SCENARIO";

proto::ScenarioFiles shop() {
  return {.entries = {"shop.py"},
          .files = {{"shop.py", "import lib"}, {"lib/data/x.csv", std::string("\0\xff", 2)}},
          .error = {}};
}

std::string refusal(const proto::ScenarioFiles& files) {
  const auto checked = check_scenario(files);
  return checked ? "" : checked.error().message;
}

std::string with_a_file_called(const std::string& path) {
  proto::ScenarioFiles files = shop();
  files.files.push_back({path, ""});
  return refusal(files);
}

TEST(CheckScenario, TakesRelativePaths) {
  EXPECT_EQ(refusal(shop()), "");
  for (const char* path : {"a", "a/b/c.txt", "..a/b..", ".env", "a b/ü.py"}) {
    EXPECT_EQ(with_a_file_called(path), "") << path;
  }
}

TEST(CheckScenario, RefusesPathsThatLeadElsewhere) {
  for (const char* path : {"../x", "a/../../x", "a/..", ".."}) {
    EXPECT_THAT(with_a_file_called(path), HasSubstr("lies outside of its folder")) << path;
  }
  EXPECT_THAT(with_a_file_called("/etc/cron.d/x"), HasSubstr("has an absolute name"));
}

TEST(CheckScenario, RefusesNamesThatAreNone) {
  for (const char* path : {"", "a//b", "a/", "./a", "a/./b", "a\nb", "a\x7f"}) {
    EXPECT_THAT(with_a_file_called(path), HasSubstr("is no usable name")) << path;
  }
  EXPECT_THAT(with_a_file_called(std::string("a\0b", 3)), HasSubstr("is no usable name"));
  EXPECT_THAT(with_a_file_called(std::string(2000, 'a')), HasSubstr("is no usable name"));
  EXPECT_THAT(with_a_file_called("shop.py"), HasSubstr("is there twice"));
}

TEST(CheckScenario, WantsAnEntryThatCanRun) {
  proto::ScenarioFiles files = shop();
  files.entries = {};
  EXPECT_THAT(refusal(files), HasSubstr("has no scenario to give: start this worker with -f"));
  files.entries = {"other.py"};
  EXPECT_THAT(refusal(files), HasSubstr("did not send 'other.py'"));
  files.entries = {"lib/data/x.csv"};
  EXPECT_THAT(refusal(files), HasSubstr("is neither Python (.py) nor a compiled scenario"));
}

TEST(CheckScenario, HasTheMastersLimit) {
  proto::ScenarioFiles files = shop();
  files.files.push_back({"big", std::string(Bundle::kMostBytes, 'x')});
  EXPECT_THAT(refusal(files), HasSubstr("has 64 MiB, more than 64"));
}

TEST(CheckScenario, SaysWhatTheMasterSays) {
  EXPECT_EQ(refusal({.entries = {}, .files = {}, .error = "there is none"}), "there is none");
}

class ScenarioFolderTest : public testing::Test {
 protected:
  ScenarioFolderTest() { world_.variables["TMPDIR"] = folder_.path(); }
  ~ScenarioFolderTest() override { ::unsetenv(kVariable); }

  std::vector<std::string> there() const {
    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator{folder_.path()}) {
      names.push_back(each.path().filename());
    }
    return names;
  }
  static std::string text_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  test::TemporaryFolder folder_;
  test::FakeSurroundings world_;
};

TEST_F(ScenarioFolderTest, HasTheFilesForThisUserAlone) {
  const auto made = make_scenario_folder(shop(), world_.get());
  ASSERT_TRUE(made.ok()) << made.error().message;
  const fs::path root = made->root;
  EXPECT_EQ(made->entries, std::vector{(root / "shop.py").string()});
  EXPECT_EQ(text_of(root / "shop.py"), "import lib");
  EXPECT_EQ(text_of(root / "lib/data/x.csv"), std::string("\0\xff", 2));
  struct stat status {};
  ASSERT_EQ(::stat(root.parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST_F(ScenarioFolderTest, IsKnownToWhatTheProcessTurnsInto) {
  const auto made = make_scenario_folder(shop(), world_.get());
  ASSERT_TRUE(made.ok());
  world_.variables[kVariable] = ::getenv(kVariable);
  EXPECT_EQ(inherited_scenario_folder(world_.get()), *made);
}

TEST_F(ScenarioFolderTest, IsNotThatOfAProcessWhichInheritsTheVariable) {
  EXPECT_EQ(inherited_scenario_folder(world_.get()), std::nullopt);
  world_.variables[kVariable] = "1\n/tmp/x\n/tmp/x/shop.py";
  EXPECT_EQ(inherited_scenario_folder(world_.get()), std::nullopt);
}

TEST_F(ScenarioFolderTest, LeavesNothingBehindWhenItFails) {
  proto::ScenarioFiles files = shop();
  files.files.push_back({"shop.py/x", ""});  // a file cannot be a folder as well
  const auto made = make_scenario_folder(files, world_.get());
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("choose another folder with TMPDIR"));
  EXPECT_THAT(there(), testing::IsEmpty());
}

TEST_F(ScenarioFolderTest, NeedsAFolderToBeMadeIn) {
  world_.variables["TMPDIR"] = folder_("nowhere");
  const auto made = make_scenario_folder(shop(), world_.get());
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("choose another folder with TMPDIR"));
}

TEST_F(ScenarioFolderTest, RemovesThoseOfDeadProcesses) {
  folder_.write("swarm-scenario-dead/lock");
  folder_.write("swarm-scenario-dead/scenario/shop.py");
  folder_.write("swarm-scenario-unready/scenario/shop.py");  // no lock yet: somebody is at it
  folder_.write("swarm-scenarios.txt");
  ASSERT_TRUE(make_scenario_folder(shop(), world_.get()).ok());
  EXPECT_FALSE(fs::exists(folder_("swarm-scenario-dead")));
  EXPECT_TRUE(fs::exists(folder_("swarm-scenario-unready")));
  EXPECT_TRUE(fs::exists(folder_("swarm-scenarios.txt")));
}

// A process that holds a lock until the test ends.
class Owner {
 public:
  explicit Owner(const std::string& lock) {
    std::array<int, 2> ready{};
    EXPECT_EQ(::pipe(ready.data()), 0);
    process_ = ::fork();
    if (process_ == 0) {
      struct flock whole {};
      whole.l_type = F_WRLCK;
      const int file = ::open(lock.c_str(), O_RDWR);
      if (::fcntl(file, F_SETLK, &whole) != 0) ::_exit(1);
      [[maybe_unused]] const auto written = ::write(ready[1], "x", 1);
      for (;;) ::pause();
    }
    ::close(ready[1]);
    char byte = 0;
    EXPECT_EQ(::read(ready[0], &byte, 1), 1);
    ::close(ready[0]);
  }
  ~Owner() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

 private:
  pid_t process_ = -1;
};

TEST_F(ScenarioFolderTest, KeepsThoseOfOthersThatLive) {
  const Owner owner{folder_.write("swarm-scenario-live/lock")};
  ASSERT_TRUE(make_scenario_folder(shop(), world_.get()).ok());
  EXPECT_TRUE(fs::exists(folder_("swarm-scenario-live")));
}

}  // namespace
}  // namespace swarm
