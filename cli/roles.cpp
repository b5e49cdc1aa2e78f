#include "cli/roles.h"

#include "cli/local_run.h"
#include "worker/native/native_scenario.h"

namespace swarm {
namespace {

Result<std::unique_ptr<Scenario>> load_scenario(const Options& options, ScenarioHost& host) {
  if (options.locustfiles.size() != 1) {
    return Error{"one compiled scenario at a time: give -f one file"};
  }
  const NativeOptions native{.verify = !options.insecure, .ca_file = options.ca_file};
  return load_native_scenario(options.locustfiles.front(), host, native);
}

}  // namespace

int run_local(const Options& options) { return run_local(options, load_scenario); }

}  // namespace swarm
