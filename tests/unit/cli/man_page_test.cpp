#include "cli/man_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/commands.h"
#include "cli/option_table.h"

namespace swarm {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ManPage, ShowsAnOptionWithItsVariableAndOldNames) {
  const OptionTable table{{.names = {"-u", "--spawn-users"},
                           .old_names = {"--clients"},
                           .takes = Takes::One,
                           .metavar = "N",
                           .variable = "USERS",
                           .group = "Some options",
                           .help = "How many"},
                          {.names = {"--hidden"}}};
  const std::string page = man_page(table);
  EXPECT_THAT(page, HasSubstr(".SS Some options\n"
                              ".TP\n"
                              "\\fB\\-u\\fR, \\fB\\-\\-spawn\\-users\\fR \\fIN\\fR\n"
                              "How many.\n"
                              ".br\n"
                              "Variable: \\fBSWARM_USERS\\fR.\n"
                              "Old name: \\fB\\-\\-clients\\fR.\n"));
  EXPECT_THAT(page, Not(HasSubstr("hidden")));
}

TEST(ManPage, NamesAllCommandsAndExamples) {
  const std::string page = man_page(option_table());
  for (const Command& each : kCommands) {
    EXPECT_THAT(page, HasSubstr("\\fBswarm " + std::string{each.name}));
  }
  EXPECT_THAT(page, HasSubstr("swarm \\-\\-worker \\-\\-master\\-host 10.0.0.5\n"));
}

TEST(ManPage, TakesNoTextForARequest) {
  const OptionTable table{{.names = {"--a"}, .group = "G", .help = ".py files, or 'all' \\ more"},
                          {.names = {"--b"}, .group = "G", .help = "'all'"}};
  const std::string page = man_page(table);
  EXPECT_THAT(page, HasSubstr("\n\\&.py files, or 'all' \\e more.\n"));
  EXPECT_THAT(page, HasSubstr("\n\\&'all'.\n"));
}

}  // namespace
}  // namespace swarm
