#include "worker/http/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/fetch.h"
#include "common/syscalls.h"

namespace swarm::http {
namespace {

// Of an Exchange, all that a request touches.
constexpr std::size_t kOwnerLines = 12;

Failure failure_of(int error) {
  switch (error) {
    case ECONNREFUSED:
      return Failure::Refused;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EACCES:
    case EPERM:
      return Failure::Unreachable;
    case ETIMEDOUT:
      return Failure::ConnectTimedOut;
    case EMFILE:
    case ENFILE:
      return Failure::OutOfDescriptors;
    case EADDRNOTAVAIL:
    case EADDRINUSE:
      return Failure::OutOfPorts;
    case ENOMEM:
    case ENOBUFS:
      return Failure::OutOfMemory;
    default:
      return Failure::Reset;
  }
}

}  // namespace

Connection::~Connection() {
  watch_.reset();
  if (fd_ >= 0) ::close(fd_);
}

Failure Connection::open(const Address& address, TlsContext* tls, const std::string& host) {
  fd_ =
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd_ < 0) return failure_of(errno);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  engine_.arrivals().stamp(fd_);
  tells_when(engine_.arrivals().stamped());
  asked_ = read_clock();
  if (::connect(fd_, address.get(), address.length) != 0 && errno != EINPROGRESS) {
    return failure_of(errno);
  }
  auto watch = engine_.loop().watch(fd_, *this, Ready::Write, Told::Once);
  if (!watch) return Failure::OutOfMemory;
  watch_ = std::move(watch).value();
  if (tls != nullptr) tls_ = std::make_unique<TlsSession>(*tls, host);
  return Failure::None;
}

void Connection::ready(Ready what) {
  if (state_ == State::Connecting) return finish_connect();
  peer_closed_ = any(what, Ready::Closed);
  if (any(what, Ready::Write) && !unsent_.empty()) flush();
  if (any(what, Ready::Read | Ready::Closed)) receive();
}

void Connection::foresee(bool second) const {
  second ? owner_->foresee() : fetch<kOwnerLines>(owner_);
}

void Connection::finish_connect() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return owner_->closed(failure_of(error));
  connected_ = read_clock();
  late_ = Arrivals::since_connected(fd_, asked_, connected_);
  watch_.want(Ready::Read);
  if (tls_ == nullptr) return finish_open();
  state_ = State::Handshaking;
  shake_hands({});
}

void Connection::finish_open() {
  state_ = State::Open;
  engine_.opened();
  owner_->opened();
}

void Connection::shake_hands(std::string_view ciphertext) {
  std::string& out = engine_.encrypted();
  out.clear();
  const auto status = tls_->handshake(ciphertext, out);
  if (!out.empty()) write(out);
  if (status != TlsSession::Status::Ok) return owner_->closed(Failure::Tls);
  if (tls_->established()) finish_open();
}

void Connection::receive() {
  auto& buffer = engine_.to_receive();
  Arrivals& arrivals = engine_.arrivals();
  const ssize_t count = arrivals.receive(fd_, buffer, engine_.loop().turn_start());
  if (count < 0) {
    if (errno == EINTR) watch_.again();
    if (errno == EAGAIN || errno == EINTR) return;
    return owner_->closed(state_ == State::Handshaking ? Failure::Tls : Failure::Reset);
  }
  if (count == 0) {
    return owner_->closed(state_ == State::Handshaking ? Failure::Tls : Failure::None);
  }
  tells_when(arrivals.stamped());
  // Else all was read that there was; what comes is told.
  if (static_cast<std::size_t>(count) == buffer.size() || peer_closed_) watch_.again();
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
  if (state_ == State::Handshaking) {
    const Duration late = arrivals.late();
    late_ += late;
    connected_ += late;
    return shake_hands(bytes);
  }
  tls_ == nullptr ? owner_->received(bytes) : decrypt(bytes);
}

void Connection::decrypt(std::string_view ciphertext) {
  auto& plaintext = engine_.decrypted();
  std::string& out = engine_.encrypted();
  out.clear();
  std::size_t length = 0;
  const auto status = tls_->decrypt(ciphertext, plaintext.data(), plaintext.size(), length, out);
  if (!out.empty()) write(out);  // an answer to a key update
  if (status == TlsSession::Status::Failed) return owner_->closed(Failure::Tls);
  if (length > 0) {
    // A close notice behind the data is followed by the end of the stream, which tells it again.
    return owner_->received({plaintext.data(), length});
  }
  if (status == TlsSession::Status::Closed) owner_->closed(Failure::None);
}

void Connection::send(std::string_view bytes) {
  if (tls_ == nullptr) return write(bytes);
  std::string& out = engine_.encrypted();
  out.clear();
  if (tls_->encrypt(bytes, out) != TlsSession::Status::Ok) broken_ = true;
  write(out);
}

void Connection::write(std::string_view bytes) {
  if (broken_) return;
  if (unsent_.empty()) {
    const ssize_t count = send_bytes(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count == static_cast<ssize_t>(bytes.size())) return;
    if (count < 0 && errno != EAGAIN && errno != EINTR) {
      broken_ = true;
      return;
    }
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  unsent_.append(bytes);
  watch_.want(Ready::Read | Ready::Write);
}

void Connection::flush() {
  const std::string_view rest = std::string_view(unsent_).substr(unsent_from_);
  const ssize_t count = send_bytes(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
  if (count < 0) {
    if (errno == EINTR) watch_.again();
    if (errno == EAGAIN || errno == EINTR) return;
    broken_ = true;
  } else {
    unsent_from_ += static_cast<std::size_t>(count);
  }
  if (broken_ || unsent_from_ == unsent_.size()) {
    std::string().swap(unsent_);
    unsent_from_ = 0;
    watch_.want(Ready::Read);
  }
}

}  // namespace swarm::http
