#include "cli/process_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "cli/options.h"
#include "tests/support/fake_surroundings.h"

namespace swarm {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

using Words = std::vector<std::string>;
using World = test::FakeSurroundings;

Options options(const Words& arguments, const World& world = {}) {
  auto parsed = parse_options(arguments, world.get());
  if (const auto* early = std::get_if<EarlyExit>(&parsed)) {
    ADD_FAILURE() << early->text;
    return {};
  }
  return std::get<Options>(std::move(parsed));
}

EarlyOptions early(const Words& arguments, const World& world = {}) {
  auto parsed = early_options(arguments, world.get());
  if (const auto* exit = std::get_if<EarlyExit>(&parsed)) {
    ADD_FAILURE() << exit->text;
    return {};
  }
  return std::get<EarlyOptions>(std::move(parsed));
}

EarlyExit refusal(const Words& arguments, const World& world = {}) {
  auto parsed = parse_options(arguments, world.get());
  const auto* early = std::get_if<EarlyExit>(&parsed);
  return early == nullptr ? EarlyExit{0, "accepted"} : *early;
}

TEST(ProcessOptions, HaveDefaults) {
  const Options chosen = options({"--headless"});
  EXPECT_EQ(chosen.role, Role::Local);
  EXPECT_EQ(chosen.master_bind_host, "*");
  EXPECT_EQ(chosen.master_bind_port, 5557);
  EXPECT_EQ(chosen.expect_workers, std::nullopt);
  EXPECT_EQ(chosen.expect_workers_max_wait, 0s);
  EXPECT_TRUE(chosen.rebalancing);
  EXPECT_EQ(chosen.processes, std::nullopt);
  EXPECT_EQ(chosen.master_host, "127.0.0.1");
  EXPECT_EQ(chosen.master_port, 5557);
  EXPECT_EQ(chosen.report_interval, std::nullopt);
  EXPECT_EQ(chosen.orphan_after, 60s);
  EXPECT_EQ(chosen.exit_code_on_leave, 0);
  EXPECT_EQ(chosen.master_wait, 600s);
}

TEST(ProcessOptions, OfAMaster) {
  const Options chosen =
      options({"--master", "--master-bind-host", "127.0.0.1", "--master-bind-port=0",
               "--expect-workers", "3", "--expect-workers-max-wait", "2m", "--no-rebalancing",
               "--include", "data/*.csv", "--include=keys"});
  EXPECT_EQ(chosen.role, Role::Master);
  EXPECT_EQ(chosen.master_bind_host, "127.0.0.1");
  EXPECT_EQ(chosen.master_bind_port, 0);
  EXPECT_EQ(chosen.expect_workers, 3u);
  EXPECT_EQ(chosen.expect_workers_max_wait, 120s);
  EXPECT_FALSE(chosen.rebalancing);
  EXPECT_THAT(chosen.include, ElementsAre("data/*.csv", "keys"));
}

TEST(ProcessOptions, OfAWorker) {
  const Options chosen =
      options({"--worker", "--processes", "-1", "--master-host", "10.0.0.5", "--master-port",
               "5558", "--worker-id", "left", "--report-interval", "0.25", "--orphan-after", "5",
               "--master-wait", "1h", "--join-token-file", "token"});
  EXPECT_EQ(chosen.role, Role::Worker);
  EXPECT_EQ(chosen.processes, -1);
  EXPECT_EQ(chosen.master_host, "10.0.0.5");
  EXPECT_EQ(chosen.master_port, 5558);
  EXPECT_EQ(chosen.worker_id, "left");
  EXPECT_EQ(chosen.report_interval, 250ms);
  EXPECT_EQ(chosen.orphan_after, 5s);
  EXPECT_EQ(chosen.master_wait, 1h);
  EXPECT_EQ(chosen.join_token_file, "token");
}

TEST(ProcessOptions, KnowTheirOldNames) {
  EXPECT_EQ(options({"--slave"}).role, Role::Worker);
  EXPECT_EQ(options({"--master", "--expect-slaves", "2"}).expect_workers, 2u);
}

TEST(ProcessOptions, TakeLocustsWordForRebalancing) {
  EXPECT_TRUE(options({"--master", "--enable-rebalancing"}).rebalancing);
  World world;
  world.files["locust.conf"] = "enable-rebalancing = false";
  EXPECT_FALSE(options({"--master"}, world).rebalancing);
}

TEST(ProcessOptions, ComeFromTheEnvironment) {
  World world;
  world.variables = {{"LOCUST_MODE_MASTER", "true"},           {"LOCUST_MASTER_BIND_HOST", "::1"},
                     {"LOCUST_MASTER_BIND_PORT", "6000"},      {"LOCUST_EXPECT_WORKERS", "2"},
                     {"LOCUST_EXPECT_WORKERS_MAX_WAIT", "30"}, {"SWARM_INCLUDE", "*.csv"}};
  Options chosen = options({}, world);
  EXPECT_EQ(chosen.role, Role::Master);
  EXPECT_EQ(chosen.master_bind_host, "::1");
  EXPECT_EQ(chosen.master_bind_port, 6000);
  EXPECT_EQ(chosen.expect_workers, 2u);
  EXPECT_EQ(chosen.expect_workers_max_wait, 30s);
  EXPECT_THAT(chosen.include, ElementsAre("*.csv"));

  world.variables = {{"LOCUST_MODE_WORKER", "1"},
                     {"LOCUST_MASTER_NODE_HOST", "master.example"},
                     {"LOCUST_MASTER_NODE_PORT", "7000"},
                     {"LOCUST_PROCESSES", "4"},
                     {"SWARM_JOIN_TOKEN_FILE", "token"}};
  chosen = options({}, world);
  EXPECT_EQ(chosen.role, Role::Worker);
  EXPECT_EQ(chosen.master_host, "master.example");
  EXPECT_EQ(chosen.master_port, 7000);
  EXPECT_EQ(chosen.processes, 4);
  EXPECT_EQ(chosen.join_token_file, "token");
}

TEST(ProcessOptions, AreKnownBeforeTheScenarioIs) {
  const EarlyOptions worker =
      early({"--worker", "--master-host", "10.0.0.5", "--master-port", "5558", "--processes", "2",
             "--worker-id", "left", "--master-wait", "7", "--join-token-file", "token", "--what"});
  EXPECT_EQ(worker.role, Role::Worker);
  EXPECT_EQ(worker.master_host, "10.0.0.5");
  EXPECT_EQ(worker.master_port, 5558);
  EXPECT_EQ(worker.processes, 2);
  EXPECT_EQ(worker.worker_id, "left");
  EXPECT_EQ(worker.master_wait, 7s);
  EXPECT_EQ(worker.join_token_file, "token");
  const EarlyOptions master = early({"--master", "--include", "a", "--include", "b"});
  EXPECT_EQ(master.role, Role::Master);
  EXPECT_THAT(master.include, ElementsAre("a", "b"));
}

TEST(ProcessOptions, NeedNoHeadless) {
  EXPECT_FALSE(options({"--master"}).headless);
  EXPECT_FALSE(options({"--worker"}).headless);
}

TEST(ProcessOptions, RefuseTwoPartsWithLocustsCode) {
  const EarlyExit both{255,
                       "swarm: error: argument --master: cannot be used together with --worker\n"};
  EXPECT_EQ(refusal({"--master", "--worker"}), both);
  World world;
  world.variables["LOCUST_MODE_MASTER"] = "1";
  EXPECT_EQ(refusal({"--slave"}, world), both);
  const auto parsed = early_options(Words{"--worker", "--master"}, world.get());
  EXPECT_EQ(std::get<EarlyExit>(parsed), both);
  world.variables["LOCUST_MODE_MASTER"] = "false";
  EXPECT_EQ(options({"--worker"}, world).role, Role::Worker);
}

TEST(ProcessOptions, RefuseNoExpectedWorkersWithLocustsCode) {
  for (const std::string count : {"0", "-3"}) {
    EXPECT_EQ(refusal({"--master", "--expect-workers", count}),
              (EarlyExit{255, "swarm: error: argument --expect-workers: must be at least 1, not " +
                                  count + "\n"}));
  }
}

TEST(ProcessOptions, SayInOneLineWhatIsWrong) {
  const std::vector<std::pair<Words, std::string>> cases{
      {{"--expect-workers", "x"}, "argument --expect-workers: 'x' is not a whole number"},
      {{"--processes", "-2"}, "argument --processes: must be at least -1, not -2"},
      {{"--master-port", "0"}, "argument --master-port: must be at least 1, not 0"},
      {{"--master-bind-port", "65536"},
       "argument --master-bind-port: must be at most 65535, not 65536"},
      {{"--report-interval", "0.05"},
       "argument --report-interval: must be from 0.1 to 3600 seconds, not 0.05"},
      {{"--orphan-after", "0"}, "argument --orphan-after: must be at least 1 second"},
      {{"--orphan-after", "4"}, "argument --orphan-after: must be at least 5 seconds"},
      {{"--worker-id", "a b"},
       "argument --worker-id: 'a b' is no name: 1 to 200 characters without blanks"},
  };
  for (auto [arguments, why] : cases) {
    arguments.insert(arguments.begin(), "--headless");
    EXPECT_EQ(refusal(arguments), (EarlyExit{2, "swarm: error: " + why + "\n"}));
  }
}

}  // namespace
}  // namespace swarm
