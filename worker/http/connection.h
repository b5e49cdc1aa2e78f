#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/loop.h"
#include "worker/http/engine.h"
#include "worker/http/failure.h"

namespace swarm::http {

// Who a connection reports to: the exchange that uses it, or the pool that keeps it. Each call is
// the connection's last act in a turn, so it may be destroyed or used again from inside.
class ConnectionOwner {
 public:
  virtual void opened() = 0;
  virtual void received(std::string_view bytes) = 0;
  // The peer ended the stream in order (None), or the connection failed.
  virtual void closed(Failure failure) = 0;
  // See Watcher::foresee.
  virtual void foresee() const {}

 protected:
  ~ConnectionOwner() = default;
};

// A socket to the target, plain or TLS. Reads when there is something to read, writes at once.
//
// Flow    request bytes -> [Connection] -> response bytes, one chunk a turn
// Thread  loop
// Errors  told to the owner by closed(), never from inside open() or send(); the connection is of
//         no use afterwards. A failed write is not told: the peer may have answered before it
//         closed, so the read that follows decides.
class Connection final : private Watcher {
 public:
  Connection(Engine& engine, ConnectionOwner& owner) : engine_(engine), owner_(&owner) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void set_owner(ConnectionOwner& owner) { owner_ = &owner; }

  // Begins to connect; with `tls`, to the server of that name. Anything but None is an error that
  // was known at once, and nothing will be told.
  Failure open(const Address& address, TlsContext* tls, const std::string& host);

  // REQUIRES: opened.
  void send(std::string_view bytes);
  // Whether the kernel has taken all that was sent.
  bool flushed() const { return unsent_.empty() && !broken_; }

  // Why the TLS session failed, in OpenSSL's words; empty if it did not.
  std::string tls_error() const { return tls_ != nullptr ? tls_->error() : std::string(); }

  // Stops reading, or goes on with it; the kernel's buffer fills up meanwhile. REQUIRES: flushed().
  void pause() { watch_.want(Ready::Nothing); }
  void resume() { watch_.want(unsent_.empty() ? Ready::Read : Ready::Read | Ready::Write); }

  // When the peer had accepted, before any TLS; none: not yet. Until opened() it may have moved on:
  // by what was read late() of the TLS handshake.
  TimePoint connected() const { return connected_; }
  // How much later than it could have been the connection was opened(), because it was not looked
  // at: the generator's time, not the target's.
  Duration late() const { return late_; }

  // Whether the peer sends no more. What it sent before may still be unread.
  bool peer_closed() const { return peer_closed_; }

 private:
  enum class State : std::uint8_t { Connecting, Handshaking, Open };

  void ready(Ready what) override;
  void foresee(bool second) const override;
  void finish_connect();
  void finish_open();
  void shake_hands(std::string_view ciphertext);
  void receive();
  void decrypt(std::string_view ciphertext);
  void write(std::string_view bytes);
  void flush();

  Engine& engine_;
  ConnectionOwner* owner_;
  int fd_ = -1;
  State state_ = State::Connecting;
  bool broken_ = false;  // a write failed
  bool peer_closed_ = false;
  TimePoint asked_{};  // to connect
  TimePoint connected_{};
  Duration late_{};
  Watch watch_;
  std::unique_ptr<TlsSession> tls_;
  std::string unsent_;  // from unsent_from_ on; freed when it is out
  std::size_t unsent_from_ = 0;
};

}  // namespace swarm::http
