#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "common/result.h"

namespace swarm {

// A TCP port that is kept free until its listener comes: the kernel gives it to nobody else, but
// lets a listener with SO_REUSEADDR, as ZeroMQ's have it, join the socket that holds it.
class ReservedPort {
 public:
  // `address`: of IPv4, in digits. `port` 0: any.
  // Errors  the port is in use; no such address here
  static Result<ReservedPort> take(const std::string& address, std::uint16_t port);
  ReservedPort(ReservedPort&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), port_(other.port_) {}
  ReservedPort& operator=(ReservedPort&& other) noexcept {
    std::swap(socket_, other.socket_);
    std::swap(port_, other.port_);
    return *this;
  }
  ~ReservedPort();

  std::uint16_t port() const { return port_; }

 private:
  ReservedPort(int socket, std::uint16_t port) : socket_(socket), port_(port) {}
  int socket_;
  std::uint16_t port_;
};

}  // namespace swarm
