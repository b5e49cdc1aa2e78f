#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "cli/custom_option.h"
#include "cli/surroundings.h"
#include "common/log.h"

namespace swarm {

// What the process is to be. `target` is no role: it is a command with options of its own.
enum class Role : std::uint8_t { Local, Master, Worker };

// What was asked for, from whichever source, checked. The names, defaults and meanings are those
// of the table in cli/option_table.cpp.
struct Options {
  Role role = Role::Local;

  std::string locustfile{"locustfile.py"};  // as it is named, perhaps several with commas
  std::vector<std::string> locustfiles;   // the files: as named, then as find_locustfiles has them
  std::vector<std::string> user_classes;  // empty: all that the scenario offers
  std::string host;                       // with a scheme, without a slash at the end; may be empty
  std::optional<std::uint32_t> users;     // >= 1; unset means 1
  std::optional<double> spawn_rate;       // users started per second, > 0; unset means 1
  std::optional<std::chrono::seconds> run_time;  // > 0; unset: no limit
  std::optional<std::uint64_t> num_requests;     // >= 1: the run ends after exactly so many
  std::chrono::seconds stop_timeout{0};          // what a task in progress is given to finish

  // Which tasks and classes take part, and how often: carried out by the scenario.
  std::optional<std::vector<std::string>> tags;          // only tasks with one of these; unset: all
  std::optional<std::vector<std::string>> exclude_tags;  // before tags
  std::optional<std::vector<std::string>> config_users;  // JSON, or names of .json files
  bool equal_weights = false;

  bool headless = false;
  bool list_users = false;
  bool show_task_ratio = false;
  bool show_task_ratio_json = false;

  bool print_stats = false;                       // the live table also beside a web UI
  bool only_summary = false;                      // no live table
  bool reset_stats = false;                       // when all users are started
  bool json = false;                              // totals to stdout at the end
  std::optional<std::vector<std::string>> masks;  // names that hold secrets
  int exit_code_on_error = 1;                     // [0, 255]
  std::string profile;                            // a label of the run; empty: none

  // The web UI, without --headless.
  std::string web_host;           // empty or *: everywhere
  std::uint16_t web_port = 8089;  // 0: any
  std::string web_base_path;      // begins with a slash and does not end with one; or empty
  bool autostart = false;         // a run starts by itself
  std::optional<std::chrono::seconds> autoquit;  // after the run; only with autostart
  bool class_picker = false;
  std::string tls_cert;                              // PEM; both or none
  std::string tls_key;                               // PEM
  std::string web_login;                             // who may use it; empty: everybody
  std::optional<std::vector<std::string>> web_cors;  // origins
  bool legacy_get = false;
  std::string csv_prefix;         // of files that are written during a run; empty: none
  bool csv_full_history = false;  // only with csv_prefix
  std::string html_file;          // of the report at the end; empty: none
  std::string json_file;          // of the totals at the end, without its ending; empty: none

  bool insecure = false;  // accept any certificate of an https target
  std::string ca_file;    // PEM; empty: the system's authorities

  LogLevel loglevel = LogLevel::Info;
  std::string logfile;  // empty: stderr
  bool skip_log_setup = false;

  // Several processes.
  std::string master_bind_host{"*"};
  std::uint16_t master_bind_port = 5557;            // 0: any
  std::optional<std::uint32_t> expect_workers;      // >= 1; unset means 1
  std::chrono::seconds expect_workers_max_wait{0};  // 0: for ever
  bool rebalancing = true;                          // --no-rebalancing
  std::string master_host{"127.0.0.1"};
  std::uint16_t master_port = 5557;
  std::chrono::seconds orphan_after{60};                     // what users outlive their master
  std::chrono::seconds master_wait{600};                     // what a worker waits for its master
  std::optional<int> processes;                              // -1: one for each core; 0 as unset
  std::optional<std::chrono::milliseconds> report_interval;  // >= 100 ms
  std::vector<std::string> include;  // patterns of files that travel as well
  std::string worker_id;             // empty: a new one
  int exit_code_on_leave = 0;        // [0, 255], of a worker that is told to go by a signal
  std::string join_token_file;       // empty: SWARM_JOIN_TOKEN, or no token

  std::string python;  // the interpreter of Python scenarios; empty: see cli/interpreter.h

  // What was given for the options that the scenario adds, as its argparse reads it, from whichever
  // source: --region=eu --retries=3 --verbose.
  std::vector<std::string> custom_arguments;
};

// What is to be known before the scenario's files are read: they may add options.
struct EarlyOptions {
  std::vector<std::string> locustfiles{};  // empty: none is named
  std::string python{};
  bool help = false;  // asked for, and to be answered by parse_options

  // As in Options.
  Role role = Role::Local;
  std::string master_host{"127.0.0.1"};
  std::uint16_t master_port = 5557;
  std::optional<int> processes{};
  std::chrono::seconds master_wait{600};
  std::vector<std::string> include{};
  std::string worker_id{};
  std::string join_token_file{};
};

// The process is to end at once, having said `text`.
struct EarlyExit {
  int code = 0;
  std::string text;  // with a newline at its end: to stdout if the code is 0, else to stderr

  friend bool operator==(const EarlyExit&, const EarlyExit&) = default;
};

// Reads the command line, the environment and the configuration files for the first time; what it
// does not know may be the scenario's and is left alone.
// Errors  an EarlyExit: with code 2 and one line `swarm: error: ...`; for --version with code 0
std::variant<EarlyOptions, EarlyExit> early_options(std::span<const std::string> arguments,
                                                    const Surroundings& around);

// Reads them all, with the options that the scenario has `added`.
//
// Flow    arguments (without the program's name), Surroundings -> [parse_options] -> Options
// Errors  an EarlyExit with code 2 and one line `swarm: error: ...`; --help and --version are an
//         EarlyExit with code 0. Scenario files are not looked at: see cli/locustfile.h.
std::variant<Options, EarlyExit> parse_options(std::span<const std::string> arguments,
                                               const Surroundings& around,
                                               const std::vector<CustomOption>& added = {});

// A list is asked for, and no run.
bool only_prints(const Options& options);
// Runs are started by somebody at the web UI, not by themselves.
bool waits_for_start(const Options& options);

// `swarm: error: MESSAGE`, as every refusal of the program reads.
EarlyExit refuse(int code, const std::string& message);

}  // namespace swarm
