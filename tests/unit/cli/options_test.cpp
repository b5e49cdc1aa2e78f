#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "tests/support/fake_surroundings.h"

namespace swarm {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using Words = std::vector<std::string>;
using World = test::FakeSurroundings;

std::variant<Options, EarlyExit> parse(const Words& arguments, const World& world = {}) {
  return parse_options(arguments, world.get());
}

// What --headless and `arguments` ask for; a refusal fails the test.
Options options(Words arguments, const World& world = {}) {
  arguments.insert(arguments.begin(), "--headless");
  auto parsed = parse(arguments, world);
  if (const auto* early = std::get_if<EarlyExit>(&parsed)) {
    ADD_FAILURE() << early->text;
    return {};
  }
  return std::get<Options>(std::move(parsed));
}

// The message of the refusal of --headless and `arguments`, checked to be one line with code 2.
std::string refusal(Words arguments, const World& world = {}) {
  arguments.insert(arguments.begin(), "--headless");
  const auto parsed = parse(arguments, world);
  const auto* early = std::get_if<EarlyExit>(&parsed);
  if (early == nullptr) return "accepted";
  EXPECT_EQ(early->code, 2);
  EXPECT_THAT(early->text, StartsWith("swarm: error: "));
  EXPECT_EQ(early->text.find('\n'), early->text.size() - 1) << early->text;
  return early->text.substr(14, early->text.size() - 15);
}

TEST(Options, HaveDefaults) {
  const Options chosen = options({});
  EXPECT_EQ(chosen.role, Role::Local);
  EXPECT_EQ(chosen.locustfile, "locustfile.py");
  EXPECT_THAT(chosen.locustfiles, IsEmpty());
  EXPECT_THAT(chosen.user_classes, IsEmpty());
  EXPECT_EQ(chosen.tags, std::nullopt);
  EXPECT_EQ(chosen.exclude_tags, std::nullopt);
  EXPECT_EQ(chosen.config_users, std::nullopt);
  EXPECT_FALSE(chosen.equal_weights);
  EXPECT_EQ(chosen.profile, "");
  EXPECT_EQ(chosen.python, "");
  EXPECT_EQ(chosen.host, "");
  EXPECT_EQ(chosen.users, std::nullopt);
  EXPECT_EQ(chosen.spawn_rate, std::nullopt);
  EXPECT_EQ(chosen.run_time, std::nullopt);
  EXPECT_EQ(chosen.num_requests, std::nullopt);
  EXPECT_EQ(chosen.stop_timeout, 0s);
  EXPECT_TRUE(chosen.headless);
  EXPECT_FALSE(chosen.list_users || chosen.show_task_ratio || chosen.show_task_ratio_json);
  EXPECT_FALSE(chosen.print_stats || chosen.only_summary || chosen.reset_stats || chosen.json);
  EXPECT_EQ(chosen.exit_code_on_error, 1);
  EXPECT_FALSE(chosen.insecure);
  EXPECT_EQ(chosen.ca_file, "");
  EXPECT_EQ(chosen.loglevel, LogLevel::Info);
  EXPECT_EQ(chosen.logfile, "");
  EXPECT_FALSE(chosen.skip_log_setup);
}

TEST(Options, TakeEachValueFromTheCommandLine) {
  World world;
  world.files["ca.pem"] = "PEM";
  const Options chosen = options({"-f",
                                  "a.so,b.so",
                                  "-H",
                                  "shop.example:81",
                                  "-u",
                                  "50",
                                  "-r",
                                  "2.5",
                                  "-t",
                                  "1h20m",
                                  "-n",
                                  "1000",
                                  "-s",
                                  "30",
                                  "--only-summary",
                                  "--print-stats",
                                  "--reset-stats",
                                  "--json",
                                  "--exit-code-on-error",
                                  "7",
                                  "--ca-file",
                                  "ca.pem",
                                  "-L",
                                  "debug",
                                  "--logfile",
                                  "x.log",
                                  "--skip-log-setup",
                                  "--equal-weights",
                                  "--profile",
                                  "the nightly",
                                  "--python",
                                  "python3",
                                  "Browser",
                                  "Buyer"},
                                 world);
  EXPECT_THAT(chosen.locustfiles, ElementsAre("a.so", "b.so"));
  EXPECT_EQ(chosen.host, "http://shop.example:81");
  EXPECT_EQ(chosen.users, 50u);
  EXPECT_EQ(chosen.spawn_rate, 2.5);
  EXPECT_EQ(chosen.run_time, 80min);
  EXPECT_EQ(chosen.num_requests, 1000u);
  EXPECT_EQ(chosen.stop_timeout, 30s);
  EXPECT_TRUE(chosen.only_summary && chosen.print_stats && chosen.reset_stats && chosen.json);
  EXPECT_EQ(chosen.exit_code_on_error, 7);
  EXPECT_EQ(chosen.ca_file, "ca.pem");
  EXPECT_EQ(chosen.loglevel, LogLevel::Debug);
  EXPECT_EQ(chosen.logfile, "x.log");
  EXPECT_TRUE(chosen.skip_log_setup);
  EXPECT_TRUE(chosen.equal_weights);
  EXPECT_EQ(chosen.profile, "the nightly");
  EXPECT_EQ(chosen.python, "python3");
  EXPECT_THAT(chosen.user_classes, ElementsAre("Browser", "Buyer"));
}

TEST(Options, TakeListsOfTags) {
  const Options chosen =
      options({"-T", "a", "b c", "-E", "d", "--config-users", "{\"x\": 1}", "f"});
  EXPECT_EQ(chosen.tags, (Words{"a", "b c"}));
  EXPECT_EQ(chosen.exclude_tags, Words{"d"});
  EXPECT_EQ(chosen.config_users, (Words{"{\"x\": 1}", "f"}));
  EXPECT_EQ(options({"-T"}).tags, Words{});
  EXPECT_EQ(options({"-T", "a", "-T", "b"}).tags, Words{"b"});

  World world;
  world.variables = {{"LOCUST_TAGS", "a b"},
                     {"SWARM_EXCLUDE_TAGS", "[c d, e]"},
                     {"LOCUST_CONFIG_USERS", R"({"user_class_name": "A", "x": 1})"}};
  EXPECT_EQ(options({}, world).tags, (Words{"a", "b"}));
  EXPECT_EQ(options({}, world).exclude_tags, (Words{"c d", "e"}));
  EXPECT_EQ(options({}, world).config_users, Words{R"({"user_class_name": "A", "x": 1})"});
  world.variables["LOCUST_CONFIG_USERS"] = R"([{"x": 1, "y": 2}, {"x": 2}])";
  EXPECT_EQ(options({}, world).config_users, (Words{R"({"x": 1, "y": 2})", R"({"x": 2})"}));
}

TEST(Options, TakeScenarioFilesFromEachOccurrence) {
  EXPECT_THAT(options({"-f", "a.py, b.py", "--locustfile=c.py"}).locustfiles,
              ElementsAre("a.py", "b.py", "c.py"));
  EXPECT_EQ(options({"-f", "a.py, b.py", "--locustfile=c.py"}).locustfile, "a.py, b.py,c.py");
  World world;
  world.variables["LOCUST_LOCUSTFILE"] = "my file.py";
  EXPECT_THAT(options({}, world).locustfiles, ElementsAre("my file.py"));
  EXPECT_THAT(options({"-f", "a.py"}, world).locustfiles, ElementsAre("a.py"));
}

TEST(Options, KnowTheSeedsCommandLine) {
  const auto parsed = parse({"--no-web", "--host=prism.example", "--clients=5", "--hatch-rate=100",
                             "--num-requests=1000"});
  ASSERT_TRUE(std::holds_alternative<Options>(parsed));
  const auto& chosen = std::get<Options>(parsed);
  EXPECT_TRUE(chosen.headless);
  EXPECT_EQ(chosen.host, "http://prism.example");
  EXPECT_EQ(chosen.users, 5u);
  EXPECT_EQ(chosen.spawn_rate, 100);
  EXPECT_EQ(chosen.num_requests, 1000u);
}

TEST(Options, OfPrintingModesNeedNoHeadless) {
  const std::map<std::string, bool Options::*> modes{
      {"-l", &Options::list_users},
      {"--list", &Options::list_users},
      {"--show-task-ratio", &Options::show_task_ratio},
      {"--show-task-ratio-json", &Options::show_task_ratio_json}};
  for (const auto& [name, field] : modes) {
    SCOPED_TRACE(name);
    const auto parsed = parse({name});
    ASSERT_TRUE(std::holds_alternative<Options>(parsed));
    EXPECT_TRUE(std::get<Options>(parsed).*field);
  }
}

TEST(Options, WithoutHeadlessOrAutostartARunWaitsForSomebodyToStartIt) {
  const auto waits = [](const Words& arguments) {
    return waits_for_start(std::get<Options>(parse(arguments)));
  };
  EXPECT_TRUE(waits({}));
  EXPECT_TRUE(waits({"--master"}));
  EXPECT_TRUE(waits({"--headless", "--headful"}));
  EXPECT_FALSE(waits({"--headless"}));
  EXPECT_FALSE(waits({"--autostart"}));
}

TEST(Options, OfTheWebUiAreKept) {
  const Options chosen = options({"--web-host",
                                  "127.0.0.1",
                                  "-P",
                                  "0",
                                  "--web-base-path",
                                  "/load/",
                                  "--autostart",
                                  "--autoquit",
                                  "3",
                                  "--class-picker",
                                  "--web-login",
                                  "users.txt",
                                  "--legacy-get",
                                  "--web-cors",
                                  "https://a.example",
                                  "--web-cors",
                                  "https://b.example",
                                  "--csv",
                                  "out/run",
                                  "--csv-full-history",
                                  "--json-file",
                                  "run"});
  EXPECT_EQ(chosen.web_host, "127.0.0.1");
  EXPECT_EQ(chosen.web_port, 0);
  EXPECT_EQ(chosen.web_base_path, "/load");
  EXPECT_TRUE(chosen.autostart && chosen.class_picker && chosen.legacy_get);
  EXPECT_EQ(chosen.autoquit, 3s);
  EXPECT_EQ(chosen.web_login, "users.txt");
  EXPECT_EQ(chosen.web_cors, (std::vector<std::string>{"https://a.example", "https://b.example"}));
  EXPECT_EQ(chosen.json_file, "run");
}

TEST(Options, OfTheWebUiThatMakeNoSenseAreRefusedWithLocustsCode) {
  const std::vector<std::pair<Words, std::string>> cases{
      {{"--autoquit", "3"}, "--autostart"},
      {{"--web-base-path", "load"}, "must begin with a /"},
      {{"--web-base-path", "/a b"}, "must begin with a /"}};
  for (const auto& [arguments, why] : cases) {
    const auto parsed = parse(arguments);
    ASSERT_TRUE(std::holds_alternative<EarlyExit>(parsed)) << why;
    EXPECT_EQ(std::get<EarlyExit>(parsed).code, 1);
    EXPECT_THAT(std::get<EarlyExit>(parsed).text, HasSubstr(why));
  }
}

TEST(Options, TakeTheLastOfSeveralValues) {
  EXPECT_EQ(options({"-u", "5", "--users", "7"}).users, 7u);
  EXPECT_EQ(options({"-c", "5", "--clients", "7"}).users, 7u);
  EXPECT_EQ(options({"-u", "5", "-c", "5"}).users, 5u);
}

TEST(Options, TakeNoLimitFromARunTimeOfZero) {
  EXPECT_EQ(options({"-t", "0"}).run_time, std::nullopt);
}

TEST(Options, AreRefusedInOneLineThatSaysWhatToDo) {
  const struct {
    Words arguments;
    const char* why;
  } cases[] = {
      {{"-u", "0"}, "argument -u/--users: must be at least 1, not 0"},
      {{"-u", "-5"}, "argument -u/--users: must be at least 1, not -5"},
      {{"-c", "-5"}, "argument -c: must be at least 1, not -5"},
      {{"-u", "many"}, "argument -u/--users: 'many' is not a whole number"},
      {{"-u", "4294967296"}, "argument -u/--users: must be at most 4294967295, not 4294967296"},
      {{"-u", "5", "-c", "10"}, "argument -c: '10' contradicts '5' of -u; give one of them"},
      {{"-r", "1", "--hatch-rate=2"},
       "argument --hatch-rate: '2' contradicts '1' of -r; give one of them"},
      {{"-r", "0"}, "argument -r/--spawn-rate: must be > 0, not 0"},
      {{"-r", "-1"}, "argument -r/--spawn-rate: must be > 0, not -1"},
      {{"-r", "nan"}, "argument -r/--spawn-rate: 'nan' is not a number"},
      {{"-t", "1.5m"},
       "argument -t/--run-time: Invalid time span format. "
       "Valid formats: 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc."},
      {{"-s", "soon"},
       "argument -s/--stop-timeout: Invalid time span format. "
       "Valid formats: 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc."},
      {{"-n", "0"}, "argument -n/--num-requests: must be at least 1, not 0"},
      {{"-n", "-3"}, "argument -n/--num-requests: must be at least 1, not -3"},
      {{"--num-request", "x"}, "argument --num-request: 'x' is not a whole number"},
      {{"-H", "shop:99999"}, "argument -H/--host: port 99999 is out of range: 1 to 65535"},
      {{"-L", "loud"},
       "argument -L/--loglevel: 'loud' is none of DEBUG, INFO, WARNING, ERROR, CRITICAL"},
      {{"--exit-code-on-error", "256"},
       "argument --exit-code-on-error: must be at most 255, not 256"},
      {{"--ca-file", "no.pem"}, "argument --ca-file: cannot read 'no.pem': there is no such file"},
      {{"--ca-file", "ca.pem", "--insecure"},
       "argument --insecure: contradicts --ca-file; give one of them"},
      {{"--config", "no.conf"}, "argument --config: there is no file 'no.conf'"},
      {{"-f", ","}, "argument -f/--locustfile: names no file"},
      {{"--hatchrate", "5"}, "unrecognized arguments: '--hatchrate'. Did you mean '--hatch-rate'?"},
      {{"--show"},
       "ambiguous option: --show could match --show-task-ratio, --show-task-ratio-json; write it "
       "out"},
      {{"--web-port=65536"}, "argument -P/--web-port: must be at most 65535, not 65536"},
      {{"--csv-full-history"}, "'--csv-full-history' requires '--csv'."},
      {{"--tls-cert", "a.pem"}, "argument --tls-cert: --tls-cert and --tls-key need each other"},
  };
  for (const auto& [arguments, why] : cases) EXPECT_EQ(refusal(arguments), why);
}

TEST(Options, OfLaterVersionsAreAllRefused) {
  EXPECT_THAT(refusal({"--otel"}), HasSubstr("does not have it"));
  EXPECT_THAT(refusal({"--web-auth", "me:secret"}), HasSubstr("use --web-login FILE"));
  EXPECT_THAT(refusal({"--legacy-ui"}), HasSubstr("does not have it"));
}

TEST(Options, ComeFromTheEnvironment) {
  World world;
  world.variables = {{"LOCUST_USERS", "5"},       {"SWARM_SPAWN_RATE", "2"},
                     {"LOCUST_HEADLESS", "true"}, {"LOCUST_RUN_TIME", "3m"},
                     {"SWARM_HOST", ""},          {"LOCUST_HOST", "a.example"},
                     {"LOCUST_JSON", "false"},    {"LOCUST_USER_CLASSES", "Browser  Buyer"}};
  const auto parsed = parse({}, world);
  ASSERT_TRUE(std::holds_alternative<Options>(parsed));
  const auto& chosen = std::get<Options>(parsed);
  EXPECT_EQ(chosen.users, 5u);
  EXPECT_EQ(chosen.spawn_rate, 2);
  EXPECT_EQ(chosen.run_time, 3min);
  EXPECT_EQ(chosen.host, "http://a.example");
  EXPECT_FALSE(chosen.json);
  EXPECT_THAT(chosen.user_classes, ElementsAre("Browser", "Buyer"));
}

TEST(Options, NameTheVariableThatIsWrong) {
  World world;
  world.variables["LOCUST_USERS"] = "none";
  EXPECT_EQ(refusal({}, world),
            "argument -u/--users: 'none' is not a whole number (from LOCUST_USERS)");
  EXPECT_EQ(options({"-u", "5"}, world).users, 5u);  // overridden: nobody looks at it

  world.variables = {{"SWARM_JSON", "maybe"}};
  EXPECT_EQ(refusal({}, world),
            "argument --json: 'maybe' is neither true nor false (from SWARM_JSON)");

  world.variables = {{"LOCUST_LEGACY_UI", "true"}};
  EXPECT_THAT(refusal({}, world), HasSubstr("(from LOCUST_LEGACY_UI)"));
  world.variables = {{"LOCUST_LEGACY_UI", "false"}};
  options({}, world);
}

// Each step adds a source that wins over all before it.
TEST(Options, AreTakenFromTheNearestSource) {
  World world;
  world.variables["HOME"] = "/home/me";
  const auto users = [&world](Words arguments = {}) {
    return options(std::move(arguments), world).users;
  };

  world.files["/home/me/.locust.conf"] = "users = 1";
  EXPECT_EQ(users(), 1u);
  world.files["/home/me/.swarm.conf"] = "users = 2";
  EXPECT_EQ(users(), 2u);
  world.files["locust.conf"] = "users = 3";
  EXPECT_EQ(users(), 3u);
  world.files["swarm.conf"] = "clients = 4";
  EXPECT_EQ(users(), 4u);
  world.files["pyproject.toml"] = "[tool.locust]\nusers = 5";
  EXPECT_EQ(users(), 5u);
  world.files["pyproject.toml"] += "\n[tool.swarm]\nusers = 6";
  EXPECT_EQ(users(), 6u);
  world.files["my.conf"] = "users 7";
  EXPECT_EQ(users({"--config", "my.conf"}), 7u);
  world.variables["LOCUST_USERS"] = "8";
  EXPECT_EQ(users({"--config", "my.conf"}), 8u);
  world.variables["SWARM_USERS"] = "9";
  EXPECT_EQ(users({"--config", "my.conf"}), 9u);
  EXPECT_EQ(users({"--config", "my.conf", "-u", "10"}), 10u);
}

TEST(Options, MergeWhatSeveralSourcesSet) {
  World world;
  world.files["locust.conf"] = "headless\nusers = 3\nlocustfile = shop.so";
  world.variables["SWARM_SPAWN_RATE"] = "4";
  const auto parsed = parse({"-n", "5"}, world);
  ASSERT_TRUE(std::holds_alternative<Options>(parsed));
  const auto& chosen = std::get<Options>(parsed);
  EXPECT_EQ(chosen.users, 3u);
  EXPECT_EQ(chosen.spawn_rate, 4);
  EXPECT_EQ(chosen.num_requests, 5u);
  EXPECT_THAT(chosen.locustfiles, ElementsAre("shop.so"));
}

TEST(Options, OnTheCommandLineCanUndoAFilesHeadless) {
  World world;
  world.files["locust.conf"] = "headless = true";
  EXPECT_TRUE(std::get<Options>(parse({}, world)).headless);
  EXPECT_FALSE(std::get<Options>(parse({"--headful"}, world)).headless);
  world.variables["SWARM_HEADLESS"] = "no";
  EXPECT_FALSE(std::get<Options>(parse({}, world)).headless);
}

TEST(Options, InFilesAreRefusedByFileAndLine) {
  const struct {
    const char* file;
    const char* text;
    const char* why;
  } cases[] = {
      {"locust.conf", "headless\nhots = x",
       "locust.conf, line 2: unknown option 'hots'. Did you mean 'host'?"},
      {"locust.conf", "teapot = 1",
       "locust.conf, line 1: unknown option 'teapot'. See 'swarm --help'"},
      {"locust.conf", "config = x", "locust.conf, line 1: unknown option 'config'. "},
      {"locust.conf", "users = [1, 2]", "locust.conf, line 1: 'users' takes one value, not a list"},
      {"locust.conf", "users = 0",
       "argument -u/--users: must be at least 1, not 0 (from locust.conf, line 1)"},
      {"locust.conf", "clients = 0",
       "argument --clients: must be at least 1, not 0 (from locust.conf, line 1)"},
      {"locust.conf", "users = 1\nclients = 2",
       "argument --clients: '2' contradicts '1' of --users; give one of them (from locust.conf, "
       "line 2)"},
      {"locust.conf", "web-port = x",
       "argument -P/--web-port: 'x' is not a whole number (from locust.conf, line 1)"},
      {"locust.conf", "= 5", "locust.conf, line 1: write it as 'option = value', not '= 5'"},
      {"pyproject.toml", "[tool.swarm]\nuser = 1",
       "pyproject.toml, line 2: unknown option 'user'. Did you mean 'users'?"},
      {"pyproject.toml", "[tool.swarm", "pyproject.toml, line 1: "},
  };
  for (const auto& [file, text, why] : cases) {
    SCOPED_TRACE(text);
    World world;
    world.files[file] = text;
    EXPECT_THAT(refusal({}, world), StartsWith(why));
  }
}

TEST(Options, SayWhichFileCannotBeRead) {
  World world;
  world.unreadable = {"locust.conf"};
  EXPECT_EQ(refusal({}, world), "cannot read locust.conf: Permission denied");
  world.unreadable = {"my.conf"};
  EXPECT_EQ(refusal({"--config", "my.conf"}, world), "cannot read my.conf: Permission denied");
  world.unreadable = {"ca.pem"};
  EXPECT_EQ(refusal({"--ca-file", "ca.pem"}, world),
            "argument --ca-file: cannot read 'ca.pem': Permission denied");
}

TEST(Options, WantSomethingFromATomlFileThatIsNamed) {
  World world;
  world.files["my.toml"] = "[tool.other]\nx = 1";
  EXPECT_EQ(refusal({"--config", "my.toml"}, world),
            "argument --config: 'my.toml' has no options: put them below [tool.swarm]");
  world.files["my.toml"] += "\n[tool.locust]\nusers = 5";
  EXPECT_EQ(options({"--config", "my.toml"}, world).users, 5u);
}

TEST(Options, GiveTheVersionInLocustsManner) {
  for (const char* name : {"-V", "--version"}) {
    const auto parsed = parse({name});
    ASSERT_TRUE(std::holds_alternative<EarlyExit>(parsed));
    const auto& early = std::get<EarlyExit>(parsed);
    EXPECT_EQ(early.code, 0);
    EXPECT_THAT(early.text,
                testing::MatchesRegex("swarm [0-9.]+ from /opt/swarm/bin/swarm \\(.*\\)\n"));
  }
}

TEST(Options, ThatOnlyPrintDoNotCareForTheRest) {
  World world;
  world.files["locust.conf"] = "nonsense";
  for (const char* name : {"-h", "--help", "-V", "--help-markdown", "--help-man"}) {
    const auto parsed = parse({"-u", "x", name}, world);
    ASSERT_TRUE(std::holds_alternative<EarlyExit>(parsed));
    EXPECT_EQ(std::get<EarlyExit>(parsed).code, 0) << name;
  }
}

}  // namespace
}  // namespace swarm
