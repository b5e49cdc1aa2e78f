#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace swarm::proto {

// The connections of a bound socket, and what each has sent of a message that is not over. ZeroMQ
// bounds frames and whole messages; the parts of one that never ends pile up where nobody sees
// them.
//
// Flow    descriptors of the socket's monitor and of its messages -> [Unfinished] -> shutdown(2)
// Thread  one; the descriptors belong to ZeroMQ's, which may close them at any time
// Errors  none; where the kernel does not tell how much came (before Linux 4.1), nothing is shut
// down
class Unfinished {
 public:
  // `port` is the one that is bound; `most` bytes may come without the end of a message.
  Unfinished(std::uint16_t port, std::size_t most) : port_(port), most_(most) {}

  void accepted(int descriptor);
  void closed(int descriptor) { connections_.erase(descriptor); }
  // A whole message came of it: all that came before is over.
  void heard(int descriptor);

  // Shuts down those that are over the limit, and says how many. Looks at all that have much to
  // say, and at a few of the others: it costs a system call for each.
  // REQUIRES: what whole messages there were, of any of them, were read since the last call
  unsigned shut_down();

 private:
  struct Connection {
    ino_t socket = 0;        // descriptors are used again, these are not
    bool heard = false;      // since the last look
    std::uint64_t over = 0;  // bytes that had come when it was last seen to be heard
    std::uint64_t seen = 0;  // bytes that had come at the last look
    unsigned rest = 0;       // looks that it is left out of
  };
  bool is_ours(int descriptor, const Connection& connection) const;

  const std::uint16_t port_;
  const std::size_t most_;
  std::unordered_map<int, Connection> connections_;
};

}  // namespace swarm::proto
