#include "cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/completion_command.h"
#include "cli/option_table.h"

namespace swarm {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

// That a shell reads and offers them is shown by tests/deploy/test_shells.py.
TEST(Completion, OffersEveryOptionAndCommandToEachShell) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const auto text = completion(option_table(), shell);
    ASSERT_TRUE(text.ok()) << shell;
    for (const OptionSpec& option : option_table()) {
      if (option.hidden() || option.positional()) continue;
      const std::string name{option.names.back().substr(2)};
      EXPECT_THAT(*text, HasSubstr(name)) << shell;
    }
    for (const Command& each : kCommands) {
      EXPECT_THAT(*text, HasSubstr(std::string{each.name})) << shell;
    }
    EXPECT_THAT(*text, Not(HasSubstr("help-markdown"))) << shell;
  }
}

TEST(Completion, KeepsHelpInOneWord) {
  const OptionTable table{{.names = {"-u", "--users"},
                           .takes = Takes::One,
                           .metavar = "N",
                           .group = "G",
                           .help = "It's a [default: 1]"}};
  EXPECT_THAT(*completion(table, "zsh"),
              HasSubstr("'(-u --users)--users[It'\\''s a \\[default\\: 1\\]]:N:'"));
  EXPECT_THAT(
      *completion(table, "fish"),
      HasSubstr("complete -c swarm -s u -l users -x -n __swarm_runs -d 'It'\\''s a [default: 1]'"));
}

TEST(CompletionCommand, RefusesWhatIsNoShell) {
  const auto run = [](std::vector<const char*> words) {
    CaptureStdout();
    CaptureStderr();
    const int code = completion_main(words);
    const std::string out = GetCapturedStdout();
    return std::to_string(code) + " " + out + GetCapturedStderr();
  };
  EXPECT_EQ(run({"tcsh"}),
            "2 swarm: error: swarm completion: there are completions for bash, zsh and fish, not "
            "for 'tcsh'\n");
  EXPECT_EQ(run({}),
            "2 swarm: error: swarm completion: needs one SHELL. See 'swarm completion --help'\n");
  EXPECT_THAT(run({"-h"}), HasSubstr("0 Usage: swarm completion SHELL"));
}

}  // namespace
}  // namespace swarm
