#include "cli/locustfile.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/values.h"

namespace swarm {
namespace {

namespace fs = std::filesystem;
using Files = std::vector<std::string>;

constexpr std::string_view kDefaultName = "locustfile.py";

bool is_compiled(const std::string& file) { return file.ends_with(".so"); }

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Result<std::string> readable(const fs::path& path) {
  if (::access(path.c_str(), R_OK) == 0) return path.string();
  return Error{fmt::format("cannot read {}: {}", in_quotes(path.string()), std::strerror(errno))};
}

Result<Files> files_below(const fs::path& folder) {
  Files files;
  std::error_code error;
  for (fs::recursive_directory_iterator each{folder, error}, end; !error && each != end;
       each.increment(error)) {
    std::error_code ignored;
    const std::string name = each->path().filename().string();
    if (!is_python(name) || name.starts_with('_') || !each->is_regular_file(ignored)) continue;
    SWARM_TRY_ASSIGN(std::string file, readable(each->path()));
    files.push_back(std::move(file));
  }
  if (error) {
    return Error{fmt::format("cannot read {}: {}", in_quotes(folder.string()), error.message())};
  }
  if (files.empty()) {
    return Error{
        fmt::format("Could not find any locustfiles in directory {}", in_quotes(folder.string()))};
  }
  std::ranges::sort(files);
  return files;
}

Result<Files> files_of(const std::string& name, const fs::path& here) {
  if (name.find("://") != std::string::npos) {
    return Error{fmt::format(
        "{} is an address, and this version cannot download; name a local file", in_quotes(name))};
  }
  if (name == "-") {
    return Error{
        "-f - asks a master for the scenario: it is for --worker, and stands alone; name a local "
        "file"};
  }
  const fs::path path = (here / name).lexically_normal();
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return files_below(path);

  const bool complete = is_python(name) || is_compiled(name);
  const fs::path file = complete ? path : fs::path{path.string() + ".py"};
  if (is_there(file)) {
    SWARM_TRY_ASSIGN(std::string found, readable(file));
    return Files{std::move(found)};
  }
  if (is_there(path)) {
    return Error{
        fmt::format("{} is neither Python (.py) nor a compiled scenario (.so)", in_quotes(name))};
  }
  return Error{fmt::format("Could not find {}. Name a .py or .so file, or a folder, with -f",
                           in_quotes(complete ? name : name + ".py"))};
}

Result<Files> nearest_locustfile(const fs::path& here, const fs::path& home) {
  for (fs::path folder = here;; folder = folder.parent_path()) {
    if (is_there(folder / kDefaultName)) {
      SWARM_TRY_ASSIGN(std::string found, readable(folder / kDefaultName));
      return Files{std::move(found)};
    }
    if (folder == home || folder == folder.parent_path()) break;
  }
  return Error{fmt::format("Could not find {} here or in a folder above. Name the scenario with -f",
                           kDefaultName)};
}

Result<void> check_kinds(const Files& files) {
  if (files.size() == 1 || std::ranges::none_of(files, is_compiled)) return {};
  if (std::ranges::all_of(files, is_compiled)) {
    return Error{"one compiled scenario at a time: give -f one .so file"};
  }
  return Error{"a compiled scenario runs alone: give -f one .so file, or .py files"};
}

}  // namespace

bool is_python(const std::string& file) { return file.ends_with(".py"); }

Result<Files> find_locustfiles(const Files& names, const Surroundings& around) {
  if (names.empty()) {
    return nearest_locustfile(around.folder, around.variable("HOME").value_or(""));
  }
  Files files;
  for (const std::string& name : names) {
    SWARM_TRY_ASSIGN(const Files found, files_of(name, around.folder));
    for (const std::string& file : found) {
      if (std::ranges::find(files, file) == files.end()) files.push_back(file);
    }
  }
  SWARM_TRY(check_kinds(files));
  return files;
}

}  // namespace swarm
