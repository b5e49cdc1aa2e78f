#include "cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace swarm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The scanner takes any table: one with each kind of row.
const OptionTable& small_table() {
  static const OptionTable table{
      {.names = {"-u", "--users"},
       .old_names = {"-c", "--clients"},
       .takes = Takes::One,
       .metavar = "N"},
      {.names = {"-v", "--verbose"}},
      {.names = {"-q", "--quiet"}},
      {.names = {"-T", "--tags"}, .takes = Takes::Many},
      {.names = {"--tags-file"}, .takes = Takes::One, .metavar = "FILE"},
      {.names = {"--number"}, .old_names = {"--numbers"}, .takes = Takes::One, .metavar = "N"},
      {.names = {"Name"}, .takes = Takes::Many},
  };
  return table;
}

using Words = std::vector<std::string>;

// "name=value,value" of each setting.
Words scan(const Words& arguments, const OptionTable& table = small_table(),
           Pass pass = Pass::Full) {
  const auto settings = scan_arguments(arguments, table, pass);
  if (!settings) return {"error: " + settings.error().message};
  Words result;
  for (const Setting& setting : *settings) {
    std::string text = setting.name + "=";
    for (const std::string& value : setting.values) text += value + ",";
    result.push_back(text);
  }
  return result;
}

TEST(Arguments, GiveValuesInEachForm) {
  EXPECT_THAT(scan({"-u", "5"}), ElementsAre("-u=5,"));
  EXPECT_THAT(scan({"-u5"}), ElementsAre("-u=5,"));
  EXPECT_THAT(scan({"-u=5"}), ElementsAre("-u=5,"));
  EXPECT_THAT(scan({"--users", "5"}), ElementsAre("--users=5,"));
  EXPECT_THAT(scan({"--users=5"}), ElementsAre("--users=5,"));
  EXPECT_THAT(scan({"--users="}), ElementsAre("--users=,"));
  EXPECT_THAT(scan({"--users=a=b"}), ElementsAre("--users=a=b,"));
  EXPECT_THAT(scan({"--users=-v"}), ElementsAre("--users=-v,"));
  EXPECT_THAT(scan({"-u="}), ElementsAre("-u=,"));
  EXPECT_THAT(scan({"-u", "=5"}), ElementsAre("-u==5,"));
  EXPECT_THAT(scan({"-u", ""}), ElementsAre("-u=,"));
  EXPECT_THAT(scan({"--clients", "5", "-u", "6"}), ElementsAre("--clients=5,", "-u=6,"));
  EXPECT_THAT(scan({}), IsEmpty());
}

TEST(Arguments, MayBeSwitchesInOneWord) {
  EXPECT_THAT(scan({"-v"}), ElementsAre("-v=true,"));
  EXPECT_THAT(scan({"-vq"}), ElementsAre("-v=true,", "-q=true,"));
  EXPECT_THAT(scan({"-vu5"}), ElementsAre("-v=true,", "-u=5,"));
  EXPECT_THAT(scan({"-vu", "5"}), ElementsAre("-v=true,", "-u=5,"));
}

TEST(Arguments, MayBeBeginningsOfNames) {
  EXPECT_THAT(scan({"--verb"}), ElementsAre("--verbose=true,"));
  EXPECT_THAT(scan({"--user=5"}), ElementsAre("--users=5,"));
  EXPECT_THAT(scan({"--cl", "5"}), ElementsAre("--clients=5,"));
  EXPECT_THAT(scan({"--num", "5"}), ElementsAre("--number=5,"));  // both names are one option's
  EXPECT_THAT(scan({"--tags", "a"}), ElementsAre("--tags=a,"));   // exact, though also a beginning
  EXPECT_THAT(scan({"--tags-", "a"}), ElementsAre("--tags-file=a,"));
  EXPECT_THAT(
      scan({"--tag", "a"}),
      ElementsAre("error: ambiguous option: --tag could match --tags, --tags-file; write it out"));
}

TEST(Arguments, KeepTheOrderInWhichTheyAreGiven) {
  EXPECT_THAT(scan({"-u", "1", "-v", "--users=2", "-T", "a", "-u3", "-T", "b"}),
              ElementsAre("-u=1,", "-v=true,", "--users=2,", "-T=a,", "-u=3,", "-T=b,"));
}

