#include "cli/scenario_main.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/front_end.h"
#include "tests/support/fake_surroundings.h"

namespace swarm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Words = std::vector<std::string>;
using Read = std::variant<Options, EarlyExit>;

// A front-end that notes what it is asked, with a shop.py to be asked about.
class ScenarioMain : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/scenario_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = std::filesystem::canonical(pattern);
    world_.folder = folder_;
    std::ofstream{folder_ / "shop.py"} << "x";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  FrontEnd front_end() {
    FrontEnd front_end;
    front_end.open =
        [this](const Words& files,
               const EarlyOptions& early) -> std::variant<std::vector<CustomOption>, EarlyExit> {
      opened_ = files;
      python_ = early.python;
      if (broken_) return EarlyExit{3, "no syntax\n"};
      return std::vector<CustomOption>{{.names = {"--region"}, .metavar = "REGION"}};
    };
    front_end.check = [](const Options& options) -> std::optional<EarlyExit> {
      if (options.custom_arguments != Words{"--region=mars"}) return std::nullopt;
      return EarlyExit{2, "not there\n"};
    };
    return front_end;
  }
  // A master with a scenario, if it has one.
  MasterContact master() {
    return {.fetch = [this](const EarlyOptions& options) -> Result<ScenarioFolder> {
              asked_ = options.master_host;
              if (!has_scenario_) return Error{"there is none"};
              return ScenarioFolder{"/tmp/s", {"/tmp/s/a.py", "/tmp/s/b.py"}};
            },
            .tell_failed = [this](const EarlyOptions&,
                                  const std::string& reason) { told_.push_back(reason); }};
  }
  Read read(const Words& arguments) {
    return read_options(arguments, front_end(), world_.get(), master());
  }

  std::filesystem::path folder_;
  test::FakeSurroundings world_;
  bool broken_ = false;
  bool has_scenario_ = true;
  std::string asked_;  // the master's host, once it was asked for its scenario
  Words told_;
  Words opened_;
  std::string python_;
};

TEST_F(ScenarioMain, OpensTheFilesAndReadsTheirOptions) {
  const Read options = read({"-f", "shop", "--headless", "--region", "eu", "--python", "py"});
  const std::string shop = (folder_ / "shop.py").string();
  EXPECT_THAT(opened_, ElementsAre(shop));
  EXPECT_EQ(python_, "py");
  ASSERT_TRUE(std::holds_alternative<Options>(options)) << std::get<EarlyExit>(options).text;
  EXPECT_EQ(std::get<Options>(options).locustfile, "shop");
  EXPECT_THAT(std::get<Options>(options).locustfiles, ElementsAre(shop));
  EXPECT_THAT(std::get<Options>(options).custom_arguments, ElementsAre("--region=eu"));
}

TEST_F(ScenarioMain, EndsWithTheLastWordsOfWhoeverRefuses) {
  EXPECT_EQ(std::get<EarlyExit>(read({"-f", "shop.py", "--headless", "--region", "mars"})),
            (EarlyExit{2, "not there\n"}));
  EXPECT_EQ(
      std::get<EarlyExit>(read({"-f", "shop.py", "--headless", "--teapot"})),
      (EarlyExit{2, "swarm: error: unrecognized arguments: '--teapot'. See 'swarm --help'\n"}));
  broken_ = true;
  EXPECT_EQ(std::get<EarlyExit>(read({"-f", "shop.py", "--teapot"})),
            (EarlyExit{3, "no syntax\n"}));
}

TEST_F(ScenarioMain, OpensNothingThatItCannotFind) {
  const Read missing = read({"-f", "other.py", "--headless"});
  EXPECT_EQ(std::get<EarlyExit>(missing).code, 1);
  EXPECT_THAT(std::get<EarlyExit>(missing).text, HasSubstr("Could not find 'other.py'"));
  EXPECT_THAT(opened_, IsEmpty());
}

TEST_F(ScenarioMain, OpensNothingToPrintWhatItKnows) {
  std::ofstream{folder_ / "locustfile.py"} << "x";
  for (const char* name : {"--help", "--version", "--help-markdown"}) {
    EXPECT_EQ(std::get<EarlyExit>(read({name})).code, 0);
  }
  EXPECT_EQ(std::get<EarlyExit>(read({"--version", "-f", "shop.py"})).code, 0);
  EXPECT_THAT(opened_, IsEmpty());
}

TEST_F(ScenarioMain, OpensAFileForTheHelpOfItsOptions) {
  const Read help = read({"--help", "-f", "shop.py"});
  EXPECT_EQ(std::get<EarlyExit>(help).code, 0);
  EXPECT_THAT(std::get<EarlyExit>(help).text, HasSubstr("--region REGION"));
}

