#include "cli/scenario_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "cli/bundle.h"
#include "cli/locustfile.h"
#include "cli/values.h"

namespace swarm {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "swarm-scenario-";
constexpr const char* kLock = "lock";
constexpr const char* kFiles = "scenario";
constexpr const char* kVariable = "SWARM_FETCHED_SCENARIO";  // the process's id, root, entries
constexpr std::size_t kLongestPath = 1024;

Error refused(const std::string& path, std::string_view why) {
  return Error{fmt::format("the master's scenario has a file {}, which {}: it is not taken",
                           in_quotes(path), why)};
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

Result<void> check_path(const std::string& path) {
  if (path.empty() || path.size() > kLongestPath || std::ranges::any_of(path, is_control)) {
    return refused(path, "is no usable name");
  }
  if (path.front() == '/') return refused(path, "has an absolute name");
  for (std::string_view rest = path;;) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part == "..") return refused(path, "lies outside of its folder");
    if (part.empty() || part == ".") return refused(path, "is no usable name");
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
}

Error failed(const std::string& path) {
  return Error{fmt::format("cannot write {}: {}; choose another folder with TMPDIR",
                           in_quotes(path), std::strerror(errno))};
}

Result<void> write_file(const fs::path& path, const std::string& contents) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) {
    errno = error.value();
    return failed(path.string());
  }
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return failed(path.string());
  for (std::string_view rest = contents; !rest.empty();) {
    const ssize_t written = ::write(file, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const Error reason = failed(path.string());
      ::close(file);
      return reason;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::close(file) != 0) return failed(path.string());
  return {};
}

// A lock of the whole process: an exec keeps it, a fork does not hand it on, and the kernel lets
// go of it whatever ends the process. So the descriptor stays open, also across an exec.
bool lock(int file, int command) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  int done = -1;
  do {
    done = ::fcntl(file, command, &whole);
  } while (done != 0 && errno == EINTR && command == F_SETLKW);
  return done == 0;
}

Result<int> take_lock(const fs::path& folder) {
  // Under its final name it is locked from the first moment: others may look at it now.
  const fs::path name = folder / kLock;
  const fs::path unready = folder / "lock.new";
  const int file = ::open(unready.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  if (file < 0) return failed(name.string());
  if (lock(file, F_SETLK) && ::rename(unready.c_str(), name.c_str()) == 0) return file;
  const Error reason = failed(name.string());
  ::close(file);
  return reason;
}

// Closes what the child of a fork was given, but for one descriptor.
void close_all_but(int kept) {
  std::error_code error;
  std::vector<int> open;
  for (const auto& each : fs::directory_iterator{"/proc/self/fd", error}) {
    open.push_back(std::atoi(each.path().filename().c_str()));
  }
  for (const int fd : open) {
    if (fd != kept) ::close(fd);
  }
}

// Waits for the end of the folder's process, and removes the folder.
[[noreturn]] void remove_when_unlocked(const fs::path& folder, int lock_file) {
  ::setsid();  // Ctrl-C is for others
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_IGN);
  ::prctl(PR_SET_NAME, "swarm-tidy");
  close_all_but(lock_file);
  std::error_code ignored;
  fs::current_path("/", ignored);
  if (lock(lock_file, F_SETLKW)) fs::remove_all(folder, ignored);
  ::_exit(0);
}

// Nobody's child: the scenario may wait for all of its own.
Result<void> start_removal(const fs::path& folder, int lock_file) {
  const pid_t between = ::fork();
  if (between < 0) return Error{fmt::format("cannot start a process: {}", std::strerror(errno))};
  if (between == 0) {
    if (::fork() == 0) remove_when_unlocked(folder, lock_file);
    ::_exit(0);
  }
  while (::waitpid(between, nullptr, 0) < 0 && errno == EINTR) {
  }
  return {};
}

void remove_if_abandoned(const fs::path& folder) {
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return;
  if (status.st_uid != ::geteuid()) return;
  const int file = ::open((folder / kLock).c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return;
  std::error_code ignored;
  if (lock(file, F_SETLK)) fs::remove_all(folder, ignored);
  ::close(file);
}

void remove_abandoned(const fs::path& below) {
  std::error_code error;
  for (fs::directory_iterator each{below, error}, end; !error && each != end;
       each.increment(error)) {
    if (each->path().filename().string().starts_with(kPrefix)) remove_if_abandoned(each->path());
  }
}

fs::path folder_of_temporary_files(const Surroundings& around) {
  const std::string named = around.variable("TMPDIR").value_or("");
  return named.empty() ? fs::path{"/tmp"} : fs::path{around.folder} / named;
}

void tell_the_environment(const ScenarioFolder& folder) {
  std::string text = fmt::format("{}\n{}", ::getpid(), folder.root);
  for (const std::string& entry : folder.entries) text += "\n" + entry;
  ::setenv(kVariable, text.c_str(), 1);
}

}  // namespace

Result<void> check_scenario(const proto::ScenarioFiles& files) {
  if (!files.error.empty()) return Error{files.error};
  std::set<std::string_view> names;
  std::uint64_t bytes = 0;
  for (const proto::ScenarioFile& file : files.files) {
    SWARM_TRY(check_path(file.path));
    if (!names.insert(file.path).second) return refused(file.path, "is there twice");
    bytes += file.contents.size();
  }
  if (bytes > Bundle::kMostBytes) {
    return Error{fmt::format("the master's scenario has {} MiB, more than {}: it is not taken",
                             bytes >> 20, Bundle::kMostBytes >> 20)};
  }
  if (files.entries.empty()) {
    return Error{"the master has no scenario to give: start this worker with -f"};
  }
  for (const std::string& entry : files.entries) {
    if (!names.contains(entry)) {
      return Error{fmt::format("the master did not send {} of its scenario", in_quotes(entry))};
    }
    if (!is_python(entry) && !entry.ends_with(".so")) {
      return refused(entry, "is neither Python (.py) nor a compiled scenario (.so)");
    }
  }
  return {};
}

Result<ScenarioFolder> make_scenario_folder(const proto::ScenarioFiles& files,
                                            const Surroundings& around) {
  SWARM_TRY(check_scenario(files));
  const fs::path below = folder_of_temporary_files(around);
  remove_abandoned(below);
  std::string pattern = (below / fmt::format("{}XXXXXX", kPrefix)).string();
  if (::mkdtemp(pattern.data()) == nullptr) return failed(pattern);

  const fs::path folder = pattern;
  const fs::path root = folder / kFiles;
  const auto write_all = [&]() -> Result<void> {
    SWARM_TRY_ASSIGN(const int lock_file, take_lock(folder));
    SWARM_TRY(start_removal(folder, lock_file));
    for (const proto::ScenarioFile& file : files.files) {
      SWARM_TRY(write_file(root / file.path, file.contents));
    }
    return {};
  };
  if (const auto written = write_all(); !written) {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    return written.error();
  }
  ScenarioFolder made{.root = root.string(), .entries = {}};
  for (const std::string& entry : files.entries) made.entries.push_back((root / entry).string());
  tell_the_environment(made);
  return made;
}

std::optional<ScenarioFolder> inherited_scenario_folder(const Surroundings& around) {
  const std::string text = around.variable(kVariable).value_or("");
  std::vector<std::string> lines;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  // A process that this one started has the variable as well, but not the folder.
  if (lines.size() < 3 || lines.front() != std::to_string(::getpid())) return std::nullopt;
  return ScenarioFolder{lines[1], {lines.begin() + 2, lines.end()}};
}

}  // namespace swarm