TEST(Arguments, ThatLookLikeNumbersAreValues) {
  EXPECT_THAT(scan({"-u", "-5"}), ElementsAre("-u=-5,"));
  EXPECT_THAT(scan({"-u", "-.5"}), ElementsAre("-u=-.5,"));
  EXPECT_THAT(scan({"-u", "-"}), ElementsAre("-u=-,"));
  EXPECT_THAT(scan({"-u", "-a b"}), ElementsAre("-u=-a b,"));
  EXPECT_THAT(scan({"-u", "--a b"}), ElementsAre("-u=--a b,"));
  EXPECT_THAT(scan({"-T", "-.5", "-a b", "-"}), ElementsAre("-T=-.5,-a b,-,"));
  EXPECT_THAT(scan({"-v", "-.5", "-a b"}), ElementsAre("-v=true,", "Name=-.5,-a b,"));
}

TEST(Arguments, MayHaveValuesWithBlanks) {
  EXPECT_THAT(scan({"--users=a b"}), ElementsAre("--users=a b,"));
  EXPECT_THAT(scan({"-ua b", "-u 5"}), ElementsAre("-u=a b,", "-u= 5,"));
}

TEST(Arguments, ThatAreBracketsAreValues) {
  EXPECT_THAT(scan({"-u{}", "--users={}", "-u", "{}"}),
              ElementsAre("-u={},", "--users={},", "-u={},"));
  EXPECT_THAT(scan({"-T[a,b]", "-T", "[a,b]", "{}"}), ElementsAre("-T=[a,b],", "-T=[a,b],{},"));
  EXPECT_THAT(scan({"[a,b]", "{}"}), ElementsAre("Name=[a,b],{},"));
}

TEST(Arguments, CollectManyValues) {
  EXPECT_THAT(scan({"-T", "a", "b", "-v"}), ElementsAre("-T=a,b,", "-v=true,"));
  EXPECT_THAT(scan({"-T"}), ElementsAre("-T="));
  EXPECT_THAT(scan({"--tags=a", "b"}), ElementsAre("--tags=a,", "Name=b,"));
  EXPECT_THAT(scan({"-Ta", "b", "-v"}), ElementsAre("-T=a,", "-v=true,", "Name=b,"));
  EXPECT_THAT(scan({"-vT", "a", "b"}), ElementsAre("-v=true,", "-T=a,b,"));
  EXPECT_THAT(scan({"-T", "a", "--", "-v"}), ElementsAre("-T=a,", "Name=-v,"));
  EXPECT_THAT(scan({"--tags=a", "--", "-v"}), ElementsAre("--tags=a,", "Name=-v,"));
}

TEST(Arguments, WithoutDashesArePositionalWhereverTheyStand) {
  EXPECT_THAT(scan({"A", "-u", "5", "B"}), ElementsAre("-u=5,", "Name=A,B,"));
  EXPECT_THAT(scan({"-v", "--", "-u", "--", "B"}), ElementsAre("-v=true,", "Name=-u,--,B,"));
}

TEST(Arguments, ThatAreWrongSayWhatToDo) {
  const struct {
    Words arguments;
    const char* why;
  } cases[] = {
      {{"-u"}, "argument -u/--users: expected one argument: -u N"},
      {{"--users"}, "argument -u/--users: expected one argument: --users N"},
      {{"-u", "--verbose"}, "argument -u/--users: expected one argument: -u N"},
      {{"-u", "--"}, "argument -u/--users: expected one argument: -u N"},
      {{"--verbose=yes"}, "argument -v/--verbose: takes no value, leave 'yes' out"},
      {{"--verbose="}, "argument -v/--verbose: takes no value, leave '' out"},
      {{"--verbsoe"}, "unrecognized arguments: '--verbsoe'. Did you mean '--verbose'?"},
      {{"--teapot=1"}, "unrecognized arguments: '--teapot'. See 'swarm --help'"},
      {{"-x"}, "unrecognized arguments: '-x'. See 'swarm --help'"},
      {{"-vx"}, "unrecognized arguments: '-vx'. See 'swarm --help'"},
      {{"-verbose"}, "unrecognized arguments: '-verbose'. Did you mean '--verbose'?"},
      {{"--=5"}, "ambiguous option"},
  };
  for (const auto& [arguments, why] : cases) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    const Words scanned = scan(arguments);
    ASSERT_EQ(scanned.size(), 1u);
    EXPECT_TRUE(scanned.front().starts_with(std::string{"error: "} + why)) << scanned.front();
  }
}

