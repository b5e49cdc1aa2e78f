#include "cli/interpreter.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "cli/values.h"

namespace swarm {
namespace {

namespace fs = std::filesystem;

// Beside the program in a build tree; below its prefix when installed, where distributions name the
// folder of libraries in their ways.
constexpr std::array<std::string_view, 4> kPythonFolders{"python", "../lib/swarm/python",
                                                         "../" SWARM_LIBRARY_FOLDER "/swarm/python",
                                                         "../lib64/swarm/python"};

Result<std::string> chosen_interpreter(const std::string& name, const Surroundings& around) {
  if (name.find('/') != std::string::npos) {
    if (around.is_executable(name)) return name;
    return Error{fmt::format("argument --python: {} cannot be executed; name an interpreter",
                             in_quotes(name))};
  }
  const std::string path = around.variable("PATH").value_or("");
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    std::string file = fmt::format("{}/{}", folder.empty() ? "." : folder, name);
    if (around.is_executable(file)) return file;
  }
  return Error{fmt::format("argument --python: there is no {} in PATH; name an interpreter",
                           in_quotes(name))};
}

Result<std::string> interpreter_of(const std::string& chosen, const Surroundings& around) {
  if (!chosen.empty()) return chosen_interpreter(chosen, around);

  const auto environment = around.variable("VIRTUAL_ENV");
  if (environment && !environment->empty()) {
    std::string file = *environment + "/bin/python";
    if (around.is_executable(file)) return file;
    return Error{fmt::format(
        "VIRTUAL_ENV is {}, which has no bin/python; deactivate it, or choose with --python",
        in_quotes(*environment))};
  }
  std::string file = python_built_for();
  if (around.is_executable(file)) return file;
  return Error{
      fmt::format("{} cannot be executed; choose an interpreter with --python", in_quotes(file))};
}

Result<std::string> find_bootstrap(const Surroundings& around) {
  const fs::path folder = fs::path{around.program}.parent_path();
  for (const std::string_view each : kPythonFolders) {
    std::string file = (folder / each / "bootstrap.py").lexically_normal().string();
    const auto text = around.read_file(file);
    if (text && text->has_value()) return file;
  }
  return Error{
      "this swarm was built without Python, it runs compiled scenarios (.so); its lib/swarm/python "
      "is missing"};
}

}  // namespace

std::string python_built_for() { return SWARM_PYTHON; }

Result<PythonCommand> python_command(const std::string& chosen, const Surroundings& around) {
  SWARM_TRY_ASSIGN(std::string interpreter, interpreter_of(chosen, around));
  SWARM_TRY_ASSIGN(std::string bootstrap, find_bootstrap(around));
  return PythonCommand{std::move(interpreter), std::move(bootstrap)};
}

EarlyExit start_python(const PythonCommand& command, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{command.interpreter, command.bootstrap};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  std::fflush(nullptr);
  ::execv(command.interpreter.c_str(), pointers.data());
  return refuse(
      1, fmt::format("cannot start {}: {}", in_quotes(command.interpreter), std::strerror(errno)));
}

}  // namespace swarm
