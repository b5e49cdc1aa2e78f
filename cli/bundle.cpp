#include "cli/bundle.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/locustfile.h"
#include "cli/values.h"
#include "common/platform.h"

namespace swarm {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<fs::path>;

bool is_below(const fs::path& file, const fs::path& folder) {
  const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return end == folder.end() && rest != file.end();
}

fs::path common_ancestor(const fs::path& one, const fs::path& other) {
  fs::path common;
  const auto end = std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first;
  for (auto part = one.begin(); part != end; ++part) common /= *part;
  return common;
}

// Where a module is imported from: the folder around its outermost package.
fs::path import_folder(const fs::path& file) {
  std::error_code ignored;
  fs::path folder = file.parent_path();
  while (fs::exists(folder / "__init__.py", ignored) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  return folder;
}

// What a folder or a wildcard does not mean, unless it is named.
bool is_left_out(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name == "__pycache__" || name.ends_with(".pyc");
}

Error failed(const std::string& path, const std::string& why) {
  return Error{fmt::format("cannot read {}: {}", in_quotes(path), why)};
}

Result<void> add_files_below(const fs::path& folder, Paths& files) {
  std::error_code error;
  for (fs::recursive_directory_iterator each{folder, error}, end; !error && each != end;
       each.increment(error)) {
    std::error_code ignored;
    if (is_left_out(each->path())) {
      each.disable_recursion_pending();
    } else if (each->is_regular_file(ignored)) {
      files.push_back(each->path());
    }
  }
  if (error) return failed(folder.string(), error.message());
  return {};
}

// What a pattern of --include names, as absolute paths.
Result<Paths> files_of_pattern(const std::string& pattern) {
  glob_t found{};
  const int outcome = ::glob(pattern.c_str(), GLOB_TILDE, nullptr, &found);
  Paths named;
  if (outcome == 0) named.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);

  const bool wild = pattern.find_first_of("*?[") != std::string::npos;
  Paths files;
  for (const fs::path& each : named) {
    fs::path path = fs::absolute(each).lexically_normal();
    if (!path.has_filename()) path = path.parent_path();
    std::error_code ignored;
    if (wild && is_left_out(path)) continue;
    if (fs::is_directory(path, ignored)) {
      SWARM_TRY(add_files_below(path, files));
    } else if (fs::is_regular_file(path, ignored)) {
      files.push_back(path);
    }
  }
  if (!files.empty()) return files;
  return Error{
      fmt::format("argument --include: {} names no file; patterns start from the folder "
                  "that the master is started in",
                  in_quotes(pattern))};
}

Result<Paths> included(const std::vector<std::string>& patterns) {
  Paths all;
  for (const std::string& pattern : patterns) {
    SWARM_TRY_ASSIGN(const Paths files, files_of_pattern(pattern));
    all.insert(all.end(), files.begin(), files.end());
  }
  return all;
}

// What paths in the bundle are relative to: where the entries are imported from, or the master's
// own folder above it if there are files between the two.
fs::path root_of(const Paths& entries, const Paths& all) {
  fs::path root = import_folder(entries.front());
  for (const fs::path& entry : entries) root = common_ancestor(root, import_folder(entry));
  std::error_code ignored;
  const fs::path here = fs::current_path(ignored);
  const bool needs_more = std::ranges::any_of(
      all, [&](const fs::path& file) { return !is_below(file, root) && is_below(file, here); });
  return needs_more && is_below(root, here) ? here : root;
}

// Decides the path of each file in the bundle.
class Layout {
 public:
  Layout(const Paths& entries, const Paths& all)
      : root_(root_of(entries, all)),
        first_folder_(entries.front().parent_path().lexically_relative(root_)) {
    for (const fs::path& file : all) place(file);
  }

  Result<std::map<std::string, fs::path>> places() const {
    if (!outside_.empty()) {
      return Error{
          fmt::format("{} outside of {}, the scenario's folder: move {} there, or give "
                      "each worker the scenario with -f",
                      outside_, in_quotes(root_.string()),
                      outside_.find(',') == std::string::npos ? "it" : "them")};
    }
    if (!clash_.empty()) return Error{clash_};
    return places_;
  }