TEST(Arguments, WithoutDashesAreRefusedByATableWithoutARowForThem) {
  const OptionTable table{{.names = {"-v", "--verbose"}}};
  for (const Words& arguments : {Words{"-v", "A", "B"}, Words{"--", "A"}}) {
    const auto settings = scan_arguments(arguments, table);
    ASSERT_FALSE(settings.ok());
    EXPECT_EQ(settings.error().message, "unrecognized arguments: 'A'. See 'swarm --help'");
  }
}

// What a scenario may add.
const OptionTable& varied_table() {
  static const OptionTable table{
      {.names = {"-region", "--region"}, .takes = Takes::One, .metavar = "NAME"},
      {.names = {"--log"}, .takes = Takes::Optional, .metavar = "FILE"},
      {.names = {"--point"}, .takes = {2, 2}, .metavar = "X Y"},
      {.names = {"--sizes"}, .takes = Takes::Some, .metavar = "N"},
      {.names = {"--with:colon.and-dot"}, .takes = Takes::One},
      {.names = {"-r"}},
      {.names = {"Name"}, .takes = Takes::Many},
  };
  return table;
}

TEST(Arguments, TakeAsManyValuesAsTheirRowSays) {
  const auto scan_varied = [](const Words& arguments) { return scan(arguments, varied_table()); };
  EXPECT_THAT(scan_varied({"--log", "--log", "a", "b"}),
              ElementsAre("--log=", "--log=a,", "Name=b,"));
  EXPECT_THAT(scan_varied({"--point", "1", "-2", "b"}), ElementsAre("--point=1,-2,", "Name=b,"));
  EXPECT_THAT(scan_varied({"--sizes", "1", "2", "-r"}), ElementsAre("--sizes=1,2,", "-r=true,"));
  EXPECT_THAT(scan_varied({"--point", "1"}),
              ElementsAre("error: argument --point: expected 2 arguments: --point X Y"));
  EXPECT_THAT(scan_varied({"--point=1", "2"}),
              ElementsAre("error: argument --point: expected 2 arguments: --point X Y"));
  EXPECT_THAT(scan_varied({"--sizes", "-r"}),
              ElementsAre("error: argument --sizes: expected at least one argument: --sizes N"));
}

TEST(Arguments, HaveNamesOfAnyForm) {
  const auto scan_varied = [](const Words& arguments) { return scan(arguments, varied_table()); };
  EXPECT_THAT(scan_varied({"-region", "eu", "-region=us"}),
              ElementsAre("-region=eu,", "-region=us,"));
  EXPECT_THAT(scan_varied({"-r"}), ElementsAre("-r=true,"));
  EXPECT_THAT(scan_varied({"--with:colon.and-dot=5"}), ElementsAre("--with:colon.and-dot=5,"));
}

TEST(Arguments, OfTheFirstPassMayBeUnknown) {
  const OptionTable table{
      {.names = {"-f", "--file"}, .takes = Takes::One, .metavar = "FILE", .early = true},
      {.names = {"-u", "--users"}, .takes = Takes::One, .metavar = "N"},
      {.names = {"-v", "--verbose"}},
      {.names = {"Name"}, .takes = Takes::Many},
  };
  const auto scan_early = [&table](const Words& arguments) {
    return scan(arguments, table, Pass::Early);
  };
  EXPECT_THAT(scan_early({"--teapot", "5", "-x", "-f", "a", "--verbose=yes", "-vx", "-u", "3"}),
              ElementsAre("-f=a,", "--verbose=true,", "-u=3,", "Name=5,"));
  EXPECT_THAT(scan_early({"-vf", "a", "-u"}), ElementsAre("-v=true,", "-f=a,", "-u="));
  EXPECT_THAT(scan_early({"-f"}),
              ElementsAre("error: argument -f/--file: expected one argument: -f FILE"));
}

}  // namespace
}  // namespace swarm