TEST_F(ScenarioMain, HasTheMasterSendWhatAWorkerDoesNotName) {
  for (const Words& words :
       {Words{"--worker", "--master-host=far"}, Words{"--worker", "-f", "-"}}) {
    const Read options = read(words);
    EXPECT_THAT(opened_, ElementsAre("/tmp/s/a.py", "/tmp/s/b.py"));
    ASSERT_TRUE(std::holds_alternative<Options>(options)) << std::get<EarlyExit>(options).text;
    EXPECT_EQ(std::get<Options>(options).locustfiles, opened_);
    EXPECT_EQ(std::get<Options>(options).locustfile, "/tmp/s/a.py,/tmp/s/b.py");
    opened_.clear();
  }
  EXPECT_EQ(asked_, "127.0.0.1");
}

TEST_F(ScenarioMain, AsksNoMasterForWhatIsNamed) {
  read({"--worker", "-f", "shop.py"});
  world_.variables["LOCUST_LOCUSTFILE"] = "shop.py";
  read({"--worker"});
  read({"--master"});
  read({"--headless"});
  EXPECT_EQ(asked_, "");
  EXPECT_THAT(opened_, ElementsAre((folder_ / "shop.py").string()));
}

TEST_F(ScenarioMain, AsksNoMasterForHelp) {
  for (const Words& words : {Words{"--worker", "--help"}, Words{"--worker", "-f", "-", "--help"}}) {
    EXPECT_EQ(std::get<EarlyExit>(read(words)).code, 0);
  }
  EXPECT_EQ(asked_, "");
}

TEST_F(ScenarioMain, EndsIfTheMasterHasNothingToSend) {
  has_scenario_ = false;
  EXPECT_EQ(std::get<EarlyExit>(read({"--worker"})),
            (EarlyExit{1, "swarm: error: there is none\n"}));
  EXPECT_THAT(opened_, IsEmpty());
}

TEST_F(ScenarioMain, TellsTheMasterWhatKeepsAWorkerFromLoading) {
  broken_ = true;
  EXPECT_EQ(std::get<EarlyExit>(read({"--worker"})), (EarlyExit{3, "no syntax\n"}));
  EXPECT_THAT(told_, ElementsAre("no syntax\n"));
  EXPECT_EQ(std::get<EarlyExit>(read({"--worker", "-f", "shop.py"})).code, 3);
  EXPECT_EQ(told_.size(), 2U);
  for (const Words& words :
       {Words{"-f", "shop.py", "--headless"}, Words{"-f", "shop.py", "--master"},
        Words{"-f", "shop.py", "--worker", "--help"}}) {
    EXPECT_EQ(std::get<EarlyExit>(read(words)).code, 3);
  }
  EXPECT_EQ(told_.size(), 2U);
}

TEST_F(ScenarioMain, RefusesABadTokenBeforeAnythingElse) {
  world_.variables["SWARM_JOIN_TOKEN"] = "abc";
  for (const Words& words : {Words{"--worker"}, Words{"--master", "-f", "shop.py"},
                             Words{"--processes", "2", "--headless", "-f", "shop.py"}}) {
    const Read refused = read(words);
    EXPECT_EQ(std::get<EarlyExit>(refused).code, 2);
    EXPECT_THAT(std::get<EarlyExit>(refused).text, HasSubstr("SWARM_JOIN_TOKEN: "));
  }
  EXPECT_THAT(opened_, IsEmpty());
  EXPECT_EQ(asked_, "");
  EXPECT_TRUE(std::holds_alternative<Options>(read({"--headless", "-f", "shop.py"})));
}

TEST(ProgramFrontEnd, RefusesWhatCompiledScenariosDoNotHave) {
  const FrontEnd front_end = program_front_end({});
  EXPECT_EQ(front_end.check(Options{}), std::nullopt);
  Options options;
  options.tags = Words{"slow"};
  EXPECT_EQ(
      front_end.check(options),
      (EarlyExit{2, "swarm: error: argument -T/--tags: is for Python scenarios, leave it out\n"}));
}

TEST(ProgramFrontEnd, OpensACompiledScenarioWithoutOptionsOfItsOwn) {
  const auto opened = program_front_end({}).open({"/x/shop.so"}, EarlyOptions{});
  ASSERT_TRUE(std::holds_alternative<std::vector<CustomOption>>(opened));
  EXPECT_THAT(std::get<std::vector<CustomOption>>(opened), IsEmpty());
}

TEST(ProgramFrontEnd, SaysWhyAnInterpreterDoesNotStart) {
  const auto opened =
      program_front_end({}).open({"/x/shop.py"}, EarlyOptions{.python = "/nowhere/python"});
  ASSERT_TRUE(std::holds_alternative<EarlyExit>(opened));
  EXPECT_EQ(std::get<EarlyExit>(opened).code, 2);
  EXPECT_THAT(std::get<EarlyExit>(opened).text, HasSubstr("'/nowhere/python' cannot be executed"));
}

}  // namespace
}  // namespace swarm
