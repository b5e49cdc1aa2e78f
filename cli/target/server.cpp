#include "cli/target/server.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace swarm::target {
namespace {

// What may connect while a turn lasts: whole crowds do, at the start of a test.
constexpr int kBacklog = 16 * 1024;
constexpr int kAcceptsPerTurn = 256;

void set_option(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

// Accepted sockets inherit these. Dead clients are found by the kernel's probes.
void set_options(int fd) {
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  // Where BBR is the default, each answer is paced by a timer of its own: 1.5 us of CPU for nothing
  // on loopback. Reno is what every kernel has.
  ::setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
}

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Error cannot_listen(const std::string& host, std::uint16_t port, int reason) {
  switch (reason) {
    case EADDRINUSE:
      return Error{
          fmt::format("port {} of {} is in use: stop what listens there, or choose another "
                      "port with --port (0: any free one)",
                      port, host)};
    case EACCES:
      return Error{
          fmt::format("port {} of {} is reserved: choose one above 1023 with --port", port, host)};
    case EADDRNOTAVAIL:
      return Error{
          fmt::format("{} is no address of this machine: choose another with --host "
                      "(0.0.0.0: all of them)",
                      host)};
    default:
      return Error{
          fmt::format("cannot listen at port {} of {}: {}", port, host, std::strerror(reason))};
  }
}

}  // namespace

Server::~Server() {
  watch_.reset();
  if (fd_ >= 0) ::close(fd_);
}

Result<void> Server::listen(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int unknown = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (unknown != 0) {
    return Error{fmt::format("unknown host {}: {}; give an address of this machine with --host",
                             host, ::gai_strerror(unknown))};
  }
  const Addresses addresses{found, &::freeaddrinfo};

  host_ = host;
  fd_ = ::socket(addresses->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return cannot_listen(host, port, errno);
  set_options(fd_);
  if (::bind(fd_, addresses->ai_addr, addresses->ai_addrlen) != 0 || ::listen(fd_, kBacklog) != 0) {
    return cannot_listen(host, port, errno);
  }
  SWARM_TRY_ASSIGN(watch_, shop_.loop.watch(fd_, *this, Ready::Read));
  return {};
}

std::string Server::address() const {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&bound), &size);
  const bool v6 = bound.ss_family == AF_INET6;
  // The port is at the same place in both.
  const std::uint16_t port = ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port);
  return v6 && host_.find(':') != std::string::npos ? fmt::format("[{}]:{}", host_, port)
                                                    : fmt::format("{}:{}", host_, port);
}

void Server::ready(Ready) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      Connection::open(shop_, fd);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      watch_.want(Ready::Nothing);
      return schedule(shop_.loop.now() + kRetry);
    } else if (errno != ECONNABORTED && errno != EINTR) {
      return;
    }
  }
}

}  // namespace swarm::target
