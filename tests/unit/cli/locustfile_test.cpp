#include "cli/locustfile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/fake_surroundings.h"

namespace swarm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A folder with files of the test's, which is also where the program was started.
class Locustfile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/locustfile_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = std::filesystem::canonical(pattern);
    world_.folder = folder_;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream{folder_ / name} << "x";
    return path(name);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::vector<std::string> find(const std::vector<std::string>& names) const {
    auto found = find_locustfiles(names, world_.get());
    return found ? std::move(*found) : std::vector{"error: " + found.error().message};
  }
  std::string refusal(const std::vector<std::string>& names) const {
    const auto found = find_locustfiles(names, world_.get());
    return found ? "found" : found.error().message;
  }

  std::filesystem::path folder_;
  test::FakeSurroundings world_;
};

TEST_F(Locustfile, IsFoundWhereItIsNamed) {
  file("shop.so");
  file("sub/shop.py");
  EXPECT_THAT(find({"shop.so"}), ElementsAre(path("shop.so")));
  EXPECT_THAT(find({path("shop.so")}), ElementsAre(path("shop.so")));
  EXPECT_THAT(find({"./sub/../sub/shop.py"}), ElementsAre(path("sub/shop.py")));
}

TEST_F(Locustfile, MayLackItsEnding) {
  file("shop.py");
  EXPECT_THAT(find({"shop"}), ElementsAre(path("shop.py")));
  file("shop");  // a program of that name, say
  EXPECT_THAT(find({"shop"}), ElementsAre(path("shop.py")));
}

TEST_F(Locustfile, MayBeSeveralInTheOrderOfTheirNames) {
  file("b.py");
  file("a.py");
  EXPECT_THAT(find({"b.py", "a.py", "b"}), ElementsAre(path("b.py"), path("a.py")));
}

TEST_F(Locustfile, OfAFolderAreAllPythonFilesBelowIt) {
  for (const char* name : {"all/b.py", "all/a.py", "all/deep/c.py", "all/_private/d.py",
                           "all/__init__.py", "all/_helper.py", "all/notes.txt", "all/x.so"}) {
    file(name);
  }
  EXPECT_THAT(find({"all"}), ElementsAre(path("all/_private/d.py"), path("all/a.py"),
                                         path("all/b.py"), path("all/deep/c.py")));
  EXPECT_THAT(find({"all/"}), testing::SizeIs(4));
  EXPECT_THAT(find({"all", "all/a.py"}), testing::SizeIs(4));

  file("none/_only.py");
  EXPECT_THAT(refusal({"none"}), HasSubstr("Could not find any locustfiles in directory '"));
}

TEST_F(Locustfile, ThatNobodyNamesIsTheNearest) {
  world_.variables["HOME"] = folder_;
  world_.folder = path("work/deep");
  std::filesystem::create_directories(world_.folder);
  EXPECT_THAT(refusal({}), HasSubstr("Could not find locustfile.py here or in a folder above"));

  file("locustfile.py");
  EXPECT_THAT(find({}), ElementsAre(path("locustfile.py")));
  file("work/locustfile.py");
  EXPECT_THAT(find({}), ElementsAre(path("work/locustfile.py")));
  file("work/deep/locustfile.py");
  EXPECT_THAT(find({}), ElementsAre(path("work/deep/locustfile.py")));
}

TEST_F(Locustfile, IsNotSearchedForAboveTheHomeFolder) {
  file("locustfile.py");
  world_.folder = path("home/me/work");
  world_.variables["HOME"] = path("home/me");
  EXPECT_THAT(refusal({}), HasSubstr("Could not find"));
  world_.variables["HOME"] = path("home/other");
  EXPECT_THAT(find({}), ElementsAre(path("locustfile.py")));
}

TEST_F(Locustfile, ThatIsNamedIsNotSearchedForAbove) {
  file("shop.py");
  world_.folder = path("work");
  EXPECT_EQ(refusal({"shop.py"}),
            "Could not find 'shop.py'. Name a .py or .so file, or a folder, with -f");
}

TEST_F(Locustfile, OfAKindThatCannotRunIsRefused) {
  EXPECT_THAT(refusal({"https://x.example/shop.py"}), HasSubstr("cannot download"));
  EXPECT_THAT(refusal({"-"}), HasSubstr("asks a master for the scenario"));
  file("shop.txt");
  EXPECT_EQ(refusal({"shop.txt"}),
            "'shop.txt' is neither Python (.py) nor a compiled scenario (.so)");
  EXPECT_THAT(refusal({"shop"}), HasSubstr("Could not find 'shop.py'"));
}

TEST_F(Locustfile, ThatIsCompiledRunsAlone) {
  for (const char* name : {"a.so", "b.so", "c.py"}) file(name);
  EXPECT_THAT(refusal({"a.so", "b.so"}), HasSubstr("one compiled scenario at a time"));
  EXPECT_THAT(refusal({"c.py", "a.so"}), HasSubstr("a compiled scenario runs alone"));
}

TEST_F(Locustfile, ThatCannotBeReadIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root can read everything";
  const std::string shop = file("all/shop.py");
  std::filesystem::permissions(shop, std::filesystem::perms::none);
  EXPECT_THAT(refusal({"all/shop.py"}), HasSubstr("cannot read"));
  EXPECT_THAT(refusal({"all"}), HasSubstr("cannot read"));
}

}  // namespace
}  // namespace swarm
