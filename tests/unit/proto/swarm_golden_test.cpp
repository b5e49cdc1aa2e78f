#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "proto/swarm_dialect.h"
#include "tests/support/golden.h"
#include "tests/support/hex.h"
#include "tests/support/random_messages.h"

// The bytes of every message, as tests/golden/proto/swarm.txt keeps them for other programs to be
// compared with. They change only with SwarmDialect::kNumber, or where a field is added at an end.
namespace swarm::proto {
namespace {

using namespace std::chrono_literals;

constexpr RunId kRun{3};

Delta delta() {
  Delta delta;
  EndpointStats& stats = delta.endpoints[{"GET", "/"}];
  stats.requests = 3;
  stats.failures = 1;
  stats.interrupted = 1;
  stats.bytes_received = 66;
  for (const Duration took : {1ms, 1ms, 250ms}) stats.response_times.record(took);
  stats.seconds.add(41, {.requests = 2, .failures = 0});
  stats.seconds.add(43, {.requests = 1, .failures = 1});
  stats.first = 41s;
  stats.last = 43s + 500ms;
  delta.errors[{{"GET", "/"}, "500"}].merge({1, 43s, 43s});
  KeptExchanges kept;
  kept.add({.at = 43s,
            .took = 250ms,
            .method = "GET",
            .url = "http://localhost/",
            .request_fields = {{"Host", "localhost"}, {"Cookie", "***"}},
            .request_body = "",
            .status = 500,
            .response_fields = {{"Content-Length", "4"}},
            .response_body = "oops",
            .cut = false,
            .phases = {.resolve = 1ms, .connect = 2ms, .tls = 3ms, .wait = 200ms, .read = 44ms},
            .user_class = "Buyer"});
  delta.exchanges[{{"GET", "/"}, "500"}] = kept;
  delta.exceptions["Traceback: ..."] = {1, "KeyError: 'a'"};
  delta.generator_errors["no ports"] = 2;
  delta.send_lag.record(5us);
  delta.until = 44s;
  return delta;
}

WorkerHealth health() {
  WorkerHealth health;
  health.wall = 2s;
  health.loop_busy = 500ms;
  health.longest_turn = 3ms;
  health.lateness = {.events = 1000, .late = 2.5, .late_wait_s = 0.0125};
  health.descriptors_used = 24;
  health.descriptors_limit = 1024;
  health.connections_opened = 5;
  health.bytes_memory = 52428800;
  return health;
}

std::vector<ToMaster> to_master() {
  RunFacts facts;
  facts.run = kRun;
  facts.age = 44s;
  facts.order = 9;
  facts.seq = 21;
  facts.samples = 1234;
  facts.users = {{"Buyer", 5}};
  facts.permits = Permits{kRun, 2000, 4};
  Report report;
  report.run = kRun;
  report.seq = 22;
  report.since = 21;
  report.delta = delta();
  report.samples = 1237;
  report.users = {{"Buyer", 5}, {"Visitor", 10}};
  report.state = RunState::Running;
  report.health = health();
  report.permits = {kRun, 2000, 4};
  report.extra = Value::Map{{"place", "here"}};
  return {ClientReady{"0.1.0", {}},
          ClientReady{"0.1.0", facts},
          OrderDone{kRun, 9, {{"Buyer", 5}}},
          Heartbeat{RunState::Running, 12.5, 52428800, 1234, 2ms},
          report,
          StopRequest{kRun},
          ClientStopped{kRun},
          Goodbye{},
          ScenarioRequest{"Linux x86_64"},
          ScenarioFailed{"no module named 'orders'"},
          Logs{{"[2026-11-22 20:45:42,123] host/INFO/swarm.main: one", "two"}},
          CustomMessage{"greet", Value::Array{1, "two"}}};
}

std::vector<ToWorker> to_worker() {
  Spawn spawn;
  spawn.run = kRun;
  spawn.run_age = 1s;
  spawn.order = 9;
  spawn.targets = {{"Buyer", 5}, {"Visitor", 9}};
  spawn.steps = {{250ms, 0, Spawn::Change::Hatch}, {750ms, 1, Spawn::Change::Stop}};
  spawn.host = "http://127.0.0.1:8080";
  spawn.stop_timeout = 10s;
  spawn.report_interval = 2s;
  spawn.options = Value::Map{{"tenant", "blue"}};
  return {Ack{4, kRun, 21},
          Refused{"another worker has this id"},
          spawn,
          Permits{kRun, 2000, 4},
          SpawningComplete{kRun, 15, 1},
          ReportAck{kRun, 22},
          Stop{kRun},
          Quit{},
          ScenarioFiles{{"locustfile.py"}, {{"locustfile.py", "pass\n"}, {"lib/a.py", ""}}, ""},
          CustomMessage{"greet", Value::Map{{7, true}}}};
}

template <typename Message>
void write_line(std::string& text, const char* direction, const Message& message) {
  const Envelope envelope = SwarmDialect::encode(message, "w1");
  text +=
      std::string(direction) + " " + envelope.type + " " + test::hex_of(encode(envelope)) + "\n";
}

TEST(SwarmDialect, KeepsItsBytes) {
  std::string text;
  std::size_t kinds = 0;
  for (const ToMaster& message : to_master()) write_line(text, "to_master", message);
  for (const ToWorker& message : to_worker()) write_line(text, "to_worker", message);
  const std::vector<Envelope> agreement{SwarmDialect::greeting("w1", "0.1.0"),
                                        SwarmDialect::welcome("w1")};
  text += "to_master client_ready " + test::hex_of(encode(agreement[0])) + "\n";
  text += "to_worker ack " + test::hex_of(encode(agreement[1])) + "\n";
  for (const char c : text) kinds += c == '\n';
  // One of each, ClientReady twice, and the agreement.
  EXPECT_EQ(kinds, test::kKindsToMaster + test::kKindsToWorker + 3);
  EXPECT_TRUE(test::matches_golden("proto/swarm.txt", text));
}

}  // namespace
}  // namespace swarm::proto
