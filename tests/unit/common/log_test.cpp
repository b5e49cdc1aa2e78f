#include "common/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace swarm {
namespace {

using testing::HasSubstr;

class Log : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "/log_XXXXXX";
    const int descriptor = ::mkstemp(path_.data());
    ASSERT_GE(descriptor, 0);
    ::close(descriptor);
  }
  void TearDown() override {
    ASSERT_TRUE(setup_log(LogLevel::Info, "").ok());
    std::remove(path_.c_str());
  }

  std::string written() const {
    std::ifstream file{path_};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  std::string path_;
};

TEST_F(Log, WritesLocustsLineFormat) {
  ASSERT_TRUE(setup_log(LogLevel::Debug, path_).ok());
  log(LogLevel::Warning, "swarm.main", "Shutting down {} 100% %v");
  EXPECT_THAT(written(), testing::MatchesRegex(
                             "\\[[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{3}\\] "
                             "[^./]+/WARNING/swarm\\.main: Shutting down \\{\\} 100% %v\n"));
}

TEST_F(Log, NamesEachLevel) {
  ASSERT_TRUE(setup_log(LogLevel::Debug, path_).ok());
  log(LogLevel::Debug, "x", "");
  log(LogLevel::Info, "x", "");
  log(LogLevel::Warning, "x", "");
  log(LogLevel::Error, "x", "");
  log(LogLevel::Critical, "x", "");
  for (const char* name :
       {"/DEBUG/x: \n", "/INFO/x: \n", "/WARNING/x: \n", "/ERROR/x: \n", "/CRITICAL/x: \n"}) {
    EXPECT_THAT(written(), HasSubstr(name));
  }
}

TEST_F(Log, CountsItsLinesAndKeepsTheNewest) {
  ASSERT_TRUE(setup_log(LogLevel::Info, path_).ok());
  const std::uint64_t before = log_count();
  log(LogLevel::Debug, "x", "below the threshold");
  for (std::size_t i = 0; i < kRecentLines + 1; ++i) log(LogLevel::Info, "x", std::to_string(i));
  EXPECT_EQ(log_count(), before + kRecentLines + 1);
  const auto lines = recent_log_lines();
  ASSERT_EQ(lines.size(), kRecentLines);
  EXPECT_THAT(lines.front(), testing::EndsWith("/INFO/x: 1"));
}

TEST_F(Log, LeavesOutWhatIsBelowTheThreshold) {
  ASSERT_TRUE(setup_log(LogLevel::Error, path_).ok());
  log(LogLevel::Warning, "x", "quiet");
  EXPECT_EQ(written(), "");
  log(LogLevel::Error, "x", "loud");
  EXPECT_THAT(written(), HasSubstr("loud"));
}

TEST_F(Log, AppendsToItsFile) {
  std::ofstream{path_} << "earlier\n";
  ASSERT_TRUE(setup_log(LogLevel::Info, path_).ok());
  log(LogLevel::Info, "x", "later");
  EXPECT_THAT(written(), testing::StartsWith("earlier\n["));
}

TEST_F(Log, GoesOnWhereItWasWhenAFileCannotBeOpened) {
  ASSERT_TRUE(setup_log(LogLevel::Info, path_).ok());
  const auto refused = setup_log(LogLevel::Info, "/");
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("cannot write the log file '/'"));
  EXPECT_EQ(refused.error().message.find('\n'), std::string::npos);
  log(LogLevel::Info, "x", "still here");
  EXPECT_THAT(written(), HasSubstr("still here"));
}

TEST_F(Log, MakesNoFoldersForItsFile) {
  const std::string folder = path_ + ".d";
  const auto refused = setup_log(LogLevel::Info, folder + "/x.log");
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("there is no directory '" + folder + "'"));
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(Log, GoesToStderrWithoutAFile) {
  ASSERT_TRUE(setup_log(LogLevel::Info, "").ok());
  testing::internal::CaptureStderr();
  log(LogLevel::Info, "swarm.main", "hello");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("/INFO/swarm.main: hello\n"));
}

}  // namespace
}  // namespace swarm
