#include "proto/zmq_unfinished.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

namespace swarm::proto {
namespace {

constexpr std::size_t kMost = 1000;

// A listening socket on loopback, and connections to it.
class Server {
 public:
  Server() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address_), sizeof address_), 0);
    EXPECT_EQ(::listen(fd_, 8), 0);
    socklen_t size = sizeof address_;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size);
  }
  ~Server() { ::close(fd_); }

  std::uint16_t port() const { return ntohs(address_.sin_port); }

  struct Ends {
    int client;
    int server;
  };
  Ends connect() const {
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address_), sizeof address_), 0);
    return {client, ::accept(fd_, nullptr, nullptr)};
  }

 private:
  sockaddr_in address_{};
  int fd_;
};

// So many bytes arrive and are read.
void pass(Server::Ends ends, std::size_t count) {
  const std::string bytes(count, 'x');
  ASSERT_EQ(::send(ends.client, bytes.data(), count, 0), static_cast<ssize_t>(count));
  std::string got(count, ' ');
  ASSERT_EQ(::recv(ends.server, got.data(), count, MSG_WAITALL), static_cast<ssize_t>(count));
}

bool is_open(Server::Ends ends) {
  return ::send(ends.client, "x", 1, MSG_NOSIGNAL) == 1 &&
         ::recv(ends.server, std::array<char, 1>().data(), 1, MSG_WAITALL) == 1;
}

// A connection, and who looks after it.
class UnfinishedOfOne : public testing::Test {
 protected:
  UnfinishedOfOne() { unfinished.accepted(ends.server); }
  ~UnfinishedOfOne() override {
    ::close(ends.client);
    ::close(ends.server);
  }
  // What there is to shut down until every connection had its look.
  unsigned shut_down() {
    unsigned count = 0;
    for (int look = 0; look < 8; ++look) count += unfinished.shut_down();
    return count;
  }

  Server server;
  const Server::Ends ends = server.connect();
  Unfinished unfinished{server.port(), kMost};
};

TEST_F(UnfinishedOfOne, IsShutDownIfItSendsTooMuchWithoutAnEnd) {
  pass(ends, kMost);
  EXPECT_EQ(shut_down(), 0u);
  pass(ends, 1);
  EXPECT_EQ(shut_down(), 1u);
  EXPECT_FALSE(is_open(ends));
}

TEST_F(UnfinishedOfOne, BeginsAnewAfterAMessage) {
  for (int message = 0; message < 3; ++message) {
    pass(ends, kMost);
    unfinished.heard(ends.server);
    EXPECT_EQ(shut_down(), 0u);
  }
  EXPECT_TRUE(is_open(ends));
}

// What nobody has read may hold the end.
TEST_F(UnfinishedOfOne, IsOnlyWhatWasRead) {
  const std::string bytes(2 * kMost, 'x');
  ASSERT_EQ(::send(ends.client, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  EXPECT_EQ(shut_down(), 0u);
}

// ZeroMQ had closed it, and somebody else opened a connection of another kind: nobody told.
TEST_F(UnfinishedOfOne, LeavesADescriptorAloneThatBelongsToAnotherNow) {
  const Server other;
  const auto others = other.connect();
  ASSERT_EQ(::dup2(others.server, ends.server), ends.server);
  const Server::Ends reused{others.client, ends.server};
  pass(reused, 2 * kMost);
  EXPECT_EQ(shut_down(), 0u);
  EXPECT_TRUE(is_open(reused));
  ::close(others.client);
  ::close(others.server);
}

}  // namespace
}  // namespace swarm::proto
