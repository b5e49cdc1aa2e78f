#include "cli/option_table.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/later_options.h"
#include "cli/process_options.h"
#include "cli/stores.h"
#include "cli/web_options.h"

namespace swarm {
namespace {

constexpr std::string_view kCommon = kCommonOptions;
constexpr std::string_view kConnection = "Connection options";
constexpr std::string_view kTasks = "Task options";
constexpr std::string_view kStatistics = "Request statistics options";
constexpr std::string_view kLogging = "Logging options";
constexpr std::string_view kOther = "Other options";
constexpr std::string_view kUserClasses = "User classes";

OptionTable make_table() {
  constexpr Takes One = Takes::One;
  constexpr Takes Many = Takes::Many;
  OptionTable table{
      {.names = {"-f", "--locustfile"},
       .takes = One,
       .repeats = true,
       .metavar = "FILE",
       .variable = "LOCUSTFILE",
       .words = false,
       .early = true,
       .group = kCommon,
       .help = "Scenario: .py files or folders, or one .so file; several with commas [default: "
               "locustfile.py here, or above]",
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
       .early = true,
       .group = kCommon,
       .help = "Read options also from this .conf or .toml file"},
      {.names = {"-h", "--help"},
       .sources = Sources::CommandLineOnly,
       .early = true,
       .group = kCommon,
       .help = "Show this and exit"},
      {.names = {"-V", "--version"},
       .sources = Sources::CommandLineOnly,
       .early = true,
       .group = kCommon,
       .help = "Show the version and exit"},
      {.names = {"--help-markdown"}, .sources = Sources::CommandLineOnly, .early = true},

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

      {.names = {"-T", "--tags"},
       .takes = Many,
       .metavar = "TAG",
       .variable = "TAGS",
       .group = kTasks,
       .help = "Run only tasks with one of these tags [default: all]",
       .store = keep_list<&Options::tags>},
      {.names = {"-E", "--exclude-tags"},
       .takes = Many,
       .metavar = "TAG",
       .variable = "EXCLUDE_TAGS",
       .group = kTasks,
       .help = "Run no tasks with one of these tags",
       .store = keep_list<&Options::exclude_tags>},
      {.names = {"--equal-weights"},
       .variable = "EQUAL_WEIGHTS",
       .group = kTasks,
       .help = "Run all user classes, and all tasks, equally often",
       .store = keep_switch<&Options::equal_weights>},
      {.names = {"--config-users"},
       .takes = Many,
       .metavar = "JSON",
       .variable = "CONFIG_USERS",
       .words = false,
       .group = kTasks,
       .help = "Change user classes: objects with user_class_name and new attributes, or .json "
               "files of them",
       .store = keep_list<&Options::config_users>},

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
      {.names = {"--json-file"},
       .takes = One,
       .metavar = "FILE",
       .variable = "JSON_FILE",
       .group = kStatistics,
       .help = "Write them to FILE.json, in place of the final tables",
       .store = keep_text<&Options::json_file>},
      {.names = {"--mask"},
       .takes = One,
       .repeats = true,
       .metavar = "NAME",
       .variable = "MASK",
       .group = kStatistics,
       .help = "Hide values of this name (field, parameter, JSON key) in failed requests that are "
               "kept; repeat it for more. On a worker: its own",
       .store = keep_list<&Options::masks>},

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
      {.names = {"--profile"},
       .takes = One,
       .metavar = "NAME",
       .variable = "PROFILE",
       .group = kOther,
       .help = "A label for the run",
       .store = keep_text<&Options::profile>},
      {.names = {"--python"},
       .takes = One,
       .metavar = "FILE",
       .variable = "PYTHON",
       .early = true,
       .group = kOther,
       .help = "Interpreter for .py scenarios [default: the virtual environment's, else the one "
               "that swarm was built for]",
       .store = keep_text<&Options::python>},
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
       .store = keep_list<&Options::user_classes>},
  };
  OptionTable web = web_options();
  table.insert(std::ranges::find(table, kConnection, &OptionSpec::group),
               std::move_iterator{web.begin()}, std::move_iterator{web.end()});
  OptionTable processes = process_options();
  table.insert(std::ranges::find(table, kTasks, &OptionSpec::group),
               std::move_iterator{processes.begin()}, std::move_iterator{processes.end()});
  std::ranges::move(later_options(), std::back_inserter(table));
  return table;
}

}  // namespace

const OptionTable& option_table() {
  static const OptionTable table = make_table();
  return table;
}

}  // namespace swarm
