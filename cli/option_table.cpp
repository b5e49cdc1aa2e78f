#include "cli/option_table.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/later_options.h"
#include "cli/timespan.h"
#include "cli/values.h"

namespace swarm {
namespace {

using Values = std::span<const std::string>;

constexpr std::string_view kCommon = "Common options";
constexpr std::string_view kConnection = "Connection options";
constexpr std::string_view kStatistics = "Request statistics options";
constexpr std::string_view kLogging = "Logging options";
constexpr std::string_view kOther = "Other options";
constexpr std::string_view kUserClasses = "User classes";

// Stores: what an option's values become, and where they are kept.

template <auto Member>
Result<void> keep_switch(Options& options, Values values) {
  SWARM_TRY_ASSIGN(options.*Member, parse_switch(values.front()));
  return {};
}

template <auto Member>
Result<void> keep_text(Options& options, Values values) {
  options.*Member = values.front();
  return {};
}

template <auto Member, std::int64_t Low, std::int64_t High>
Result<void> keep_whole(Options& options, Values values) {
  SWARM_TRY_ASSIGN(const std::int64_t number, parse_whole(values.front(), Low, High));
  using Field = std::remove_reference_t<decltype(options.*Member)>;
  if constexpr (std::is_arithmetic_v<Field>) {
    options.*Member = static_cast<Field>(number);
  } else {
    options.*Member = static_cast<typename Field::value_type>(number);
  }
  return {};
}

Result<void> keep_locustfiles(Options& options, Values values) {
  options.locustfiles.clear();
  std::string_view rest = values.front();
  while (!rest.empty()) {
    const std::string_view file = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(file.size() + 1, rest.size()));
    if (!file.empty()) options.locustfiles.emplace_back(file);
  }
  if (options.locustfiles.empty()) return Error{"names no file"};
  return {};
}

Result<void> keep_host(Options& options, Values values) {
  SWARM_TRY_ASSIGN(options.host, parse_host(values.front()));
  return {};
}

Result<void> keep_spawn_rate(Options& options, Values values) {
  SWARM_TRY_ASSIGN(options.spawn_rate, parse_positive(values.front()));
  return {};
}

Result<void> keep_run_time(Options& options, Values values) {
  SWARM_TRY_ASSIGN(const auto run_time, parse_timespan(values.front()));
  // As in Locust, 0 is how a script says "no limit".
  options.run_time = run_time.count() > 0 ? std::optional{run_time} : std::nullopt;
  return {};
}

Result<void> keep_stop_timeout(Options& options, Values values) {
  SWARM_TRY_ASSIGN(options.stop_timeout, parse_timespan(values.front()));
  return {};
}

Result<void> keep_loglevel(Options& options, Values values) {
  SWARM_TRY_ASSIGN(options.loglevel, parse_loglevel(values.front()));
  return {};
}

// There to cancel what a configuration file says; the row stands below that of --headless.
Result<void> cancel_headless(Options& options, Values values) {
  SWARM_TRY_ASSIGN(const bool headful, parse_switch(values.front()));
  if (headful) options.headless = false;
  return {};
}

Result<void> keep_user_classes(Options& options, Values values) {
  options.user_classes.assign(values.begin(), values.end());
  return {};
}

OptionTable make_table() {
  using enum Takes;
  OptionTable table{
      {.names = {"-f", "--locustfile"},
       .takes = One,
       .metavar = "FILE",
       .variable = "LOCUSTFILE",
       .group = kCommon,
       .help = "Scenario to run [default: locustfile.py]",
       .store = keep_locustfiles},
      {.names = {"-H", "--host"},
       .takes = One,
       .metavar = "URL",
       .variable = "HOST",
       .group = kCommon,
       .help = "Base URL of the target [default: the scenario's]",
       .store = keep_host},
      {.names = {"-u", "--users"},
       .old_names = {"-c", "--clients"},
       .takes = One,
       .metavar = "N",
       .variable = "USERS",
       .group = kCommon,
       .help = "Number of users [default: 1]",
       .store = keep_whole<&Options::users, 1, UINT32_MAX>},
      {.names = {"-r", "--spawn-rate"},
       .old_names = {"--hatch-rate"},
       .takes = One,
       .metavar = "R",
       .variable = "SPAWN_RATE",
       .group = kCommon,
       .help = "Users to start per second [default: 1]",
       .store = keep_spawn_rate},
      {.names = {"-t", "--run-time"},
       .takes = One,
       .metavar = "TIME",
       .variable = "RUN_TIME",
       .group = kCommon,
       .help = "End after 20, 90s, 3m, 1h20m [default: never]",
       .store = keep_run_time},
      {.names = {"-n", "--num-requests"},
       .old_names = {"--num-request"},
       .takes = One,
       .metavar = "N",
       .variable = "NUM_REQUESTS",
       .group = kCommon,
       .help = "End after exactly N requests [default: never]",
       .store = keep_whole<&Options::num_requests, 1, INT64_MAX>},
      {.names = {"--headless"},
       .old_names = {"--no-web"},
       .variable = "HEADLESS",
       .group = kCommon,
       .help = "Start at once, show the run in the terminal",
       .store = keep_switch<&Options::headless>},
      {.names = {"--headful"}, .variable = "HEADFUL", .store = cancel_headless},
      {.names = {"-l", "--list"},
       .group = kCommon,
       .help = "List the user classes and exit",
       .store = keep_switch<&Options::list_users>},
      {.names = {"--config"},
       .takes = One,
       .metavar = "FILE",
       .sources = Sources::CommandLineOnly,
       .group = kCommon,
       .help = "Read options also from this .conf or .toml file"},
      {.names = {"-h", "--help"},
       .sources = Sources::CommandLineOnly,
       .group = kCommon,
       .help = "Show this and exit"},
      {.names = {"-V", "--version"},
       .sources = Sources::CommandLineOnly,
       .group = kCommon,
       .help = "Show the version and exit"},
      {.names = {"--help-markdown"}, .sources = Sources::CommandLineOnly},

      {.names = {"--insecure"},
       .variable = "INSECURE",
       .group = kConnection,
       .help = "Accept any certificate of an https target",
       .store = keep_switch<&Options::insecure>},
      {.names = {"--ca-file"},
       .takes = One,
       .metavar = "FILE",
       .variable = "CA_FILE",
       .group = kConnection,
       .help = "Trust the certificate authorities in this file",
       .store = keep_text<&Options::ca_file>},

      {.names = {"--print-stats"},
       .variable = "PRINT_STATS",
       .group = kStatistics,
       .help = "Print the live table (always, when headless)",
       .store = keep_switch<&Options::print_stats>},
      {.names = {"--only-summary"},
       .variable = "ONLY_SUMMARY",
       .group = kStatistics,
       .help = "Print no live table, only the final ones",
       .store = keep_switch<&Options::only_summary>},
      {.names = {"--reset-stats"},
       .variable = "RESET_STATS",
       .group = kStatistics,
       .help = "Count from zero once all users are started",
       .store = keep_switch<&Options::reset_stats>},
      {.names = {"--json"},
       .variable = "JSON",
       .group = kStatistics,
       .help = "Print the totals as JSON to stdout at the end",
       .store = keep_switch<&Options::json>},

      {.names = {"-L", "--loglevel"},
       .takes = One,
       .metavar = "LEVEL",
       .variable = "LOGLEVEL",
       .group = kLogging,
       .help = "DEBUG, INFO (default), WARNING, ERROR, CRITICAL",
       .store = keep_loglevel},
      {.names = {"--logfile"},
       .takes = One,
       .metavar = "FILE",
       .variable = "LOGFILE",
       .group = kLogging,
       .help = "Append the log to this file, not to stderr",
       .store = keep_text<&Options::logfile>},
      {.names = {"--skip-log-setup"},
       .variable = "SKIP_LOG_SETUP",
       .group = kLogging,
       .help = "Leave logging as it is: from INFO on, to stderr",
       .store = keep_switch<&Options::skip_log_setup>},

      {.names = {"-s", "--stop-timeout"},
       .takes = One,
       .metavar = "TIME",
       .variable = "STOP_TIMEOUT",
       .group = kOther,
       .help = "Time for users to end their task [default: 0]",
       .store = keep_stop_timeout},
      {.names = {"--exit-code-on-error"},
       .takes = One,
       .metavar = "N",
       .variable = "EXIT_CODE_ON_ERROR",
       .group = kOther,
       .help = "Exit code of a run with failures [default: 1]",
       .store = keep_whole<&Options::exit_code_on_error, 0, 255>},
      {.names = {"--show-task-ratio"},
       .group = kOther,
       .help = "Print how often each task is chosen and exit",
       .store = keep_switch<&Options::show_task_ratio>},
      {.names = {"--show-task-ratio-json"},
       .group = kOther,
       .help = "Print the same as JSON and exit",
       .store = keep_switch<&Options::show_task_ratio_json>},

      {.names = {"UserClass"},
       .takes = Many,
       .metavar = "UserClass",
       .variable = "USER_CLASSES",
       .group = kUserClasses,
       .help = "Run only these user classes [default: all]",
       .store = keep_user_classes},
  };
  std::ranges::move(later_options(), std::back_inserter(table));
  return table;
}

}  // namespace

const OptionTable& option_table() {
  static const OptionTable table = make_table();
  return table;
}

}  // namespace swarm
