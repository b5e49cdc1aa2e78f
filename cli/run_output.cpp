#include "cli/run_output.h"

#include <vector>

#include "cli/run_plan.h"
#include "cli/terminal.h"
#include "common/log.h"
#include "master/views/console.h"
#include "master/views/json.h"

namespace swarm {

void print(std::FILE* file, const std::string& text) {
  std::fputs(text.c_str(), file);
  std::fflush(file);
}

int stderr_columns() {
  const Terminal terminal = stderr_terminal();
  return terminal.interactive ? terminal.columns : master::kNotATerminal;
}

Result<std::optional<int>> print_lists(const Options& options, const Scenario& scenario) {
  if (options.list_users) {
    print(stdout, master::user_class_list(scenario.user_classes()));
    return std::optional{0};
  }
  SWARM_TRY_ASSIGN(const auto classes,
                   choose_classes(scenario.user_classes(), options.user_classes));
  const std::uint32_t users = options.users.value_or(0);
  if (options.show_task_ratio) {
    print(stdout, master::task_ratio_tables(classes, users));
  } else if (options.show_task_ratio_json) {
    print(stdout, master::task_ratio_json(classes, users) + "\n");
  } else {
    return std::optional<int>{};
  }
  return std::optional{0};
}

int fail(const std::string& reason) {
  log(LogLevel::Error, "swarm.main", reason);
  return 1;
}

}  // namespace swarm
