#include "cli/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace swarm {

void PrintTo(const ConfigEntry& entry, std::ostream* out) {
  *out << entry.line << ":" << entry.key << "=" << testing::PrintToString(entry.values);
}

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ConfigFile, HasListsWhoseElementsMayHaveCommas) {
  EXPECT_THAT(*parse_list(" [a, 'b, c', \"d\"] "), ElementsAre("a", "b, c", "d"));
  EXPECT_THAT(*parse_list(R"([{"a": 1, "b": [2, 3]}, {"c": "}, "}])"),
              ElementsAre(R"({"a": 1, "b": [2, 3]})", R"({"c": "}, "})"));
  EXPECT_THAT(*parse_list("[]"), IsEmpty());
  for (const char* text : {"", "[", "a, b", "[a", "a]"}) EXPECT_EQ(parse_list(text), std::nullopt);
}

TEST(ConfFile, ReadsEachWayToSetAValue) {
  const auto entries = parse_conf(
      "users = 5\n"
      "run-time=1m\n"
      "host: http://x:80/#top\n"
      "spawn-rate 2\n"
      "--loglevel = DEBUG\n"
      "logfile =\n"
      "  headless  \n"
      "only-summary=true",
      "f");
  ASSERT_TRUE(entries.ok()) << entries.error().message;
  EXPECT_THAT(
      *entries,
      ElementsAre(ConfigEntry{"users", {"5"}, 1}, ConfigEntry{"run-time", {"1m"}, 2},
                  ConfigEntry{"host", {"http://x:80/#top"}, 3}, ConfigEntry{"spawn-rate", {"2"}, 4},
                  ConfigEntry{"--loglevel", {"DEBUG"}, 5}, ConfigEntry{"logfile", {""}, 6},
                  ConfigEntry{"headless", {"true"}, 7}, ConfigEntry{"only-summary", {"true"}, 8}));
}

TEST(ConfFile, SkipsCommentsSectionsAndRules) {
  const auto entries = parse_conf(
      "# a comment\n"
      "; another\n"
      "[swarm]\n"
      "---\n"
      "\r\n"
      "users = 5  # five\r\n"
      "headless ; alone\n"
      "host = \"http://x # y\" # z\n"
      "json #",
      "f");
  ASSERT_TRUE(entries.ok()) << entries.error().message;
  EXPECT_THAT(
      *entries,
      ElementsAre(ConfigEntry{"users", {"5"}, 6}, ConfigEntry{"headless", {"true"}, 7},
                  ConfigEntry{"host", {"http://x # y"}, 8}, ConfigEntry{"json", {"true"}, 9}));
}

TEST(ConfFile, ReadsLists) {
  const auto entries = parse_conf("a = [x, y z ,'q, r']\nb=[\"one\"]\nc = []\n", "f");
  ASSERT_TRUE(entries.ok()) << entries.error().message;
  EXPECT_THAT(*entries, ElementsAre(ConfigEntry{"a", {"x", "y z", "q, r"}, 1},
                                    ConfigEntry{"b", {"one"}, 2}, ConfigEntry{"c", {}, 3}));
}

TEST(ConfFile, NamesTheLineThatIsNone) {
  EXPECT_EQ(parse_conf("users = 5\n\n= 7\n", "x.conf").error().message,
            "x.conf, line 3: write it as 'option = value', not '= 7'");
  EXPECT_EQ(parse_conf("host = 'a' b", "x.conf").error().message,
            "x.conf, line 1: write it as 'option = value', not 'host = 'a' b'");
}

TEST(ConfFile, MayBeEmpty) { EXPECT_THAT(*parse_conf("", "f"), IsEmpty()); }

TEST(TomlFile, ReadsBothToolsLastOfAllSwarms) {
  const auto entries = parse_toml(
      "[project]\n"
      "name = 'shop'\n"
      "[tool.swarm]\n"
      "users = 7\n"
      "[tool.locust]\n"
      "headless = true\n"
      "spawn-rate = 2.5\n"
      "tags = ['a', 'b']\n"
      "users = 5\n",
      "f");
  ASSERT_TRUE(entries.ok()) << entries.error().message;
  EXPECT_THAT(*entries,
              ElementsAre(ConfigEntry{"headless", {"true"}, 6},
                          ConfigEntry{"spawn-rate", {"2.5"}, 7}, ConfigEntry{"tags", {"a", "b"}, 8},
                          ConfigEntry{"users", {"5"}, 9}, ConfigEntry{"users", {"7"}, 4}));
}

TEST(TomlFile, OfSomebodyElseIsEmpty) {
  EXPECT_THAT(*parse_toml("[tool.black]\nline-length = 100\n", "f"), IsEmpty());
}

TEST(TomlFile, NamesFileAndLineOfWhatIsWrong) {
  const auto broken = parse_toml("[tool.swarm]\nusers = = 5\n", "pyproject.toml");
  ASSERT_FALSE(broken.ok());
  EXPECT_TRUE(broken.error().message.starts_with("pyproject.toml, line 2: "))
      << broken.error().message;

  EXPECT_EQ(parse_toml("[tool.swarm]\n[tool.swarm.users]\nn = 5\n", "p.toml").error().message,
            "p.toml, line 2: 'users' needs a string, a number, true, false or a list of them");
  EXPECT_FALSE(parse_toml("[tool.swarm]\nusers = [[1]]\n", "p.toml").ok());
}

}  // namespace
}  // namespace swarm
