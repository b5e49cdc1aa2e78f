#include "master/views/live_json.h"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

namespace swarm::master {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// Of a fleet whose master knows w1 alone: w2 was lost with measurements, w3 has quit.
TEST(LiveJson, KeepsTheWorkersThatItsMasterDoesNotKnowAnyMore) {
  Snapshot run;
  run.status.distributed = true;
  run.workers = {{.id = "w1", .requests = 5, .newest = {}, .longest_lag = 8s},
                 {.id = "w2", .requests = 7, .newest = {}, .users = 30},
                 {.id = "w3", .requests = 1, .newest = {}, .users = 2}};
  run.lost = {{.worker = "w2", .at_most = 9}};
  Scene scene;
  scene.snapshot = std::make_shared<const Snapshot>(std::move(run));
  scene.workers = {{.id = "w1", .state = proto::RunState::Running, .users = 4, .loop_lag = 1ms}};
  const json workers = json::parse(workers_json(scene))["workers"];
  ASSERT_EQ(workers.size(), 3u);
  EXPECT_EQ(workers[0]["state"], "running");
  EXPECT_EQ(workers[0]["loop_lag_ms"], 1.0);
  EXPECT_EQ(workers[0]["longest_lag_ms"], 8000.0);
  EXPECT_EQ(workers[1]["state"], "lost");
  EXPECT_EQ(workers[1]["requests"], 7);
  EXPECT_EQ(workers[1]["users"], 0);
  EXPECT_EQ(workers[2]["state"], "gone");
}

// The worker of a local run has no state of its own.
TEST(LiveJson, HasTheOneWorkerOfALocalRun) {
  Snapshot run;
  run.workers = {{.id = "local", .newest = {}, .users = 3}};
  Scene scene;
  scene.snapshot = std::make_shared<const Snapshot>(std::move(run));
  const json workers = json::parse(workers_json(scene))["workers"];
  ASSERT_EQ(workers.size(), 1u);
  EXPECT_TRUE(workers[0]["state"].is_null());
  EXPECT_EQ(workers[0]["users"], 3);
}

}  // namespace
}  // namespace swarm::master
