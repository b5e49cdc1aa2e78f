#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/target/connection.h"
#include "common/loop.h"
#include "common/result.h"

namespace swarm::target {

// Listens, and gives each client that connects a Connection.
// Thread  loop
// Errors  without descriptors left, clients wait in the kernel's queue and are tried again
class Server final : public Watcher, private Timer {
 public:
  static constexpr std::chrono::milliseconds kRetry{10};

  explicit Server(Workshop& shop) : Timer(shop.loop), shop_(shop) {}
  ~Server();

  // `port` 0: any free one. Errors: an unknown host, a port in use
  Result<void> listen(const std::string& host, std::uint16_t port);

  // host:port as it belongs into a URL. REQUIRES: listen() succeeded.
  std::string address() const;

 private:
  void ready(Ready what) override;
  void expired() override { watch_.want(Ready::Read); }

  Workshop& shop_;
  std::string host_;
  int fd_ = -1;
  Watch watch_;
};

}  // namespace swarm::target
