#include "cli/master_contact.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "cli/join_token.h"
#include "cli/surroundings.h"
#include "cli/version.h"
#include "common/log.h"
#include "proto/zmq_link.h"

namespace swarm {
namespace {

Result<proto::ZmqLink::Settings> settings_of(const EarlyOptions& options, std::string worker) {
  SWARM_TRY_ASSIGN(auto token, join_token(options.join_token_file, real_surroundings()));
  return proto::ZmqLink::Settings{.host = options.master_host,
                                  .port = options.master_port,
                                  .worker = std::move(worker),
                                  .version = std::string(version()),
                                  .token = std::move(token)};
}

Result<ScenarioFolder> fetch(const EarlyOptions& options) {
  const Surroundings around = real_surroundings();
  if (auto folder = inherited_scenario_folder(around)) return std::move(*folder);

  log(LogLevel::Info, "swarm.main",
      fmt::format("Getting the scenario from the master at {}:{}", options.master_host,
                  options.master_port));
  // Not under the worker's own id: to the master, the worker that joins afterwards is another peer.
  SWARM_TRY_ASSIGN(const auto master, settings_of(options, proto::new_worker_id()));
  SWARM_TRY_ASSIGN(const auto files, proto::fetch_scenario(master, options.master_wait));
  return make_scenario_folder(files, around);
}

void tell_failed(const EarlyOptions& options, const std::string& reason) {
  const auto master =
      settings_of(options, options.worker_id.empty() ? proto::new_worker_id() : options.worker_id);
  if (master) proto::tell_scenario_failed(*master, reason);
}

}  // namespace

MasterContact real_master_contact() { return {.fetch = fetch, .tell_failed = tell_failed}; }

}  // namespace swarm
