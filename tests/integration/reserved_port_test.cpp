#include "cli/reserved_port.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <utility>

namespace swarm {
namespace {

constexpr const char* kHost = "127.0.0.1";

// A socket that listens, as ZeroMQ's do, or not at all.
class Listener {
 public:
  explicit Listener(std::uint16_t port) {
    const int on = 1;
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(port);
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    listens_ = ::bind(socket_, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0 &&
               ::listen(socket_, 1) == 0;
  }
  ~Listener() { ::close(socket_); }
  bool listens() const { return listens_; }

 private:
  int socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
  bool listens_ = false;
};

TEST(ReservedPort, IsKeptFromOthers) {
  const auto port = ReservedPort::take(kHost, 0);
  ASSERT_TRUE(port.ok()) << port.error().message;
  EXPECT_NE(port->port(), 0);
  EXPECT_FALSE(ReservedPort::take(kHost, port->port()).ok());
}

TEST(ReservedPort, IsLeftToOneListener) {
  const auto port = ReservedPort::take(kHost, 0);
  ASSERT_TRUE(port.ok());
  const Listener first{port->port()}, second{port->port()};
  EXPECT_TRUE(first.listens());
  EXPECT_FALSE(second.listens());
}

TEST(ReservedPort, IsNotThatOfAListener) {
  std::optional<Result<ReservedPort>> port{ReservedPort::take(kHost, 0)};
  const std::uint16_t number = (*port)->port();
  const Listener listener{number};
  port.reset();
  EXPECT_FALSE(ReservedPort::take(kHost, number).ok());
}

TEST(ReservedPort, IsFreeAfterwards) {
  std::uint16_t number = 0;
  {
    auto port = ReservedPort::take(kHost, 0);
    const ReservedPort moved = std::move(*port);
    number = moved.port();
    EXPECT_FALSE(ReservedPort::take(kHost, number).ok());
  }
  EXPECT_TRUE(ReservedPort::take(kHost, number).ok());
}

TEST(ReservedPort, NeedsAnAddressInDigits) {
  EXPECT_FALSE(ReservedPort::take("localhost", 0).ok());
}

}  // namespace
}  // namespace swarm
