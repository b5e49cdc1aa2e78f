#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <ctime>

namespace swarm {

// The system calls of each request and each turn, as libc's of the same names but for one thing:
// they are no points at which a thread can be cancelled, which would cost two atomic exchanges a
// call. Nobody here cancels threads.

inline ssize_t send_bytes(int socket, const void* bytes, std::size_t size, int flags) {
  return ::syscall(SYS_sendto, socket, bytes, size, flags, nullptr, 0);
}

inline ssize_t receive_message(int socket, msghdr* message, int flags) {
  return ::syscall(SYS_recvmsg, socket, message, flags);
}

// Errors: ENOSYS before Linux 5.11.
inline int wait_for_events(int epoll, epoll_event* events, int most, const timespec* timeout) {
  return static_cast<int>(::syscall(SYS_epoll_pwait2, epoll, events, most, timeout, nullptr, 0));
}

}  // namespace swarm
