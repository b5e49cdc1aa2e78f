// The program: finds out what it is to be, and is that.

#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/completion_command.h"
#include "cli/front_end.h"
#include "cli/passwd_command.h"
#include "cli/scenario_main.h"
#include "cli/target/target.h"
#include "cli/token_command.h"
#include "common/heap.h"

int main(int argc, char** argv) {
  swarm::prepare_heap();
  try {
    const std::span<const char* const> words{argv + (argc > 0 ? 1 : 0), argv + argc};
    if (!words.empty() && words.front() == std::string_view{"target"}) {
      return swarm::target_main(words.subspan(1));
    }
    if (!words.empty() && words.front() == std::string_view{"token"}) {
      return swarm::token_main(words.subspan(1));
    }
    if (!words.empty() && words.front() == std::string_view{"passwd"}) {
      return swarm::passwd_main(words.subspan(1));
    }
    if (!words.empty() && words.front() == std::string_view{"completion"}) {
      return swarm::completion_main(words.subspan(1));
    }
    const std::vector<std::string> arguments{words.begin(), words.end()};
    return swarm::scenario_main(arguments, swarm::program_front_end(arguments));
  } catch (const std::exception& error) {
    return swarm::say(swarm::refuse(1, error.what()));
  }
}
