#include "tests/support/wire_tap.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <vector>

#include "common/assert.h"

namespace swarm::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

// The ends of one connection.
struct Pair {
  std::array<int, 2> fds;
};

}  // namespace

WireTap::WireTap(std::uint16_t port) : target_(port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  SWARM_ASSERT(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  SWARM_ASSERT(::listen(listener_, 64) == 0);
  socklen_t length = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

WireTap::~WireTap() {
  over_ = true;
  thread_.join();
  ::close(listener_);
}

std::string WireTap::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

void WireTap::run() {
  std::vector<Pair> pairs;
  std::vector<char> buffer(1 << 16);
  while (!over_) {
    std::vector<pollfd> items{{listener_, POLLIN, 0}};
    for (const Pair& pair : pairs) {
      for (const int fd : pair.fds) items.push_back({fd, POLLIN, 0});
    }
    // Not told of anything while cut, it looks again now and then.
    if (::poll(items.data(), cut_ ? 0 : items.size(), 20) <= 0) continue;
    std::vector<Pair> kept;
    for (std::size_t at = 0; at < pairs.size(); ++at) {
      bool open = true;
      for (std::size_t side = 0; side < 2 && open; ++side) {
        if (items[1 + 2 * at + side].revents == 0) continue;
        const ssize_t got = ::recv(pairs[at].fds[side], buffer.data(), buffer.size(), 0);
        // First kept, then passed on: whoever has received it finds it in seen().
        if (got > 0) {
          const std::lock_guard lock(mutex_);
          seen_.append(buffer.data(), static_cast<std::size_t>(got));
        }
        open = got > 0 && ::send(pairs[at].fds[1 - side], buffer.data(),
                                 static_cast<std::size_t>(got), MSG_NOSIGNAL) == got;
      }
      if (open) {
        kept.push_back(pairs[at]);
      } else {
        for (const int fd : pairs[at].fds) ::close(fd);
      }
    }
    pairs = std::move(kept);
    if (items[0].revents == 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = connect_to(target_);
    if (client >= 0 && server >= 0) {
      pairs.push_back({{client, server}});
    } else {
      for (const int fd : {client, server}) {
        if (fd >= 0) ::close(fd);
      }
    }
  }
  for (const Pair& pair : pairs) {
    for (const int fd : pair.fds) ::close(fd);
  }
}

}  // namespace swarm::test
