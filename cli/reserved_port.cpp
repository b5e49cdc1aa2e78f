#include "cli/reserved_port.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace swarm {

Result<ReservedPort> ReservedPort::take(const std::string& address, std::uint16_t port) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &place.sin_addr) != 1) {
    return Error{fmt::format("{} is no IPv4 address", address)};
  }
  const auto failed = [&] {
    return Error{fmt::format("cannot listen on {}:{}: {}", address, port, std::strerror(errno))};
  };
  ReservedPort taken{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 0};
  if (taken.socket_ < 0) return failed();
  auto* const where = reinterpret_cast<sockaddr*>(&place);
  socklen_t size = sizeof place;
  if (::bind(taken.socket_, where, size) != 0) return failed();
  // Only now: before, it would have let this one join another's.
  const int on = 1;
  if (::setsockopt(taken.socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::getsockname(taken.socket_, where, &size) != 0) {
    return failed();
  }
  taken.port_ = ntohs(place.sin_port);
  return taken;
}

ReservedPort::~ReservedPort() {
  if (socket_ >= 0) ::close(socket_);
}

}  // namespace swarm
