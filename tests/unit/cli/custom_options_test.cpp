#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/options.h"
#include "tests/support/fake_surroundings.h"

namespace swarm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Words = std::vector<std::string>;
using World = test::FakeSurroundings;

const std::vector<CustomOption>& added() {
  static const std::vector<CustomOption> options{
      {.names = {"-x", "--region"},
       .metavar = "REGION",
       .variable = "SHOP_REGION",
       .help = "Where to buy"},
      {.names = {"--sizes"}, .takes = Takes::Some, .metavar = "N", .variable = "SIZES"},
      {.names = {"--point"}, .takes = {2, 2}, .metavar = "X Y"},
      {.names = {"--log"}, .takes = Takes::Optional, .metavar = "FILE"},
      {.names = {"--add"}, .repeats = true, .metavar = "ITEM", .variable = "ITEMS"},
      {.names = {"--loud"}, .takes = Takes::Nothing, .variable = "LOUD"},
      {.names = {"--cache", "--no-cache"}, .takes = Takes::Nothing, .variable = "CACHE"},
      {.names = {"-d", "--debug"}, .takes = Takes::Nothing, .repeats = true, .variable = "DEBUG"},
      {.names = {"--secret"}, .metavar = "S", .group = "Shop", .help = "Not shown", .hidden = true},
      {.names = {"--basket"}, .metavar = "N", .group = "Shop", .help = "How much to buy"},
  };
  return options;
}

std::variant<Options, EarlyExit> parse(Words arguments, const World& world = {},
                                       const std::vector<CustomOption>& options = added()) {
  arguments.insert(arguments.begin(), "--headless");
  return parse_options(arguments, world.get(), options);
}

// What argparse is to read; a refusal fails the test.
Words custom(const Words& arguments, const World& world = {}) {
  const auto parsed = parse(arguments, world);
  if (const auto* early = std::get_if<EarlyExit>(&parsed)) return {early->text};
  return std::get<Options>(parsed).custom_arguments;
}

TEST(CustomOptions, AreHandedOverAsTheyWereTyped) {
  EXPECT_THAT(custom({}), IsEmpty());
  EXPECT_THAT(custom({"--region", "eu", "-u", "5"}), ElementsAre("--region=eu"));
  EXPECT_THAT(custom({"-xeu"}), ElementsAre("-x=eu"));
  EXPECT_THAT(custom({"--reg=-eu"}), ElementsAre("--region=-eu"));
  EXPECT_THAT(custom({"--region="}), ElementsAre("--region="));
  EXPECT_THAT(custom({"--sizes", "1", "2"}), ElementsAre("--sizes", "1", "2"));
  EXPECT_THAT(custom({"--sizes", "-1"}), ElementsAre("--sizes=-1"));
  EXPECT_THAT(custom({"--point", "1", "2", "Buyer"}), ElementsAre("--point", "1", "2"));
  EXPECT_THAT(custom({"--log"}), ElementsAre("--log"));
  EXPECT_THAT(custom({"--log", "a"}), ElementsAre("--log=a"));
  EXPECT_THAT(custom({"--loud", "--no-cache"}), ElementsAre("--loud", "--no-cache"));
}

TEST(CustomOptions, LeaveTheProgramsOwnAlone) {
  const auto parsed = parse({"--region", "eu", "-u", "5", "Buyer"});
  ASSERT_TRUE(std::holds_alternative<Options>(parsed));
  EXPECT_EQ(std::get<Options>(parsed).users, 5u);
  EXPECT_THAT(std::get<Options>(parsed).user_classes, ElementsAre("Buyer"));
}

TEST(CustomOptions, CountTheLastTimeOrEachTime) {
  EXPECT_THAT(custom({"--region", "eu", "-x", "us"}), ElementsAre("-x=us"));
  EXPECT_THAT(custom({"--add", "a", "--region", "eu", "--add=b"}),
              ElementsAre("--add=a", "--region=eu", "--add=b"));
  EXPECT_THAT(custom({"-dd", "--debug"}), ElementsAre("-d", "-d", "--debug"));
  EXPECT_THAT(custom({"--cache", "--no-cache"}), ElementsAre("--no-cache"));
}

