#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "cli/surroundings.h"
#include "common/log.h"

namespace swarm {

// What the process is to be. `target` is no role: it is a command with options of its own.
enum class Role : std::uint8_t { Local };

// What was asked for, from whichever source, checked. The names, defaults and meanings are those
// of the table in cli/option_table.cpp.
struct Options {
  Role role = Role::Local;

  std::vector<std::string> locustfiles{"locustfile.py"};
  std::vector<std::string> user_classes;  // empty: all that the scenario offers
  std::string host;                       // with a scheme, without a slash at the end; may be empty
  std::optional<std::uint32_t> users;     // >= 1; unset means 1
  std::optional<double> spawn_rate;       // users started per second, > 0; unset means 1
  std::optional<std::chrono::seconds> run_time;  // > 0; unset: no limit
  std::optional<std::uint64_t> num_requests;     // >= 1: the run ends after exactly so many
  std::chrono::seconds stop_timeout{0};          // what a task in progress is given to finish

  bool headless = false;
  bool list_users = false;
  bool show_task_ratio = false;
  bool show_task_ratio_json = false;

  bool print_stats = false;    // the live table also beside a web UI
  bool only_summary = false;   // no live table
  bool reset_stats = false;    // when all users are started
  bool json = false;           // totals to stdout at the end
  int exit_code_on_error = 1;  // [0, 255]

  bool insecure = false;  // accept any certificate of an https target
  std::string ca_file;    // PEM; empty: the system's authorities

  LogLevel loglevel = LogLevel::Info;
  std::string logfile;  // empty: stderr
  bool skip_log_setup = false;
};

// The process is to end at once, having said `text`.
struct EarlyExit {
  int code = 0;
  std::string text;  // with a newline at its end: to stdout if the code is 0, else to stderr

  friend bool operator==(const EarlyExit&, const EarlyExit&) = default;
};

// Reads the command line, the environment and the configuration files.
//
// Flow    arguments (without the program's name), Surroundings -> [parse_options] -> Options
// Errors  an EarlyExit with code 2 and one line `swarm: error: ...`; --help and --version are an
//         EarlyExit with code 0. Scenario files are not looked at: see cli/locustfile.h.
std::variant<Options, EarlyExit> parse_options(std::span<const std::string> arguments,
                                               const Surroundings& around);

// `swarm: error: MESSAGE`, as every refusal of the program reads.
EarlyExit refuse(int code, const std::string& message);

}  // namespace swarm
