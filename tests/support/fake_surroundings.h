#pragma once

#include <map>
#include <set>
#include <string>

#include "cli/surroundings.h"

namespace swarm::test {

// A process's world made of variables and files that a test writes down.
struct FakeSurroundings {
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;
  std::set<std::string> unreadable;
  std::set<std::string> executables;
  std::string folder = "/home/me/work";
  std::uint16_t columns = 80;

  // Valid while this lives.
  Surroundings get() const {
    return {.variable = [this](const std::string& name) -> std::optional<std::string> {
              const auto found = variables.find(name);
              if (found == variables.end()) return std::nullopt;
              return found->second;
            },
            .read_file = [this](const std::string& path) -> Result<std::optional<std::string>> {
              if (unreadable.contains(path)) return Error{"Permission denied"};
              const auto found = files.find(path);
              if (found == files.end()) return std::optional<std::string>{};
              return std::optional{found->second};
            },
            .is_executable = [this](const std::string& path) { return executables.contains(path); },
            .program = "/opt/swarm/bin/swarm",
            .folder = folder,
            .columns = columns};
  }
};

}  // namespace swarm::test