TEST(CustomOptions, ComeFromTheEnvironmentByTheirOwnNames) {
  World world;
  world.variables = {{"SHOP_REGION", "eu west"}, {"SIZES", "[1, 2]"},
                     {"ITEMS", "[a, b]"},        {"LOUD", "on"},
                     {"CACHE", "false"},         {"DEBUG", "2"},
                     {"SWARM_SHOP_REGION", "x"}, {"LOCUST_LOUD", "false"}};
  EXPECT_THAT(custom({}, world),
              ElementsAre("--region=eu west", "--sizes", "1", "2", "--add=a", "--add=b", "--loud",
                          "--no-cache", "--debug", "--debug"));
  world.variables = {{"SIZES", "1 2"}, {"ITEMS", "a b"}, {"LOUD", "no"}};
  EXPECT_THAT(custom({}, world), ElementsAre("--sizes=1 2", "--add=a b"));
}

TEST(CustomOptions, ComeFromFiles) {
  World world;
  world.files["locust.conf"] = "region = eu\nsizes = [1, 2]\nadd = [a, b]\nloud\nno-cache = true";
  EXPECT_THAT(custom({}, world), ElementsAre("--region=eu", "--sizes", "1", "2", "--add=a",
                                             "--add=b", "--loud", "--no-cache"));
  world.variables["SHOP_REGION"] = "us";
  world.files["locust.conf"] = "region = eu\nadd = a";
  EXPECT_THAT(custom({"--add", "b"}, world), ElementsAre("--region=us", "--add=b"));
}

TEST(CustomOptions, StandInTheOrderInWhichTheyCount) {
  World world;
  world.files["locust.conf"] = "loud";
  world.variables["SHOP_REGION"] = "us";
  EXPECT_THAT(custom({"--log"}, world), ElementsAre("--loud", "--region=us", "--log"));
}

TEST(CustomOptions, AreRefusedWhereNoArgparseCouldReadThem) {
  World world;
  world.variables["LOUD"] = "maybe";
  EXPECT_THAT(custom({}, world),
              ElementsAre("swarm: error: argument --loud: 'maybe' is neither true nor false (from "
                          "LOUD)\n"));
  EXPECT_THAT(custom({"--region"}),
              ElementsAre("swarm: error: argument -x/--region: expected one argument: --region "
                          "REGION\n"));
  EXPECT_THAT(custom({"--regoin", "eu"}),
              ElementsAre("swarm: error: unrecognized arguments: '--regoin'. Did you mean "
                          "'--region'?\n"));
  world.variables.clear();
  world.files["locust.conf"] = "region = [a, b]";
  EXPECT_THAT(custom({}, world).front(), HasSubstr("'region' takes one value, not a list"));
}

TEST(CustomOptions, WithoutDashesAreRefused) {
  const auto parsed = parse({}, {}, {{.names = {"basket"}}});
  ASSERT_TRUE(std::holds_alternative<EarlyExit>(parsed));
  EXPECT_THAT(std::get<EarlyExit>(parsed).text,
              HasSubstr("the scenario adds the positional argument 'basket'; add it as an option "
                        "instead, --basket"));
}

// The file was written for Locust, which has no such options.
TEST(CustomOptions, MayHaveNamesThatOnlySwarmHas) {
  const std::vector<CustomOption> taken{
      {.names = {"-n", "--insecure"}, .metavar = "N"},
      {.names = {"--clients"}, .metavar = "N"},
  };
  const auto parsed =
      parse({"--insecure", "3", "--clients", "4", "--num-requests", "9", "-c", "2"}, {}, taken);
  ASSERT_TRUE(std::holds_alternative<Options>(parsed)) << std::get<EarlyExit>(parsed).text;
  const auto& options = std::get<Options>(parsed);
  EXPECT_THAT(options.custom_arguments, ElementsAre("--insecure=3", "--clients=4"));
  EXPECT_FALSE(options.insecure);
  EXPECT_EQ(options.num_requests, 9u);
  EXPECT_EQ(options.users, 2u);
}

