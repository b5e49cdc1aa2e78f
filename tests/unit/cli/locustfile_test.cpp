#include "cli/locustfile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace swarm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Locustfile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/locustfile_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name) {
    std::ofstream{folder_ / name} << "x";
    return (folder_ / name).string();
  }
  std::string refusal(const std::string& path) {
    const auto found = find_locustfiles({path});
    return found ? "found" : found.error().message;
  }

  std::filesystem::path folder_;
};

TEST_F(Locustfile, IsFound) {
  const std::string path = file("shop.so");
  const auto found = find_locustfiles({path});
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_THAT(*found, ElementsAre(path));
}

TEST_F(Locustfile, ThatIsMissingIsNamed) {
  const std::string path = (folder_ / "shop.so").string();
  EXPECT_THAT(refusal(path), HasSubstr("Could not find '"));
  EXPECT_THAT(refusal(path), HasSubstr("-f"));
}

TEST_F(Locustfile, MayLackItsEnding) {
  file("shop.py");
  EXPECT_THAT(refusal((folder_ / "shop").string()), HasSubstr("shop.py' is Python"));
}

TEST_F(Locustfile, OfAKindThatCannotRunIsRefused) {
  EXPECT_THAT(refusal(file("shop.py")), HasSubstr("is Python, which this version cannot run yet"));
  EXPECT_THAT(refusal(folder_.string()), HasSubstr("is a directory"));
  EXPECT_THAT(refusal("https://x.example/shop.py"), HasSubstr("cannot download"));
  EXPECT_FALSE(find_locustfiles({file("a.so"), file("b.so")}).ok());
}

TEST_F(Locustfile, ThatCannotBeReadIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root can read everything";
  const std::string path = file("shop.so");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  EXPECT_THAT(refusal(path), HasSubstr("cannot read"));
}

}  // namespace
}  // namespace swarm
