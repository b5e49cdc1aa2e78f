#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <ctime>
#include <span>

#include "common/clock.h"

namespace swarm::http {

// Reads sockets, and says when the kernel had what they gave: what a loop that was busy, or had no
// processor, reads late is not measured as the target's time.
//
// Flow    socket -> [Arrivals] -> bytes, the instant of the last of them
// Thread  loop
// Errors  as recv(2). Without stamps (some sandboxes have none) the instant is that of reading.
//
// The kernel stamps packets by the wall clock, which may be set; it is compared with ours once per
// kComparison, and a stamp that makes no sense is not used.
class Arrivals {
 public:
  static constexpr std::chrono::milliseconds kComparison{100};

  // Has the kernel stamp what arrives at `socket` from now on.
  void stamp(int socket);

  // As ::recv(socket, buffer, size, 0), in a turn of the loop that began at `turn`. If it returns
  // more than 0, last() and late() are of it.
  ssize_t receive(int socket, std::span<char> buffer, TimePoint turn);
  // When the last byte of what was received had come ...
  TimePoint last() const { return last_; }
  // ... and how long ago that is.
  Duration late() const;
  // Whether the kernel tells; as of the last time.
  bool stamped() const { return stamped_; }

  // How long before `now` the handshake of `socket`, which was asked for at `asked`, was over. Zero
  // if the kernel cannot tell, as after a packet that was lost.
  static Duration since_connected(int socket, TimePoint asked, TimePoint now);

 private:
  TimePoint arrived(const timespec& stamp, TimePoint turn);
  void compare();

  TimePoint last_{};
  Duration wall_ahead_{};  // the wall clock, of ours, as of ...
  TimePoint compared_{};
  bool stamped_ = true;
};

}  // namespace swarm::http
