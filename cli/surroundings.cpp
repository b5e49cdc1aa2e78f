#include "cli/surroundings.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "cli/terminal.h"

namespace swarm {
namespace {

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::string{value};
}

Result<std::optional<std::string>> read_file(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return std::optional<std::string>{};
  if (std::filesystem::is_directory(status)) return Error{"it is a directory"};

  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (!file) return Error{std::strerror(errno)};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (file.bad()) return Error{std::strerror(errno)};
  return std::optional{std::move(text)};
}

bool is_executable(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

Surroundings real_surroundings() {
  std::error_code ignored;
  return {.variable = variable,
          .read_file = read_file,
          .is_executable = is_executable,
          .program = std::filesystem::read_symlink("/proc/self/exe", ignored).string(),
          .folder = std::filesystem::current_path(ignored).string(),
          .columns = terminal_at(STDOUT_FILENO).columns};
}

}  // namespace swarm
