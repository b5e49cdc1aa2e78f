#include "cli/master_run.h"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/bundle.h"
#include "cli/conductor.h"
#include "cli/descriptor_limit.h"
#include "cli/join_token.h"
#include "cli/master_host.h"
#include "cli/run_output.h"
#include "cli/run_plan.h"
#include "cli/values.h"
#include "cli/version.h"
#include "common/log.h"
#include "proto/zmq_link.h"

namespace swarm {
namespace {

constexpr std::string_view kLogger = "swarm.runners";
// Under what name the master counts what its scenario's hooks measured.
constexpr const char* kItself = "master";
constexpr int kBadToken = 2;

// A Conductor whose workers come over the network.
class MasterRun {
 public:
  MasterRun(const Options& options, const LoopRunner& runner)
      : options_(options),
        loop_(runner.loop),
        host_(loop_, options.host, [this] { conductor_.quit(); }),
        conductor_(options, runner,
                   {.first_run = unused_run(),
                    .collect = [this] { collect(); },
                    .restarted = [this](TimePoint now) { host_.restart(now); }}) {}

  int play(const LoadScenario& load);

 private:
  void receive(const proto::WorkerId& from, proto::ToMaster message);
  void collect();

  const Options options_;
  Loop& loop_;
  std::unique_ptr<proto::ZmqFleetLink> link_;
  std::optional<Bundle> bundle_;
  MasterHost host_;
  Conductor conductor_;  // goes before the host, since its scenario does
};

int MasterRun::play(const LoadScenario& load) {
  // A list needs no workers, and may be asked for beside a master that runs.
  if (only_prints(options_)) return conductor_.load(load, host_).value_or(1);
  auto token = join_token(options_);
  if (!token) return fail(token.error().message), kBadToken;
  auto link = proto::ZmqFleetLink::bind(loop_, {.host = options_.master_bind_host,
                                                .port = options_.master_bind_port,
                                                .version = std::string(version()),
                                                .token = std::move(*token)});
  if (!link) return fail(link.error().message);
  link_ = std::move(*link);
  log(LogLevel::Info, kLogger,
      fmt::format("Listening for workers at {}:{}", options_.master_bind_host, link_->port()));

  if (const auto code = conductor_.load(load, host_)) return *code;
  auto bundle = make_bundle(options_, conductor_.scenario());
  if (!bundle) return fail(bundle.error().message);
  bundle_ = std::move(*bundle);
  link_->on_receive([this](const proto::WorkerId& from, proto::ToMaster message) {
    receive(from, std::move(message));
  });
  return conductor_.conduct(*link_);
}

void MasterRun::receive(const proto::WorkerId& from, proto::ToMaster message) {
  if (const auto* request = std::get_if<proto::ScenarioRequest>(&message)) {
    const auto sent = link_->send(from, bundle_->answer(*request));
    if (!sent) log(LogLevel::Warning, kLogger, sent.error().message);
  } else if (const auto* failed = std::get_if<proto::ScenarioFailed>(&message)) {
    const std::string_view reason = trimmed(failed->reason);
    const char* gap = reason.find('\n') == std::string_view::npos ? " " : "\n";
    log(LogLevel::Error, kLogger,
        fmt::format("Worker {} could not load the scenario:{}{}", from, gap, reason));
  } else {
    conductor_.receive(from, std::move(message));
  }
}

void MasterRun::collect() {
  Delta measured = host_.take(loop_.now());
  if (!measured.empty()) conductor_.add(kItself, std::move(measured));
}

}  // namespace

int run_master(const Options& options, const LoadScenario& load, const LoopRunner& runner) {
  raise_descriptor_limit();
  Options mine = options;
  mine.role = Role::Master;
  const auto run = std::make_unique<MasterRun>(mine, runner);
  return run->play(load);
}

}  // namespace swarm
