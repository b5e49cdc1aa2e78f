#include "cli/target/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

namespace swarm::target {
namespace {

constexpr std::size_t kReceiveBytes = 64 * 1024;
constexpr std::size_t kTlsRecordBytes = 16 * 1024;

bool failed(int fd) {
  int reason = 0;
  socklen_t size = sizeof reason;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &size) != 0 || reason != 0;
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

Workshop::Workshop(Loop& of)
    : loop(of), received(kReceiveBytes), decrypted(kReceiveBytes + 2 * kTlsRecordBytes) {}

void Connection::open(Workshop& shop, int fd) {
  auto made = std::make_unique<Connection>(shop, fd, shop.connections.size());
  auto watch = shop.loop.watch(fd, *made, Ready::Read);
  if (!watch.ok()) return;  // the kernel's limit on watches: closed, as if refused
  made->watch_ = std::move(watch).value();
  shop.site.count_connection();
  shop.connections.push_back(std::move(made));
}

Connection::Connection(Workshop& shop, int fd, std::size_t place)
    : Timer(shop.loop), shop_(shop), fd_(fd), place_(place), conversation_(shop.site) {
  if (shop.tls) tls_.emplace(*shop.tls);
}

Connection::~Connection() {
  watch_.reset();
  ::close(fd_);
}

void Connection::ready(Ready what) {
  switch (phase_) {
    case Phase::Receiving:
      return receive();
    case Phase::Sending:
      if (any(what, Ready::Write)) return go_on();
      break;
    case Phase::Lingering:
      return drain();
    case Phase::Waiting:
      break;
  }
  // The client has closed its side while we owe it something. It may still listen.
  if (failed(fd_)) return end();
  half_closed_ = true;
  rest(phase_, Ready::Nothing);
}

void Connection::expired() {
  if (phase_ == Phase::Lingering) return end();
  go_on();
}

void Connection::receive() {
  const ssize_t count = ::recv(fd_, shop_.received.data(), shop_.received.size(), 0);
  if (count < 0 && would_block()) return;
  if (count <= 0) return end();
  const std::string_view received{shop_.received.data(), static_cast<std::size_t>(count)};
  if (!tls_) return act(conversation_.receive(received, shop_.outbox, shop_.loop.now()));

  const auto plain = decrypt(received);
  if (!plain) return act(Next::Refuse);
  act(plain->empty() ? Next::Receive
                     : conversation_.receive(*plain, shop_.outbox, shop_.loop.now()));
}

std::optional<std::string_view> Connection::decrypt(std::string_view received) {
  const auto count = tls_->decrypt(received, shop_.decrypted);
  if (!count) return std::nullopt;
  return std::string_view{shop_.decrypted.data(), *count};
}

// The client can take more, or the time of the next piece has come.
void Connection::go_on() {
  if (!send_pending()) return end();
  if (!pending_.empty()) return rest(Phase::Sending, Ready::Write);
  if (next_ == Next::Continue || next_ == Next::Wait) {
    next_ = conversation_.resume(shop_.outbox, shop_.loop.now());
  }
  act(next_);
}

void Connection::act(Next next) {
  next_ = next;
  if (next == Next::Close && tls_ && pending_.empty()) {
    tls_->encrypt(shop_.outbox.bytes());
    shop_.outbox.clear();
    tls_->close();
  }
  if (!send_outbox()) return end();
  if (!pending_.empty()) return rest(Phase::Sending, Ready::Write);
  switch (next) {
    case Next::Receive:
      return rest(Phase::Receiving, Ready::Read);
    // In the next turn: a long answer to a quick client must not hold up all others.
    case Next::Continue:
      return rest(Phase::Sending, Ready::Write);
    case Next::Wait:
      return rest(Phase::Waiting, Ready::Nothing);
    case Next::Close:
      return end();
    case Next::Refuse:
      return linger();
  }
}

// Waits, in the way that suits what is waited for.
void Connection::rest(Phase phase, Ready interest) {
  phase_ = phase;
  if (phase == Phase::Waiting) schedule(conversation_.due());
  if (half_closed_ && interest != Ready::Read) {
    watch_.reset();
    if (phase == Phase::Sending) schedule(shop_.loop.now() + kRetry);
    return;
  }
  if (watch_) return watch_.want(interest);
  auto watch = shop_.loop.watch(fd_, *this, interest);
  if (!watch.ok()) return end();
  watch_ = std::move(watch).value();
}

// Closing at once, with bytes of the client's unread, would reset the connection, and with it
// destroy the answer on its way.
void Connection::linger() {
  ::shutdown(fd_, SHUT_WR);
  schedule(shop_.loop.now() + kLinger);
  rest(Phase::Lingering, Ready::Read);
}

void Connection::drain() {
  const ssize_t count = ::recv(fd_, shop_.received.data(), shop_.received.size(), 0);
  if (count == 0 || (count < 0 && !would_block())) end();
}

bool Connection::send_outbox() {
  std::string_view bytes = shop_.outbox.bytes();
  if (tls_) {
    tls_->encrypt(bytes);
    bytes = tls_->output();
  }
  bool alive = true;
  if (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    alive = sent >= 0 || would_block();
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    if (alive && !bytes.empty()) pending_.assign(bytes);
    if (tls_) tls_->clear_output();
  }
  shop_.outbox.clear();
  return alive;
}

bool Connection::send_pending() {
  if (pending_.empty()) return true;
  const ssize_t sent = ::send(fd_, pending_.data(), pending_.size(), MSG_NOSIGNAL);
  if (sent < 0) return would_block();
  pending_.erase(0, static_cast<std::size_t>(sent));
  if (pending_.empty()) std::string{}.swap(pending_);
  return true;
}

void Connection::end() {
  shop_.outbox.clear();
  auto& all = shop_.connections;
  const auto self = std::exchange(all[place_], nullptr);  // destroyed last
  if (place_ + 1 < all.size()) {
    all[place_] = std::move(all.back());
    all[place_]->place_ = place_;
  }
  all.pop_back();
}

}  // namespace swarm::target
