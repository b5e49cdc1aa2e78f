#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <deque>
#include <utility>

namespace swarm::test {

class ScriptedServer::Connection final : private Watcher, private Timer {
 public:
  Connection(ScriptedServer& server, int fd) : Timer(server.loop_), server_(server), fd_(fd) {
    watch_ = std::move(server.loop_.watch(fd, *this, Ready::Read)).value();
  }
  ~Connection() {
    watch_.reset();
    ::close(fd_);
  }

 private:
  void ready(Ready) override {
    std::array<char, 65536> bytes;
    const ssize_t count = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (count <= 0) return end();
    request_.append(bytes.data(), static_cast<std::size_t>(count));
    answer();
  }

  void answer() {
    const auto head = request_.find("\r\n\r\n");
    if (head == std::string::npos) return;
    std::size_t length = head + 4;
    const auto field = request_.find("Content-Length: ");
    if (field < head) length += std::strtoul(request_.c_str() + field + 16, nullptr, 10);
    if (request_.size() < length) return;
    server_.requests_.push_back(request_.substr(0, length));
    request_.erase(0, length);
    reply_ = server_.script_(server_.requests_.back());
    next_ = 0;
    if (!reply_.pieces.empty() || reply_.close || reply_.reset) schedule(loop().now());
  }

  void expired() override {
    if (next_ < reply_.pieces.size()) {
      const std::string& piece = reply_.pieces[next_++];
      ::send(fd_, piece.data(), piece.size(), MSG_NOSIGNAL);
    }
    if (next_ < reply_.pieces.size()) return schedule(loop().now());
    if (reply_.after) reply_.after();
    if (reply_.reset) {
      const linger rude{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &rude, sizeof rude);
    }
    if (reply_.close || reply_.reset) end();
  }

  void end() {
    // Not from inside: the map owns it.
    watch_.reset();
    server_.loop_.defer([&server = server_, fd = fd_] { server.connections_.erase(fd); });
  }

  ScriptedServer& server_;
  int fd_;
  Watch watch_;
  std::string request_;
  Reply reply_;
  std::size_t next_ = 0;
};

ScriptedServer::ScriptedServer(Loop& loop, Script script)
    : loop_(loop), script_(std::move(script)) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  SWARM_ASSERT(::bind(fd_, reinterpret_cast<sockaddr*>(&address), length) == 0);
  SWARM_ASSERT(::listen(fd_, 1024) == 0);
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length);
  port_ = ntohs(address.sin_port);
  watch_ = std::move(loop.watch(fd_, *this, Ready::Read)).value();
}

ScriptedServer::~ScriptedServer() {
  watch_.reset();
  connections_.clear();
  ::close(fd_);
}

void ScriptedServer::close_all() { connections_.clear(); }

void ScriptedServer::ready(Ready) {
  const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  ++accepted_;
  connections_[fd] = std::make_unique<Connection>(*this, fd);
}

}  // namespace swarm::test
