#include "proto/zmq_mail.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace swarm::proto {

double calendar_seconds() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

Bell::Bell() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::system_category(), "eventfd");
}

Bell::~Bell() { ::close(fd_); }

void Bell::ring() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

void Bell::silence() {
  std::uint64_t rings = 0;
  [[maybe_unused]] const auto got = ::read(fd_, &rings, sizeof rings);
}

void Bell::wait(Duration longest) const {
  pollfd item{fd_, POLLIN, 0};
  const auto whole_ms = std::chrono::ceil<std::chrono::milliseconds>(std::max(longest, Duration{}));
  ::poll(&item, 1, static_cast<int>(std::min(whole_ms.count(), std::int64_t{60'000})));
}

}  // namespace swarm::proto
