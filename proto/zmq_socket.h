#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "common/result.h"
#include "proto/token.h"
#include "proto/zmq_mail.h"

namespace swarm::proto {

// One ZeroMQ socket, with our settings: a master's (ROUTER, bound) or a worker's (DEALER,
// connected). Whoever knows no token of ours, or is not who the token says, is kept out by the
// socket itself.
//
// Flow    bytes -> [ZmqSocket] -> TCP, and back
// Thread  the one that made it; messages are read by a thread of ZeroMQ's
// Errors  bind(), connect(): the address. ZeroMQ's exceptions end here.
class ZmqSocket {
 public:
  static constexpr std::size_t kMasterMessageBytes = std::size_t{16} << 20;
  static constexpr std::size_t kWorkerMessageBytes = std::size_t{68} << 20;  // a scenario's files

  struct Settings {
    std::string host;
    std::uint16_t port = 0;
    std::string identity{};  // a worker's: who it is to the master
    std::optional<Token> token{};
  };
  static Result<std::unique_ptr<ZmqSocket>> bind(const Settings& settings);
  static Result<std::unique_ptr<ZmqSocket>> connect(const Settings& settings);
  // What was sent is given `kLinger` to leave, unless hurry() was called.
  ~ZmqSocket();
  static constexpr std::chrono::seconds kLinger{1};
  void hurry();

  std::uint16_t port() const;  // that a master is bound to

  // Waits until something can be received or noticed, the bell rings, or `longest` has passed.
  void wait(const Bell& bell, Duration longest);

  struct Received {
    std::string_view peer;  // a master's: the identity of who sent it
    std::string_view bytes;
    bool whole = true;  // else it has more or fewer frames than a message of ours
  };
  // The next message, if there is one; valid until the next call.
  std::optional<Received> receive();

  // Any number of messages can share their bytes.
  using Bytes = std::shared_ptr<const std::string>;
  enum class Sent { Yes, NoSuchPeer, QueueFull };
  // Never waits. A worker's: to the master, whatever `peer`; QueueFull if it is not connected.
  Sent send(std::string_view peer, const Bytes& bytes);

  // What became of connections since the last call.
  struct Notices {
    bool joined = false;          // a worker's: the handshake is done
    bool lost = false;            // a worker's: the connection went, after any handshake
    unsigned wrong_keys = 0;      // handshakes: the other end has another token
    unsigned other_security = 0;  // handshakes: one end has a token, the other none
    unsigned broken = 0;          // handshakes that ended before it was known why
  };
  Notices notices();

  // A master's: cuts the connections that sent more than a message may have, and no end of it. How
  // many those were.
  // REQUIRES: receive() had nothing more, or each peer had its turn, since the last call
  unsigned cut_endless();

 private:
  struct State;
  explicit ZmqSocket(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace swarm::proto
