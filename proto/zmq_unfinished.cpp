#include "proto/zmq_unfinished.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace swarm::proto {
namespace {

// Whoever sends less than this between two looks is looked at in every fourth only.
constexpr std::uint64_t kMuch = 64 * 1024;
constexpr unsigned kRest = 3;

ino_t socket_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

std::uint16_t port_of(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  return address.ss_family == AF_INET6
             ? ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port)
             : std::uint16_t{0};
}

// All that ever came.
std::optional<std::uint64_t> received(int descriptor) {
  tcp_info info{};
  socklen_t size = sizeof info;
  constexpr auto kNeeded =
      offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received;
  if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < kNeeded) {
    return std::nullopt;
  }
  return info.tcpi_bytes_received;
}

// What came and lies in the kernel: it may hold the end.
std::uint64_t unread(int descriptor) {
  int bytes = 0;
  return ::ioctl(descriptor, FIONREAD, &bytes) == 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

// ZeroMQ closes it as it finds nothing more to read. The other end hears at once, even while it
// waits for room.
void reset(int descriptor) {
  constexpr linger kNow{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &kNow, sizeof kNow);
  ::shutdown(descriptor, SHUT_RDWR);
}

}  // namespace

void Unfinished::accepted(int descriptor) {
  connections_[descriptor] = {.socket = socket_of(descriptor)};
}

void Unfinished::heard(int descriptor) {
  const auto found = connections_.find(descriptor);
  if (found != connections_.end()) found->second.heard = true;
}

unsigned Unfinished::shut_down() {
  unsigned count = 0;
  for (auto each = connections_.begin(); each != connections_.end();) {
    auto& [descriptor, connection] = *each;
    if (connection.rest > 0) {
      --connection.rest;
      ++each;
      continue;
    }
    const auto came = received(descriptor);
    if (came) connection.rest = *came - std::exchange(connection.seen, *came) < kMuch ? kRest : 0;
    if (came && connection.heard) {
      connection.heard = false;
      connection.over = *came;
    }
    const std::uint64_t allowed = connection.over + most_;
    const bool is_much = came && *came > allowed && *came > allowed + unread(descriptor);
    const bool is_gone = !came || (is_much && !is_ours(descriptor, connection));
    if (is_much && !is_gone) {
      reset(descriptor);
      ++count;
    }
    each = is_much || is_gone ? connections_.erase(each) : std::next(each);
  }
  return count;
}

// Not one that has the descriptor of a connection whose end nobody told of.
bool Unfinished::is_ours(int descriptor, const Connection& connection) const {
  return connection.socket != 0 && socket_of(descriptor) == connection.socket &&
         port_of(descriptor) == port_;
}

}  // namespace swarm::proto
