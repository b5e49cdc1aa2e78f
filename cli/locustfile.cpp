#include "cli/locustfile.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/values.h"

namespace swarm {
namespace {

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

// What this version cannot run; each case goes when it can.
Result<void> check_kind(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return Error{fmt::format("{} is a directory; name a scenario's file", in_quotes(path))};
  }
  if (path.ends_with(".py")) {
    return Error{fmt::format(
        "{} is Python, which this version cannot run yet; -f takes a compiled scenario (.so)",
        in_quotes(path))};
  }
  return {};
}

Result<std::string> find_locustfile(const std::string& name) {
  if (name.starts_with("http://") || name.starts_with("https://")) {
    return Error{fmt::format(
        "{} is an address, and this version cannot download; name a local file", in_quotes(name))};
  }
  std::string path = exists(name) || !exists(name + ".py") ? name : name + ".py";
  if (!exists(path)) {
    return Error{
        fmt::format("Could not find {}. Name the scenario's file with -f", in_quotes(path))};
  }
  SWARM_TRY(check_kind(path));
  if (::access(path.c_str(), R_OK) != 0) {
    return Error{fmt::format("cannot read {}: {}", in_quotes(path), std::strerror(errno))};
  }
  return path;
}

}  // namespace

Result<std::vector<std::string>> find_locustfiles(const std::vector<std::string>& names) {
  if (names.size() > 1) {
    return Error{fmt::format("-f names {} files; this version runs one at a time", names.size())};
  }
  std::vector<std::string> paths;
  for (const std::string& name : names) {
    SWARM_TRY_ASSIGN(std::string path, find_locustfile(name));
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace swarm
