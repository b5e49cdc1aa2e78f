#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <ctime>

namespace swarm {

// The system calls of each request and each turn: as libc's functions, but not cancellation points,
// which cost two atomic exchanges a call. Nobody here cancels threads.

// The sanitizers look at libc's functions only.
#if defined(__SANITIZE_ADDRESS__)
inline ssize_t send_bytes(int socket, const void* bytes, std::size_t size, int flags) {
  return ::send(socket, bytes, size, flags);
}

inline ssize_t receive_message(int socket, msghdr* message, int flags) {
  return ::recvmsg(socket, message, flags);
}
#else
inline ssize_t send_bytes(int socket, const void* bytes, std::size_t size, int flags) {
  return ::syscall(SYS_sendto, socket, bytes, size, flags, nullptr, 0);
}

inline ssize_t receive_message(int socket, msghdr* message, int flags) {
  return ::syscall(SYS_recvmsg, socket, message, flags);
}
#endif

// Errors: ENOSYS before Linux 5.11.
inline int wait_for_events(int epoll, epoll_event* events, int most, const timespec* timeout) {
  static_assert(sizeof(timespec) == 16, "the kernel's has 64 bits a member; libc would translate");
  constexpr std::size_t kSignalBytes = 0;  // of no mask
  return static_cast<int>(
      ::syscall(SYS_epoll_pwait2, epoll, events, most, timeout, nullptr, kSignalBytes));
}

}  // namespace swarm
