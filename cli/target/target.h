#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "common/result.h"

namespace swarm {

// `swarm target`: the built-in HTTP server to aim load at.
struct TargetOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  bool tls = false;
  std::string cert_file;  // PEM, with key_file; both empty: a certificate is made
  std::string key_file;
};

// What `swarm target --help` prints.
std::string target_usage();

// Reads the words behind `swarm target`; nothing if help was asked for.
// Errors: a line that names the option and what it wants
Result<std::optional<TargetOptions>> parse_target_options(std::span<const char* const> args);

// Serves until SIGINT or SIGTERM. Returns the exit code.
// Errors: a port in use, an unknown host, files that are no certificate and key
Result<int> run_target(const TargetOptions& options);

// All of `swarm target`: options, running, and what there is to say, on stderr (help on stdout).
// Returns the exit code: 2 for a wrong command line, 1 if it cannot listen.
int target_main(std::span<const char* const> args);

}  // namespace swarm
