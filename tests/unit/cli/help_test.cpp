#include "cli/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "cli/option_table.h"
#include "tests/support/folders.h"

namespace swarm {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Help, FitsIntoEightyColumns) {
  std::istringstream lines{help_text(option_table())};
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80u) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST(Help, UsesAWideTerminalUpToALimit) {
  const auto longest = [](const std::string& text) {
    std::istringstream lines{text};
    std::size_t most = 0;
    for (std::string line; std::getline(lines, line);) most = std::max(most, line.size());
    return most;
  };
  EXPECT_GT(longest(help_text(option_table(), 100)), 90u);
  EXPECT_LE(longest(help_text(option_table(), 100)), 100u);
  EXPECT_EQ(help_text(option_table(), 500), help_text(option_table(), kMostHelpColumns));
  EXPECT_EQ(help_text(option_table(), 20), help_text(option_table()));
}

TEST(Help, AlignsAndWraps) {
  const OptionTable table{
      {.names = {"-u", "--users"},
       .takes = Takes::One,
       .metavar = "N",
       .group = "Some options",
       .help = "How many"},
      {.names = {"--a-name-that-is-rather-long"},
       .takes = Takes::One,
       .metavar = "FILE",
       .group = "Some options",
       .help = "Read this"},
      {.names = {"--hidden"}},
      {.names = {"--brief"}, .group = "Some options"},
      {.names = {"--wordy"},
       .group = "Other options",
       .help = "This sentence is so long  that it does\nnot fit into the eighty columns of a line"},
  };
  EXPECT_THAT(
      help_text(table),
      HasSubstr("\n"
                "Some options:\n"
                "  -u, --users N               How many\n"
                "      --a-name-that-is-rather-long FILE\n"
                "                              Read this\n"
                "      --brief\n"
                "\n"
                "Other options:\n"
                "      --wordy                 This sentence is so long that it does not fit\n"
                "                              into the eighty columns of a line\n"));
}

TEST(Help, ShowsWhatThisVersionCanDoAndNoMore) {
  const std::string text = help_text(option_table());
  for (const OptionSpec& option : option_table()) {
    if (option.hidden()) continue;
    EXPECT_TRUE(option.refused.empty()) << option.display_name();
    EXPECT_THAT(text, HasSubstr(std::string{option.names.back()}));
    EXPECT_THAT(text, HasSubstr(std::string{option.help.substr(0, 20)}));
  }
  EXPECT_THAT(text, Not(HasSubstr("--otel")));
}

TEST(OptionTable, HasEachNameAndVariableOnce) {
  std::set<std::string_view> names;
  std::set<std::string_view> variables;
  for (const OptionSpec& option : option_table()) {
    for (const auto* list : {&option.names, &option.old_names}) {
      for (const std::string_view name : *list) EXPECT_TRUE(names.insert(name).second) << name;
    }
    if (!option.variable.empty()) {
      EXPECT_TRUE(variables.insert(option.variable).second) << option.variable;
    }
    if (option.refused.empty()) {
      EXPECT_EQ(option.takes == Takes::Nothing, option.metavar.empty()) << option.display_name();
    }
  }
}

// Write it anew with: swarm --help-markdown > docs/options.md
TEST(OptionTable, IsWhatTheDocumentationSays) {
  std::ifstream file{test::source_folder() / "docs/options.md"};
  ASSERT_TRUE(file.is_open()) << "docs/options.md is missing";
  const std::string written{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_EQ(written, help_markdown(option_table()));
}

}  // namespace
}  // namespace swarm
