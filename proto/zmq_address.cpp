#include "proto/zmq_address.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace swarm::proto {
namespace {

// What a name stands for.
class Addresses {
 public:
  explicit Addresses(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &first_) != 0) first_ = nullptr;
  }
  ~Addresses() {
    if (first_ != nullptr) ::freeaddrinfo(first_);
  }
  Addresses(const Addresses&) = delete;
  Addresses& operator=(const Addresses&) = delete;

  const addrinfo* first() const { return first_; }
  const addrinfo* ipv4() const {
    const addrinfo* each = first_;
    while (each != nullptr && each->ai_family != AF_INET) each = each->ai_next;
    return each;
  }

 private:
  addrinfo* first_ = nullptr;
};

}  // namespace

std::string numeric_address(const std::string& host) {
  if (host == "*") return host;
  const Addresses addresses(host);
  const addrinfo* const address = addresses.ipv4() ? addresses.ipv4() : addresses.first();
  std::array<char, NI_MAXHOST> text{};
  if (address == nullptr || ::getnameinfo(address->ai_addr, address->ai_addrlen, text.data(),
                                          text.size(), nullptr, 0, NI_NUMERICHOST) != 0) {
    return host;
  }
  return text.data();
}

bool has_ipv4(const std::string& host) {
  const Addresses addresses(host);
  return addresses.first() == nullptr || addresses.ipv4() != nullptr;
}

bool speaks_ipv6() {
  const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

std::string tcp_endpoint(const std::string& host, std::uint16_t port) {
  const bool bare = host.find(':') == std::string::npos || host.starts_with('[');
  return fmt::format("tcp://{}:{}", bare ? host : "[" + host + "]",
                     port == 0 ? "*" : std::to_string(port));
}

bool is_loopback(const std::string& host) {
  const std::string address = numeric_address(host);
  return address.starts_with("127.") || address == "::1";
}

}  // namespace swarm::proto
