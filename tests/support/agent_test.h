#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include "common/loop.h"
#include "tests/support/builders.h"
#include "tests/support/fake_scenario.h"
#include "tests/support/memory_link.h"
#include "worker/agent/agent.h"

namespace swarm::test {

// An agent on a loop that does not turn: time is what the test says. Its master has acknowledged
// it, and is heard of all the time unless the test says otherwise.
class AgentTest : public testing::Test {
 protected:
  static constexpr proto::RunId kRun{3};

  explicit AgentTest(worker::Agent::Settings settings =
                         {.version = "1.2", .id = "w1", .report_interval = std::chrono::seconds{1}})
      : agent{loop, link, std::move(settings)} {
    scenario.user_ended = [this](UserId id) { agent.user_ended(id); };
    agent.on_quit([this](int code) { quits.push_back(code); });
    agent.join(scenario);
    link.deliver(proto::Introduce{});
    link.deliver(proto::Ack{.index = 4, .run = {}, .counted = 0});
  }

  // `count` users of class A, at once.
  void spawn(std::uint32_t count, std::uint64_t order = 1, proto::RunId run = kRun) {
    agent.receive(order_for(count, order, run), t0);
  }
  static proto::Spawn order_for(std::uint32_t count, std::uint64_t order = 1,
                                proto::RunId run = kRun) {
    return {.run = run, .order = order, .targets = {{"A", count}}, .steps = {}, .host = "http://h"};
  }
  void record(int count) {
    const EndpointId endpoint = agent.endpoint("GET", "/");
    for (; count > 0; --count) {
      ASSERT_TRUE(agent.take_permit());
      agent.record(sample_at(endpoint, t0));
    }
  }
  void acknowledge() {
    const proto::Report newest = link.sent<proto::Report>().back();
    agent.receive(proto::ReportAck{newest.run, newest.seq}, t0);
  }
  // Requests in all reports, each number once.
  std::uint64_t reported() {
    Delta all;
    std::uint64_t newest = 0;
    for (auto& report : link.sent<proto::Report>()) {
      if (report.seq > newest) all.merge(std::move(report.delta));
      newest = report.seq;
    }
    return all.endpoints[{"GET", "/"}].requests;
  }

  Loop loop;
  const TimePoint t0 = loop.now();
  MemoryLink link;
  FakeScenario scenario{{"A", "B"}};
  std::vector<int> quits;
  worker::Agent agent;
};

}  // namespace swarm::test
