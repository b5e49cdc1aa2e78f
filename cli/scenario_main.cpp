#include "cli/scenario_main.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <cstdio>
#include <utility>

#include "cli/join_token.h"
#include "cli/locustfile.h"
#include "cli/master_run.h"
#include "cli/processes.h"
#include "cli/signals.h"
#include "cli/with_workers.h"
#include "cli/worker_run.h"
#include "common/assert.h"
#include "common/log.h"

namespace swarm {
namespace {

// As Locust has it, `-f -` says so as well.
bool wants_masters_scenario(const EarlyOptions& asked) {
  const std::vector<std::string> from_master{"-"};
  return asked.role == Role::Worker &&
         (asked.locustfiles.empty() || asked.locustfiles == from_master);
}

Result<std::vector<std::string>> fetched_files(const EarlyOptions& asked,
                                               const MasterContact& master) {
  SWARM_TRY_ASSIGN(ScenarioFolder folder, master.fetch(asked));
  return std::move(folder.entries);
}

// Here, while all can still be refused: a role would only meet it when everything is loaded.
std::optional<EarlyExit> check_token(const EarlyOptions& asked, const Surroundings& around) {
  if (asked.role == Role::Local && asked.processes.value_or(0) == 0) return std::nullopt;
  const auto token = join_token(asked.join_token_file, around);
  if (!token) return refuse(2, token.error().message);
  return std::nullopt;
}

// The parent of several workers does nothing else, and loads nothing.
std::optional<int> supervise(const std::vector<std::string>& arguments,
                             const Surroundings& around) {
  const auto early = early_options(arguments, around);
  const auto* asked = std::get_if<EarlyOptions>(&early);
  if (asked == nullptr || asked->role != Role::Worker || asked->help) return std::nullopt;
  const std::uint32_t processes = wanted_processes(asked->processes, around);
  if (processes == 0) return std::nullopt;
  if (const auto refused = check_token(*asked, around)) return say(*refused);
  return supervise_workers(arguments, *asked, processes);
}

}  // namespace

int say(const EarlyExit& last_words) {
  std::FILE* stream = last_words.code == 0 ? stdout : stderr;
  std::fputs(last_words.text.c_str(), stream);
  std::fflush(stream);
  return last_words.code;
}

std::variant<Options, EarlyExit> read_options(const std::vector<std::string>& arguments,
                                              const FrontEnd& front_end, const Surroundings& around,
                                              const MasterContact& master) {
  auto early = early_options(arguments, around);
  if (auto* last_words = std::get_if<EarlyExit>(&early)) return std::move(*last_words);
  const auto& asked = std::get<EarlyOptions>(early);
  const bool fetches = wants_masters_scenario(asked);
  if (asked.help && (fetches || asked.locustfiles.empty())) return parse_options(arguments, around);
  if (auto refused = check_token(asked, around)) return std::move(*refused);

  auto files = fetches ? fetched_files(asked, master) : find_locustfiles(asked.locustfiles, around);
  if (!files) return refuse(1, files.error().message);
  auto opened = front_end.open(*files, asked);
  if (auto* last_words = std::get_if<EarlyExit>(&opened)) {
    const bool failed = last_words->code != 0 && !asked.help;
    if (failed && asked.role == Role::Worker) master.tell_failed(asked, last_words->text);
    return std::move(*last_words);
  }

  auto parsed = parse_options(arguments, around, std::get<std::vector<CustomOption>>(opened));
  if (auto* options = std::get_if<Options>(&parsed)) {
    if (fetches) options->locustfile = fmt::format("{}", fmt::join(*files, ","));
    options->locustfiles = std::move(*files);
    const auto last_words = front_end.check ? front_end.check(*options) : std::nullopt;
    if (last_words) return *last_words;
  }
  return parsed;
}

int scenario_main(const std::vector<std::string>& arguments, const FrontEnd& front_end) {
  end_by_signals_as_first_process();
  const Surroundings around = real_surroundings();
  if (const auto code = supervise(arguments, around)) return *code;

  const auto read = read_options(arguments, front_end, around, real_master_contact());
  if (const auto* last_words = std::get_if<EarlyExit>(&read)) return say(*last_words);
  const auto& options = std::get<Options>(read);

  if (!options.skip_log_setup) {
    const auto log = setup_log(options.loglevel, options.logfile);
    if (!log) return say(refuse(2, log.error().message));
  }
  const std::uint32_t processes = wanted_processes(options.processes, around);
  if (processes > 0 && options.role != Role::Worker && !only_prints(options)) {
    return run_master_with_workers(options, arguments, processes, front_end);
  }
  switch (options.role) {
    case Role::Local:
      return run_local(options, front_end.load, front_end.runner());
    case Role::Master:
      return run_master(options, front_end.load, front_end.runner());
    case Role::Worker:
      return run_worker(options, front_end.load, front_end.runner());
  }
  SWARM_ASSERT(false);
}

}  // namespace swarm
