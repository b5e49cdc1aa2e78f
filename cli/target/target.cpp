#include "cli/target/target.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "cli/target/connection.h"
#include "cli/target/server.h"
#include "common/net.h"

namespace swarm {
namespace {

// One descriptor a client: as many as we may have.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<target::TlsContext> make_tls(const TargetOptions& options) {
  if (options.cert_file.empty()) return target::TlsContext::self_signed(options.host);
  return target::TlsContext::load(options.cert_file, options.key_file);
}

}  // namespace

Result<int> run_target(const TargetOptions& options) {
  raise_descriptor_limit();
  Loop loop;
  target::Workshop shop{loop};
  if (options.tls) {
    SWARM_TRY_ASSIGN(shop.tls, make_tls(options));
  }
  target::Server server{shop};
  SWARM_TRY(server.listen(options.host, options.port));

  asio::signal_set signals{loop.io(), SIGINT, SIGTERM};
  signals.async_wait([&loop](const error_code& failed, int) {
    if (!failed) loop.stop();
  });
  fmt::print(stderr, "Target listening at {}://{}\n", options.tls ? "https" : "http",
             server.address());
  loop.run();
  return 0;
}

int target_main(std::span<const char* const> args) {
  const auto options = parse_target_options(args);
  if (!options.ok()) {
    fmt::print(stderr, "swarm target: error: {}\n", options.error().message);
    return 2;
  }
  if (!*options) {
    fmt::print("{}", target_usage());
    return 0;
  }
  const auto exit_code = run_target(**options);
  if (exit_code.ok()) return *exit_code;
  fmt::print(stderr, "swarm target: error: {}\n", exit_code.error().message);
  return 1;
}

}  // namespace swarm
