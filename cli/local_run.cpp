#include "cli/local_run.h"

#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "cli/conductor.h"
#include "cli/descriptor_limit.h"
#include "cli/run_plan.h"
#include "cli/version.h"
#include "proto/local_link.h"
#include "worker/agent/agent.h"

namespace swarm {
namespace {

// In one process a report costs next to nothing: the tables are never older than this.
constexpr Duration kReportInterval = std::chrono::milliseconds{500};

// Master and worker of one run, joined on one loop. Owns all that the loop's turns touch: the stack
// of whoever waits for them may be elsewhere meanwhile (a greenlet's).
class LocalRun {
 public:
  LocalRun(const Options& options, const LoopRunner& runner)
      : loop_(runner.loop),
        link_(loop_, "local"),
        agent_(loop_, link_.worker_end(),
               {.version = std::string(version()),
                .id = "local",
                .report_interval = kReportInterval,
                .survives_master = false,
                .masks = options.masks.value_or(std::vector<std::string>{})}),
        conductor_(options, runner,
                   {.alone = true,
                    .first_run = unused_run(),
                    .collect = [this] { collect(); },
                    .users = [this] { return users(); },
                    .hurry = [this] { agent_.report_soon(); }}) {}

  int play(const LoadScenario& load) {
    if (const auto code = conductor_.load(load, agent_)) return *code;
    link_.master_end().on_receive([this](const proto::WorkerId& from, proto::ToMaster message) {
      conductor_.receive(from, std::move(message));
    });
    agent_.join(conductor_.scenario());
    return conductor_.conduct(link_.master_end());
  }

 private:
  // Has what was measured and not yet reported counted.
  void collect() {
    link_.deliver_now();  // an acknowledgement may be on its way
    agent_.report_now(loop_.now());
    link_.deliver_now();
  }

  std::map<std::string, std::uint32_t> users() const {
    std::map<std::string, std::uint32_t> users;
    for (const auto& each : agent_.user_counts()) users[each.user_class] = each.users;
    return users;
  }

  Loop& loop_;
  proto::LocalLink link_;
  worker::Agent agent_;
  Conductor conductor_;  // goes before the agent, since its scenario does
};

}  // namespace

int run_local(const Options& options, const LoadScenario& load, const LoopRunner& runner) {
  raise_descriptor_limit();
  const auto run = std::make_unique<LocalRun>(options, runner);
  return run->play(load);
}

}  // namespace swarm
