#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "common/result.h"

namespace swarm {

// A program to start.
struct ChildCommand {
  std::string program;             // a path, or a name to be found in PATH
  std::vector<std::string> words;  // what it is called, then its arguments

  friend bool operator==(const ChildCommand&, const ChildCommand&) = default;
};

// The worker processes that this one has started (--processes). Each is a process group of its own:
// a Ctrl-C on the terminal is for the parent, which decides what becomes of them.
// Thread  one at a time; start() on the thread at whose end the children are to end
class ChildWorkers {
 public:
  struct End {
    pid_t pid = 0;
    int code = 0;    // 128 + signal, as shells say it
    int signal = 0;  // that killed it; 0: none
  };

  // `if_orphaned`: the signal that a child gets if this process ends before it.
  explicit ChildWorkers(int if_orphaned) : if_orphaned_(if_orphaned) {}
  ChildWorkers(const ChildWorkers&) = delete;
  ~ChildWorkers();

  // Forks and executes, which is safe in a process with other threads as well; the environment of
  // the child is that of this process and the `variables`, each NAME=VALUE. Returns its id.
  // Errors  the system has no room for another process; a program that cannot be executed ends
  //         with code 127
  Result<pid_t> start(const ChildCommand& command, const std::vector<std::string>& variables);

  // Waits until a child ends, until `wake` can be read, or for `patience_ms` (-1: for ever).
  std::optional<End> wait(int wake, int patience_ms);
  // To all that live.
  void signal(int number) const;

  std::size_t alive() const { return alive_.size(); }
  // The largest of those that have ended.
  int code() const { return code_; }

 private:
  struct Child {
    pid_t pid = 0;
    int handle = -1;  // a descriptor that can be read when it has ended
  };
  std::optional<End> take_end(const Child& child);

  const int if_orphaned_;
  std::vector<Child> alive_;
  int code_ = 0;
};

}  // namespace swarm
