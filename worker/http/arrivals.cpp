#include "worker/http/arrivals.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cstring>

#include "common/syscalls.h"

namespace swarm::http {
namespace {

// What is read later than this is nobody's lateness: the wall clock was set.
constexpr std::chrono::minutes kLongest{10};
// What came so long after a turn began may be of the future: then the clock was set, too.
constexpr std::chrono::milliseconds kLongTurn{10};
// Between the two readings of our clock around one of the other, unless something came between.
constexpr std::chrono::microseconds kClose{2};
constexpr int kMostTries = 5;

Duration to_duration(const timespec& time) {
  return std::chrono::seconds{time.tv_sec} + Duration{time.tv_nsec};
}

}  // namespace

void Arrivals::stamp(int socket) {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

ssize_t Arrivals::receive(int socket, std::span<char> buffer, TimePoint turn) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec))];
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t count = receive_message(socket, &message, 0);
  if (count <= 0) return count;
  const cmsghdr* const told = CMSG_FIRSTHDR(&message);
  stamped_ = told != nullptr && told->cmsg_type == SCM_TIMESTAMPNS;
  if (!stamped_) {
    last_ = read_clock();
    return count;
  }
  timespec stamp;
  std::memcpy(&stamp, CMSG_DATA(told), sizeof stamp);
  last_ = arrived(stamp, turn);
  return count;
}

TimePoint Arrivals::arrived(const timespec& stamp, TimePoint turn) {
  if (turn - compared_ >= kComparison) compare();
  const TimePoint arrived{to_duration(stamp) - wall_ahead_};
  return arrived > turn + kLongTurn ? std::min(arrived, read_clock()) : arrived;
}

Duration Arrivals::late() const {
  const Duration late = read_clock() - last_;
  return late < Duration::zero() || late > kLongest ? Duration::zero() : late;
}

// As close as can be: what comes between two readings would be taken for lateness.
void Arrivals::compare() {
  Duration closest = Duration::max();
  for (int tries = 0; tries < kMostTries && closest > kClose; ++tries) {
    const TimePoint before = read_clock();
    timespec wall{};
    ::clock_gettime(CLOCK_REALTIME, &wall);
    const TimePoint after = read_clock();
    if (after - before >= closest) continue;
    closest = after - before;
    wall_ahead_ = to_duration(wall) - (before + closest / 2).time_since_epoch();
    compared_ = after;
  }
}

// The only round trip that there has been is that of the handshake.
Duration Arrivals::since_connected(int socket, TimePoint asked, TimePoint now) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
  if (info.tcpi_rtt == 0 || info.tcpi_total_retrans > 0) return {};
  return std::max(now - asked - std::chrono::microseconds{info.tcpi_rtt}, Duration::zero());
}

}  // namespace swarm::http
