#include "cli/child_workers.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

namespace swarm {
namespace {

constexpr int kNotExecutable = 127;  // as shells say it

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

std::vector<std::string> environment_with(const std::vector<std::string>& variables) {
  std::vector<std::string> all = variables;
  for (char** each = ::environ; *each != nullptr; ++each) {
    const auto is_this = [name = name_of(*each)](const std::string& variable) {
      return name_of(variable) == name;
    };
    if (std::ranges::none_of(variables, is_this)) all.emplace_back(*each);
  }
  return all;
}

// In the child of a fork: system calls only, since other threads may hold any lock.
[[noreturn]] void become(const char* program, char** words, char** environment, pid_t parent,
                         int if_orphaned) {
  ::prctl(PR_SET_PDEATHSIG, if_orphaned);
  if (::getppid() != parent) ::_exit(kNotExecutable);  // it was gone before that
  ::setpgid(0, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);  // an interpreter ignores it
  ::execvpe(program, words, environment);
  ::_exit(kNotExecutable);
}

}  // namespace

ChildWorkers::~ChildWorkers() {
  for (const Child& child : alive_) ::close(child.handle);
}

Result<pid_t> ChildWorkers::start(const ChildCommand& command,
                                  const std::vector<std::string>& variables) {
  std::vector<std::string> words = command.words;
  std::vector<std::string> environment = environment_with(variables);
  const std::vector<char*> word_pointers = pointers_to(words);
  const std::vector<char*> variable_pointers = pointers_to(environment);

  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return Error{fmt::format("cannot start a worker: {}", std::strerror(errno))};
  if (pid == 0) {
    become(command.program.c_str(), const_cast<char**>(word_pointers.data()),
           const_cast<char**>(variable_pointers.data()), parent, if_orphaned_);
  }
  const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (handle < 0) {
    const Error reason{fmt::format("cannot watch a worker: {}", std::strerror(errno))};
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return reason;
  }
  alive_.push_back({pid, handle});
  return pid;
}

std::optional<ChildWorkers::End> ChildWorkers::wait(int wake, int patience_ms) {
  std::vector<pollfd> waited{{.fd = wake, .events = POLLIN, .revents = 0}};
  for (const Child& child : alive_) {
    waited.push_back({.fd = child.handle, .events = POLLIN, .revents = 0});
  }
  if (::poll(waited.data(), waited.size(), patience_ms) <= 0) return std::nullopt;
  for (std::size_t i = 1; i < waited.size(); ++i) {
    if (waited[i].revents != 0) return take_end(alive_[i - 1]);
  }
  return std::nullopt;
}

std::optional<ChildWorkers::End> ChildWorkers::take_end(const Child& child) {
  End end{.pid = child.pid};
  int status = 0;
  // Somebody else may have waited for all children of the process.
  if (::waitpid(child.pid, &status, 0) == child.pid) {
    end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    end.code = WIFSIGNALED(status) ? 128 + end.signal : WEXITSTATUS(status);
  }
  code_ = std::max(code_, end.code);
  ::close(child.handle);
  std::erase_if(alive_, [&](const Child& each) { return each.pid == end.pid; });
  return end;
}

void ChildWorkers::signal(int number) const {
  for (const Child& child : alive_) ::kill(child.pid, number);
}

}  // namespace swarm
