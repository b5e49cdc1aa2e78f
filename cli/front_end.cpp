#include "cli/front_end.h"

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "cli/interpreter.h"
#include "cli/locustfile.h"
#include "cli/surroundings.h"
#include "common/log.h"
#include "common/loop.h"
#include "worker/native/native_scenario.h"

namespace swarm {
namespace {

constexpr int kKilled = 130;  // 128 + SIGINT, as shells say it

using Opened = std::variant<std::vector<CustomOption>, EarlyExit>;

EarlyExit start(const std::string& interpreter, const std::vector<std::string>& arguments) {
  const auto command = python_command(interpreter, real_surroundings());
  if (!command) return refuse(interpreter.empty() ? 1 : 2, command.error().message);
  return start_python(*command, arguments);
}

// To ignore such an option would run another test than the one asked for.
std::optional<EarlyExit> refuse_python_options(const Options& options) {
  const std::pair<bool, const char*> given[]{
      {options.tags.has_value(), "-T/--tags"},
      {options.exclude_tags.has_value(), "-E/--exclude-tags"},
      {options.equal_weights, "--equal-weights"},
      {options.config_users.has_value(), "--config-users"},
  };
  for (const auto& [is_given, name] : given) {
    if (!is_given) continue;
    return refuse(2, fmt::format("argument {}: is for Python scenarios, leave it out", name));
  }
  return std::nullopt;
}

Result<std::unique_ptr<Scenario>> load_compiled(const Options& options, ScenarioHost& host,
                                                const RunControl&) {
  const NativeOptions native{.verify = !options.insecure, .ca_file = options.ca_file};
  return load_native_scenario(options.locustfiles.front(), host, native);
}

// Nobody can make compiled code stop, and what it holds, the tables among it, cannot be looked at.
void leave_at_once() {
  log(LogLevel::Error, "swarm.main", "A task holds the loop and does not end: leaving at once");
  std::_Exit(kKilled);
}

LoopRunner own_loop() {
  const auto loop = std::make_shared<Loop>();
  return {.loop = *loop,
          .run =
              [loop] {
                loop->run();
                return true;
              },
          .finish = [loop] { loop->stop(); },
          .stuck = [] { leave_at_once(); }};
}

}  // namespace

FrontEnd program_front_end(std::vector<std::string> arguments) {
  return {.open = [arguments = std::move(arguments)](const std::vector<std::string>& files,
                                                     const EarlyOptions& early) -> Opened {
            if (is_python(files.front())) return start(early.python, arguments);
            return std::vector<CustomOption>{};
          },
          .check = refuse_python_options,
          .load = load_compiled,
          .runner = own_loop};
}

}  // namespace swarm
