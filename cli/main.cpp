// The program: finds out what it is to be, and is that.

#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/locustfile.h"
#include "cli/options.h"
#include "cli/roles.h"
#include "cli/surroundings.h"
#include "cli/target/target.h"
#include "common/log.h"

namespace swarm {
namespace {

int say(const EarlyExit& last_words) {
  std::fputs(last_words.text.c_str(), last_words.code == 0 ? stdout : stderr);
  return last_words.code;
}

int run_scenario(const std::vector<std::string>& arguments) {
  auto parsed = parse_options(arguments, real_surroundings());
  if (const auto* early = std::get_if<EarlyExit>(&parsed)) return say(*early);
  auto& options = std::get<Options>(parsed);

  auto files = find_locustfiles(options.locustfiles);
  if (!files) return say(refuse(1, files.error().message));
  options.locustfiles = std::move(*files);

  if (!options.skip_log_setup) {
    const auto log = setup_log(options.loglevel, options.logfile);
    if (!log) return say(refuse(2, log.error().message));
  }
  switch (options.role) {
    case Role::Local:
      return run_local(options);
  }
  return 1;
}

}  // namespace
}  // namespace swarm

int main(int argc, char** argv) {
  try {
    const std::span<const char* const> words{argv + (argc > 0 ? 1 : 0), argv + argc};
    if (!words.empty() && words.front() == std::string_view{"target"}) {
      return swarm::target_main(words.subspan(1));
    }
    return swarm::run_scenario({words.begin(), words.end()});
  } catch (const std::exception& error) {
    return swarm::say(swarm::refuse(1, error.what()));
  }
}
