#include "cli/scenario_main.h"

#include <cstdio>
#include <utility>

#include "cli/locustfile.h"
#include "common/log.h"

namespace swarm {

int say(const EarlyExit& last_words) {
  std::FILE* stream = last_words.code == 0 ? stdout : stderr;
  std::fputs(last_words.text.c_str(), stream);
  std::fflush(stream);
  return last_words.code;
}

std::variant<Options, EarlyExit> read_options(const std::vector<std::string>& arguments,
                                              const FrontEnd& front_end,
                                              const Surroundings& around) {
  auto early = early_options(arguments, around);
  if (auto* last_words = std::get_if<EarlyExit>(&early)) return std::move(*last_words);
  const auto& asked = std::get<EarlyOptions>(early);
  if (asked.help && asked.locustfiles.empty()) return parse_options(arguments, around);

  auto files = find_locustfiles(asked.locustfiles, around);
  if (!files) return refuse(1, files.error().message);
  auto opened = front_end.open(*files, asked);
  if (auto* last_words = std::get_if<EarlyExit>(&opened)) return std::move(*last_words);

  auto parsed = parse_options(arguments, around, std::get<std::vector<CustomOption>>(opened));
  if (auto* options = std::get_if<Options>(&parsed)) {
    options->locustfiles = std::move(*files);
    const auto last_words = front_end.check ? front_end.check(*options) : std::nullopt;
    if (last_words) return *last_words;
  }
  return parsed;
}

int scenario_main(const std::vector<std::string>& arguments, const FrontEnd& front_end) {
  const auto read = read_options(arguments, front_end, real_surroundings());
  if (const auto* last_words = std::get_if<EarlyExit>(&read)) return say(*last_words);
  const auto& options = std::get<Options>(read);

  if (!options.skip_log_setup) {
    const auto log = setup_log(options.loglevel, options.logfile);
    if (!log) return say(refuse(2, log.error().message));
  }
  switch (options.role) {
    case Role::Local:
      return run_local(options, front_end.load, front_end.runner());
  }
  return 1;
}

}  // namespace swarm
