#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/custom_option.h"
#include "cli/local_run.h"
#include "cli/master_contact.h"
#include "cli/options.h"

namespace swarm {

// What the program asks of a kind of scenario files, in this order; an EarlyExit ends the program
// with its words.
struct FrontEnd {
  // Reads the files (at least one) and tells which options they add. Python's imports them; the
  // program's own hands the process over to an interpreter if they are Python.
  std::function<std::variant<std::vector<CustomOption>, EarlyExit>(
      const std::vector<std::string>& files, const EarlyOptions& early)>
      open;
  // Judges the values of the added options, Options::custom_arguments. Unset: nothing to judge.
  std::function<std::optional<EarlyExit>(const Options& options)> check;
  // Makes the scenario, once the log is set up and the role's objects exist.
  LoadScenario load;
  // Who turns the loop of the role; asked once the options are read.
  std::function<LoopRunner()> runner;
};

// All that the program does with a scenario: finds its files, or has the master send them; reads
// the options, sets up the log and plays the role asked for, with workers of its own if it is to
// have some. The same for the program and for the module inside Python.
//
// Flow    arguments (without the program's name) -> [scenario_main] -> the process's exit code
// Errors  said in one line, or as the front-end says it; the code is Locust's
int scenario_main(const std::vector<std::string>& arguments, const FrontEnd& front_end);

// Its first part: all up to the log. A worker tells its master what keeps it from opening the
// files.
std::variant<Options, EarlyExit> read_options(const std::vector<std::string>& arguments,
                                              const FrontEnd& front_end, const Surroundings& around,
                                              const MasterContact& master);

// Prints last words where they belong, and returns the exit code.
int say(const EarlyExit& last_words);

}  // namespace swarm
