#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/target/conversation.h"
#include "cli/target/outbox.h"
#include "cli/target/site.h"
#include "cli/target/tls.h"
#include "common/loop.h"

namespace swarm::target {

class Connection;

// What the connections of a server share: they take turns, so one set of buffers serves all.
struct Workshop {
  Loop& loop;
  Site site;
  std::optional<TlsContext> tls;
  Outbox outbox;               // empty between two turns
  std::vector<char> received;  // what one recv takes at most
  std::vector<char> decrypted;
  std::vector<std::unique_ptr<Connection>> connections;

  explicit Workshop(Loop& of);
};

// One accepted socket: moves bytes between it and its conversation, through TLS where wanted.
//
// Flow    socket -> [Connection] -> Conversation -> Outbox -> socket
// Thread  loop
// Errors  whatever goes wrong with the socket ends the connection, silently
//
// One recv for what is readable, one send for what it was answered with. What the kernel does not
// take at once is kept, and nothing more is read from this client until it is gone.
class Connection final : public Watcher, private Timer {
 public:
  // For how long a refused client may go on sending, and how often a client that has closed its
  // sending side (level-triggered: the loop would never rest) is tried with more bytes.
  static constexpr std::chrono::seconds kLinger{2};
  static constexpr std::chrono::milliseconds kRetry{1};

  // Adds itself to `shop`, which must outlive it, and ends itself by leaving it. `fd` is
  // non-blocking, and the connection's from now on.
  static void open(Workshop& shop, int fd);
  Connection(Workshop& shop, int fd, std::size_t place);
  ~Connection();

 private:
  enum class Phase : std::uint8_t { Receiving, Sending, Waiting, Lingering };

  void ready(Ready what) override;
  void expired() override;

  void receive();
  void go_on();
  void act(Next next);
  void rest(Phase phase, Ready interest);
  void linger();
  void drain();
  bool send_outbox();
  bool send_pending();
  std::optional<std::string_view> decrypt(std::string_view received);
  void end();

  Workshop& shop_;
  const int fd_;
  std::size_t place_;  // in shop_.connections
  Phase phase_ = Phase::Receiving;
  Next next_ = Next::Receive;  // when all is sent
  bool half_closed_ = false;   // the client sends no more, and is not watched
  Conversation conversation_;
  std::optional<TlsSession> tls_;
  std::string pending_;  // what the kernel did not take yet
  Watch watch_;
};

}  // namespace swarm::target