  std::string path_of(const fs::path& entry) const {
    return entry.lexically_relative(root_).generic_string();
  }

 private:
  void place(const fs::path& file) {
    if (is_below(file, root_)) return place(file, path_of(file));
    if (!is_python(file.string())) {
      outside_ += (outside_.empty() ? "" : ", ") + in_quotes(file.string());
      return;
    }
    // A module from elsewhere is found beside the first entry, whose folder is looked through
    // first.
    place(file, (first_folder_ / file.lexically_relative(import_folder(file)))
                    .lexically_normal()
                    .generic_string());
  }

  void place(const fs::path& file, const std::string& path) {
    const auto [there, added] = places_.emplace(path, file);
    if (added || there->second == file) return;
    clash_ = fmt::format("{} and {} would be the same file of a worker: rename one of them",
                         in_quotes(there->second.string()), in_quotes(file.string()));
  }

  fs::path root_;
  fs::path first_folder_;  // of the first entry, below the root
  std::map<std::string, fs::path> places_;
  std::string outside_;
  std::string clash_;
};

Result<std::string> contents_of(const fs::path& path) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file.is_open() || file.bad()) return failed(path.string(), std::strerror(errno));
  return text;
}

// Before any is read: somebody may have named a folder of gigabytes.
Result<void> check_size(const std::map<std::string, fs::path>& places) {
  std::uint64_t bytes = 0;
  for (const auto& [path, file] : places) {
    std::error_code error;
    bytes += fs::file_size(file, error);
    if (error) return failed(file.string(), error.message());
  }
  if (bytes <= Bundle::kMostBytes) return {};
  return Error{
      fmt::format("the files for workers have {} MiB, more than {}: name fewer with "
                  "--include, or give each worker its own",
                  bytes >> 20, Bundle::kMostBytes >> 20)};
}

Result<proto::ScenarioFiles> collect(const Paths& entries, const Paths& all) {
  const Layout layout{entries, all};
  SWARM_TRY_ASSIGN(const auto places, layout.places());
  SWARM_TRY(check_size(places));
  proto::ScenarioFiles collected;
  for (const fs::path& entry : entries) collected.entries.push_back(layout.path_of(entry));
  for (const auto& [path, file] : places) {
    SWARM_TRY_ASSIGN(std::string contents, contents_of(file));
    collected.files.push_back({path, std::move(contents)});
  }
  return collected;
}

}  // namespace

proto::ScenarioFiles Bundle::answer(const proto::ScenarioRequest& request) const {
  if (platform_.empty() || request.platform == platform_) return files_;
  return {.entries = {},
          .files = {},
          .error = fmt::format("the master's scenario is compiled for {}, and this worker is {}: "
                               "compile it here, and name it with -f",
                               platform_, request.platform)};
}

Result<Bundle> make_bundle(const Options& options, const Scenario& scenario) {
  SWARM_TRY_ASSIGN(const Paths more, included(options.include));
  Bundle bundle;
  Paths all;
  for (const std::string& file : scenario.files()) all.push_back(fs::path{file}.lexically_normal());
  if (all.empty()) {
    bundle.files_.error = "the master's scenario cannot be sent: start this worker with -f";
    return bundle;
  }
  const std::size_t named = std::clamp<std::size_t>(options.locustfiles.size(), 1, all.size());
  const Paths entries{all.begin(), all.begin() + static_cast<std::ptrdiff_t>(named)};
  all.insert(all.end(), more.begin(), more.end());

  auto collected = collect(entries, all);
  if (!collected) {
    if (!more.empty()) return collected.error();
    bundle.files_.error = "the master cannot send its scenario: " + collected.error().message;
    return bundle;
  }
  bundle.files_ = std::move(*collected);
  if (!is_python(entries.front().string())) bundle.platform_ = platform();
  return bundle;
}

}  // namespace swarm