TEST(CustomOptions, StandInTheHelp) {
  const auto parsed = parse({"--help"});
  ASSERT_TRUE(std::holds_alternative<EarlyExit>(parsed));
  const std::string& text = std::get<EarlyExit>(parsed).text;
  const auto common = text.find("Common options:");
  const auto region = text.find("  -x, --region REGION         Where to buy\n");
  const auto connection = text.find("Connection options:");
  const auto shop = text.find("\nShop:\n      --basket N              How much to buy\n");
  EXPECT_LT(common, region);
  EXPECT_LT(region, connection);
  EXPECT_LT(connection, shop);
  EXPECT_LT(shop, text.find("User classes:"));
  EXPECT_THAT(text, Not(HasSubstr("--secret")));
}

// Of the first pass: it sees the command line before anybody knows the scenario's options.

EarlyOptions early(const Words& arguments, const World& world = {}) {
  const auto read = early_options(arguments, world.get());
  if (const auto* last_words = std::get_if<EarlyExit>(&read)) {
    ADD_FAILURE() << last_words->text;
    return {};
  }
  return std::get<EarlyOptions>(read);
}

TEST(EarlyOptions, AreFoundAmongUnknownOnes) {
  const EarlyOptions read = early({"--region", "eu", "-f", "a.py, b.py", "-u", "none", "-q",
                                   "--locustfile=c.py", "--python", "python3.12", "-c"});
  EXPECT_THAT(read.locustfiles, ElementsAre("a.py", "b.py", "c.py"));
  EXPECT_EQ(read.python, "python3.12");
  EXPECT_FALSE(read.help);
  EXPECT_THAT(early({"-u", "5", "-c", "10"}).locustfiles, IsEmpty());
}

TEST(EarlyOptions, ComeFromAllSources) {
  World world;
  world.files["locust.conf"] = "region = eu\nlocustfile = [a.py, b.py]\nweb-port = 80";
  world.files["my.conf"] = "users = none\npython = /my/python";
  EXPECT_THAT(early({}, world).locustfiles, ElementsAre("a.py", "b.py"));
  EXPECT_EQ(early({"--config", "my.conf"}, world).python, "/my/python");
  world.variables = {{"LOCUST_LOCUSTFILE", "c.py"}, {"SWARM_PYTHON", "/its/python"}};
  EXPECT_THAT(early({}, world).locustfiles, ElementsAre("c.py"));
  EXPECT_EQ(early({"--config", "my.conf"}, world).python, "/its/python");
  world.variables["SWARM_LOCUSTFILE"] = "d.py,e.py";
  EXPECT_THAT(early({}, world).locustfiles, ElementsAre("d.py", "e.py"));
  EXPECT_THAT(early({"-f", "f.py"}, world).locustfiles, ElementsAre("f.py"));
}

TEST(EarlyOptions, ThatAreWrongAreRefused) {
  World world;
  world.unreadable = {"my.conf"};
  const struct {
    Words arguments;
    const char* why;
  } cases[] = {
      {{"-f"}, "swarm: error: argument -f/--locustfile: expected one argument: -f FILE\n"},
      {{"-f", ","}, "swarm: error: argument -f/--locustfile: names no file\n"},
      {{"--config", "no.conf"}, "swarm: error: argument --config: there is no file 'no.conf'\n"},
      {{"--config", "my.conf"}, "swarm: error: cannot read my.conf: Permission denied\n"},
  };
  for (const auto& [arguments, why] : cases) {
    const auto read = early_options(arguments, world.get());
    ASSERT_TRUE(std::holds_alternative<EarlyExit>(read));
    EXPECT_EQ(std::get<EarlyExit>(read), (EarlyExit{2, why}));
  }
}

TEST(EarlyOptions, AnswerForTheVersionButNotForHelp) {
  World world;
  world.files["locust.conf"] = "= nonsense";
  for (const char* name : {"-V", "--version", "--help-markdown"}) {
    const auto read = early_options(Words{name, "--unknown"}, world.get());
    ASSERT_TRUE(std::holds_alternative<EarlyExit>(read));
    EXPECT_EQ(std::get<EarlyExit>(read).code, 0);
  }
  world.variables["SWARM_LOCUSTFILE"] = "a.py";
  EXPECT_TRUE(early({"--help"}, world).help);
  EXPECT_THAT(early({"--help"}, world).locustfiles, IsEmpty());
  EXPECT_THAT(early({"-h", "-f", "b.py"}, world).locustfiles, ElementsAre("b.py"));
}

}  // namespace
}  // namespace swarm
