#include "cli/csv_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/measured_run.h"
#include "tests/support/temporary_folder.h"

namespace swarm {
namespace {

using namespace std::chrono_literals;
using test::MeasuredRun;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const master::WallClock kClock{MeasuredRun::kStart,
                               std::chrono::system_clock::time_point{1'000'000s}};

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(CsvFiles, RewritesAllButTheHistory) {
  const test::TemporaryFolder folder;
  const std::string prefix = (folder.path() / "run").string();
  auto files = CsvFiles::open(prefix, false);
  ASSERT_TRUE(files.ok());
  MeasuredRun run;
  run.add({.ended = 1s, .error = "a very long text of an error that goes"}, "w1", 3);
  files->write(run.snapshot(1s), kClock);
  EXPECT_THAT(text_of(prefix + "_stats.csv"), HasSubstr("GET,/,3,3,"));
  EXPECT_THAT(text_of(prefix + "_failures.csv"), HasSubstr("very long"));

  MeasuredRun next;
  next.exception("oops", "Traceback");
  files->write(next.snapshot(2s), kClock);
  files->flush();
  EXPECT_THAT(text_of(prefix + "_stats.csv"), Not(HasSubstr("GET,/")));
  EXPECT_THAT(text_of(prefix + "_failures.csv"), EndsWith("Last Seen\r\n"));
  EXPECT_THAT(text_of(prefix + "_exceptions.csv"), HasSubstr("1,oops,Traceback,w1\r\n"));
  const std::string history = text_of(CsvFiles::history_path(prefix));
  EXPECT_THAT(history, HasSubstr("\r\n1000001,0,,Aggregated,"));
  EXPECT_THAT(history, HasSubstr("\r\n1000002,0,,Aggregated,"));
}

TEST(CsvFiles, FlushesTheHistoryEachFiveSeconds) {
  const test::TemporaryFolder folder;
  const std::string prefix = (folder.path() / "run").string();
  auto files = CsvFiles::open(prefix, false);
  ASSERT_TRUE(files.ok());
  const MeasuredRun run;
  for (int second = 1; second <= 6; ++second) {
    files->write(run.snapshot(second * 1s), kClock);
    const std::string shown = std::to_string(1'000'000 + (second < 6 ? 1 : 6));
    EXPECT_THAT(text_of(CsvFiles::history_path(prefix)), HasSubstr("\r\n" + shown + ","));
    if (second == 5) {
      EXPECT_THAT(text_of(CsvFiles::history_path(prefix)), Not(HasSubstr("1000005")));
    }
  }
}

TEST(CsvFiles, SaysWhichFileCannotBeWritten) {
  const auto files = CsvFiles::open("/nowhere/at/all", true);
  ASSERT_FALSE(files.ok());
  EXPECT_THAT(files.error().message, HasSubstr("--csv: cannot write /nowhere/at/all_stats.csv"));
}

}  // namespace
}  // namespace swarm
