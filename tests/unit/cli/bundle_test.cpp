#include "cli/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/platform.h"
#include "tests/support/temporary_folder.h"

namespace swarm {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Names = std::vector<std::string>;

// A scenario that consists of files.
class FilesOnly final : public Scenario {
 public:
  explicit FilesOnly(Names files) : files_(std::move(files)) {}
  std::span<const UserClass> user_classes() const override { return {}; }
  void spawn(UserId, UserClassId) override {}
  void stop(UserId, StopUser) override {}
  Names files() const override { return files_; }

 private:
  Names files_;
};

// A master that was started in project/, with a machine around it.
class BundleTest : public testing::Test {
 protected:
  BundleTest() {
    fs::create_directories(folder_.path() / "project");
    fs::current_path(folder_.path() / "project");
  }
  ~BundleTest() override { fs::current_path(before_); }

  std::string file(const std::string& name, const std::string& contents = "x") {
    return folder_.write(name, contents);
  }
  // The first of the files is the scenario's own.
  Result<Bundle> bundle(Names files, Names include = {}) {
    options_.include = std::move(include);
    options_.locustfiles = {files.empty() ? "" : files.front()};
    return make_bundle(options_, FilesOnly{std::move(files)});
  }
  Names paths(const Result<Bundle>& made) {
    Names paths;
    if (!made) return {made.error().message};
    for (const proto::ScenarioFile& each : made->files().files) paths.push_back(each.path);
    return paths;
  }

  fs::path before_ = fs::current_path();
  test::TemporaryFolder folder_;
  Options options_;
};

TEST_F(BundleTest, KeepsThePlacesOfFilesBelowTheFirst) {
  const auto made = bundle({file("project/shop.py", "shop"), file("project/lib/prices.py"),
                            file("project/lib/__init__.py", "")});
  EXPECT_THAT(paths(made), UnorderedElementsAre("shop.py", "lib/prices.py", "lib/__init__.py"));
  EXPECT_THAT(made->files().entries, ElementsAre("shop.py"));
  EXPECT_EQ(made->files().error, "");
}

TEST_F(BundleTest, HasTheFilesAsTheyWereWhenItWasMade) {
  const auto made = bundle({file("project/shop.py", "before")});
  file("project/shop.py", "after");
  ASSERT_EQ(made->files().files.size(), 1U);
  EXPECT_EQ(made->files().files.front().contents, "before");
}

TEST_F(BundleTest, KeepsThePackageThatTheScenarioIsPartOf) {
  const auto made =
      bundle({file("project/shop/load/users.py"), file("project/shop/load/__init__.py"),
              file("project/shop/__init__.py")});
  EXPECT_THAT(made->files().entries, ElementsAre("shop/load/users.py"));
}

TEST_F(BundleTest, HasSeveralEntriesBelowWhatTheyShare) {
  const Names files{file("project/a/one.py"), file("project/b/two.py")};
  options_.locustfiles = files;
  const auto made = make_bundle(options_, FilesOnly{files});
  EXPECT_THAT(made->files().entries, ElementsAre("a/one.py", "b/two.py"));
}

TEST_F(BundleTest, PlacesAModuleFromElsewhereAsItIsImported) {
  const auto made = bundle(
      {file("project/shop.py"), file("elsewhere/tools.py"), file("elsewhere/pkg/__init__.py"),
       file("elsewhere/pkg/deep/__init__.py"), file("elsewhere/pkg/deep/part.py")});
  EXPECT_THAT(paths(made), UnorderedElementsAre("shop.py", "tools.py", "pkg/__init__.py",
                                                "pkg/deep/__init__.py", "pkg/deep/part.py"));
}

TEST_F(BundleTest, PlacesSuchAModuleWhereTheFirstEntryFindsIt) {
  const auto made = bundle({file("project/shop/users.py"), file("project/shop/__init__.py"),
                            file("elsewhere/tools.py")});
  EXPECT_THAT(paths(made),
              UnorderedElementsAre("shop/users.py", "shop/__init__.py", "shop/tools.py"));
}

TEST_F(BundleTest, ReachesUpToTheMastersFolder) {
  file("project/data/users.csv");
  EXPECT_THAT(
      paths(bundle({file("project/load/shop.py"), file("project/common.py")}, {"data/*.csv"})),
      UnorderedElementsAre("load/shop.py", "common.py", "data/users.csv"));
}

TEST_F(BundleTest, TellsWhoAsksWhyItCannotBeSent) {
  const auto made = bundle({file("project/shop.py"), file("elsewhere/prices.json")});
  ASSERT_TRUE(made.ok());
  EXPECT_THAT(made->files().files, IsEmpty());
  EXPECT_THAT(made->files().error, HasSubstr("elsewhere/prices.json' outside of"));
  EXPECT_THAT(made->files().error, HasSubstr("project', the scenario's folder: move it there"));

  EXPECT_THAT(bundle({})->files().error, HasSubstr("cannot be sent: start this worker with -f"));
}

TEST_F(BundleTest, RefusesAPatternThatNamesNothing) {
  EXPECT_THAT(paths(bundle({file("project/shop.py")}, {"data/*.csv"})),
              ElementsAre(HasSubstr("argument --include: 'data/*.csv' names no file")));
}

TEST_F(BundleTest, RefusesToIncludeWhatIsElsewhere) {
  const auto made = bundle({file("project/shop.py")}, {file("elsewhere/prices.json")});
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("prices.json' outside of"));
}

