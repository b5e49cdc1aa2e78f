#include "tests/support/zmtp_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace swarm::test {
namespace {

constexpr char kMore = 1;
constexpr char kLong = 2;
constexpr char kCommand = 4;
constexpr timeval kPatience{.tv_sec = 30, .tv_usec = 0};

std::string big_endian(std::uint64_t number, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    text += static_cast<char>(number >> shift);
  }
  return text;
}

std::string with_flags(char flags, std::string_view body) {
  const bool is_short = body.size() < 256;
  std::string bytes(1, static_cast<char>(flags | (is_short ? 0 : kLong)));
  return bytes + big_endian(body.size(), is_short ? 1 : 8) + std::string(body);
}

std::string property(std::string_view name, std::string_view value) {
  return big_endian(name.size(), 1) + std::string(name) + big_endian(value.size(), 4) +
         std::string(value);
}

std::string greeting() {
  std::string bytes = "\xff" + std::string(8, '\0') + "\x7f\x03" + std::string(1, '\0') + "NULL";
  bytes.resize(64, '\0');
  return bytes;
}

}  // namespace

ZmtpPeer::ZmtpPeer(std::uint16_t port, std::string_view identity)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::system_category(), "connect");
  }
  send(greeting());
  send(with_flags(
      kCommand, "\x05READY" + property("Socket-Type", "DEALER") + property("Identity", identity)));
  // What comes before both ends are ready is refused.
  if (!hears("READY")) throw std::runtime_error("the other end is not ready");
}

ZmtpPeer::~ZmtpPeer() { ::close(socket_); }

std::string ZmtpPeer::frame(std::string_view body, bool more) {
  return with_flags(more ? kMore : 0, body);
}

bool ZmtpPeer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

ZmtpPeer::Read ZmtpPeer::read() {
  std::array<char, 4096> bytes{};
  const auto got = ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (got > 0) {
    if (heard_.size() > bytes.size()) heard_.erase(0, heard_.size() - bytes.size());
    heard_.append(bytes.data(), static_cast<std::size_t>(got));
    return Read::Bytes;
  }
  return got == 0 || errno == ECONNRESET ? Read::Closed : Read::Nothing;
}

bool ZmtpPeer::is_cut() {
  Read last = Read::Bytes;
  while (last == Read::Bytes) last = read();
  return last == Read::Closed;
}

bool ZmtpPeer::hears(std::string_view text) {
  while (heard_.find(text) == std::string::npos) {
    if (read() != Read::Bytes) return false;
  }
  return true;
}

}  // namespace swarm::test