TEST_F(BundleTest, IncludesAllBelowAFolderButTheRubbish) {
  file("project/data/deep/a.csv");
  file("project/data/.git/config");
  file("project/data/.hidden");
  file("project/data/__pycache__/x.py");
  file("project/data/old.pyc");
  const std::string shop = file("project/shop.py");
  for (const char* pattern : {"data", "data/", "d*"}) {
    EXPECT_THAT(paths(bundle({shop}, {pattern})),
                UnorderedElementsAre("shop.py", "data/deep/a.csv"))
        << pattern;
  }
  EXPECT_THAT(paths(bundle({shop}, {"data/*"})),
              UnorderedElementsAre("shop.py", "data/deep/a.csv"));
}

TEST_F(BundleTest, IncludesRubbishThatIsNamed) {
  file("project/data/.env");
  file("project/old.pyc");
  EXPECT_THAT(paths(bundle({file("project/shop.py")}, {"data/.env", "old.pyc", "shop.py"})),
              UnorderedElementsAre("shop.py", "data/.env", "old.pyc"));
}

TEST_F(BundleTest, HasALimit) {
  const std::string big = file("project/big.bin");
  const std::string shop = file("project/shop.py");
  fs::resize_file(big, Bundle::kMostBytes);
  const auto made = bundle({shop}, {"big.bin"});
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("have 64 MiB, more than 64"));
  EXPECT_THAT(bundle({shop, big})->files().error, HasSubstr("more than 64"));
  fs::resize_file(big, 1);
  EXPECT_TRUE(bundle({shop}, {"big.bin"}).ok());
}

TEST_F(BundleTest, RefusesTwoFilesForOnePlace) {
  const auto made =
      bundle({file("project/shop.py"), file("one/tools.py", "1"), file("two/tools.py", "2")});
  EXPECT_THAT(made->files().error, HasSubstr("would be the same file of a worker"));
}

TEST_F(BundleTest, GivesACompiledScenarioToItsOwnKind) {
  const auto made = bundle({file("project/shop.so",
                                 "\x7f"
                                 "ELF")});
  EXPECT_EQ(made->answer({.platform = platform()}).files.size(), 1U);

  const proto::ScenarioFiles other = made->answer({.platform = "Linux riscv64"});
  EXPECT_THAT(other.files, IsEmpty());
  EXPECT_THAT(other.entries, IsEmpty());
  EXPECT_THAT(other.error, HasSubstr("is compiled for " + platform()));
  EXPECT_THAT(other.error, HasSubstr("this worker is Linux riscv64"));
}

TEST_F(BundleTest, GivesAPythonScenarioToAnybody) {
  EXPECT_EQ(bundle({file("project/shop.py")})->answer({.platform = ""}).files.size(), 1U);
}

}  // namespace
}  // namespace swarm
