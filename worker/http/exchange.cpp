#include <algorithm>
#include <chrono>
#include <utility>

#include "common/fetch.h"
#include "worker/http/client.h"
#include "worker/http/redirect.h"

namespace swarm::http {

Exchange::Exchange(Client& client) : Timer(client.engine_.loop()), client_(client) {}
Exchange::~Exchange() { cancel(); }

void Exchange::foresee() const {
  fetch(response_.head.data());
  fetch<4>(request_.data());
  fetch(response_.places.data());
  fetch<3>(&client_);
  if (done_.foresee != nullptr) done_.foresee(done_.context);
}

bool Exchange::sent() const {
  return sent_ || (connection_ && transmitted_ && connection_->connection.flushed());
}

void Exchange::start(Completion done) {
  done_ = done;
  sent_ = false;
  started_ = hop_started_ = read_clock();
  forgiven_ = {};
  opening_.reset();
  if (failing_ != Failure::None) return fail_soon(failing_);
  go();
}

// One request of the exchange: the first, or one after a redirect.
void Exchange::go() {
  parser_.begin(response_, to_head_, &client_.engine_.heads());
  transmitted_ = false;
  first_bytes_ = {};
  if ((connection_ = client_.take(url_.origin(), trust_))) {
    connection_->connection.set_owner(*this);
    opening_.reset();
    return transmit();
  }
  opening_.emplace();
  phase_ = Phase::Resolving;
  places_tried_ = 0;
  await_until(now() + connect_timeout_);
  endpoints_ = client_.engine_.resolver().resolve(url_.host(), url_.port(), *this);
  if (!endpoints_) return;
  opening_->resolved = hop_started_;
  connect();
}

void Exchange::resolved(std::shared_ptr<Endpoints> endpoints) {
  if (!endpoints) return fail(Failure::NameNotResolved);
  endpoints_ = std::move(endpoints);
  opening_->resolved = read_clock();
  connect();
}

void Exchange::connect() {
  phase_ = Phase::Connecting;
  place_ = endpoints_->pick(loop().now());
  ++places_tried_;
  ConnectionOwner& owner = *this;
  connection_ = std::make_unique<Pooled>(client_, owner, url_.origin(), trust_);
  TlsContext* const tls = url_.origin().tls() ? &client_.engine_.tls(trust_) : nullptr;
  const Failure failure =
      connection_->connection.open(endpoints_->address(place_), tls, url_.host());
  if (failure != Failure::None) fail_soon(failure);
}

void Exchange::opened() {
  endpoints_.reset();
  opening_->connected = connection_->connection.connected();
  forgive(connection_->connection.late());
  const bool tls = url_.origin().tls();
  opening_->opened = tls ? read_clock() : opening_->connected;
  transmit();
}

void Exchange::transmit() {
  phase_ = Phase::Reading;
  await_until(now() + read_timeout_);
  connection_->connection.send(request_);
  transmitted_ = true;
}

void Exchange::received(std::string_view bytes) {
  deadline_ = loop().now() + read_timeout_;
  const std::size_t used = parser_.feed(bytes, &client_.engine_.loan());
  if (!parser_.finished()) {
    if (first_bytes_ == TimePoint{}) first_bytes_ = arrived();
    if (stream_ && parser_.state() == ResponseParser::State::Body) stream_on();
    return;
  }
  // Bytes that nobody asked for: whatever they are, the next response would begin with them.
  if (used < bytes.size()) response_.keep_alive = false;
  finish(arrived());
}

void Exchange::closed(Failure failure) {
  if (failure == Failure::Tls) detail_ = connection_->connection.tls_error();
  if (phase_ == Phase::Connecting) {
    if (failure == Failure::None) failure = Failure::Closed;
    // Another of the name's addresses may answer. A TLS failure is the server's, wherever it is.
    if (failure != Failure::Tls && !is_generators(failure)) {
      endpoints_->avoid(place_, loop().now());
      if (places_tried_ < endpoints_->size()) return connect();
    }
    return fail(failure);
  }
  if (failure != Failure::None) return fail(failure);
  missing_ = parser_.body_remaining();
  parser_.end_of_stream();
  response_.keep_alive = false;
  finish(read_clock());
}

// The last byte came `then`.
void Exchange::finish(TimePoint then) {
  if (response_.failed()) return fail(response_.failure);
  sent_ = true;
  pool_connection();
  if (phase_ == Phase::Streaming) return end();
  if (response_.sets_cookies) store_cookies();
  if (allow_redirects_ && is_redirect(response_)) {
    forgive(read_clock() - then);
    const Failure failure = redirect();
    return failure == Failure::None ? go() : fail(failure);
  }
  ended_ = then;
  end();
}

// The exchange goes on later than it could have: what was so far has happened that much later.
void Exchange::forgive(Duration late) {
  forgiven_ += late;
  hop_started_ += late;
  if (opening_) opening_->resolved += late;
}

// When what was last received had come. Before the request it cannot have: the clock was set.
TimePoint Exchange::arrived() const {
  const TimePoint told = client_.engine_.arrivals().last();
  return told < hop_started_ ? read_clock() : told;
}

void Exchange::pool_connection() {
  Connection& connection = connection_->connection;
  if (response_.keep_alive && connection.flushed() && !connection.peer_closed()) {
    client_.keep(std::move(connection_));
  } else {
    connection_.reset();
  }
}

void Exchange::end() {
  phase_ = Phase::Idle;
  deadline_ = TimePoint::max();
  tell();
}

// Last of all, since it may use or destroy the exchange. Nobody may be waiting for a body.
void Exchange::tell() {
  if (const Completion done = std::exchange(done_, {}); done.call != nullptr)
    done.call(done.context);
}

void Exchange::fail(Failure failure) {
  sent_ = sent();
  if (phase_ == Phase::Connecting && connection_) {
    opening_->connected = connection_->connection.connected();
  }
  connection_.reset();
  endpoints_.reset();
  Resolver::Waiter::forget();
  response_.failure = failure;
  response_.keep_alive = false;
  if (phase_ != Phase::Streaming) ended_ = read_clock();
  end();
}

void Exchange::fail_soon(Failure failure) {
  connection_.reset();
  phase_ = Phase::Failing;
  failing_ = failure;
  await_until(loop().now() + (is_generators(failure) ? Duration{kGeneratorPause} : Duration{}));
}

void Exchange::cancel() {
  if (phase_ == Phase::Idle) return;
  sent_ = sent();
  connection_.reset();
  endpoints_.reset();
  Resolver::Waiter::forget();
  phase_ = Phase::Idle;
  deadline_ = TimePoint::max();
}

// One timer serves all requests: it stays where it is when the deadline moves on, and looks again
// when it expires. So a request costs no timer operation.
void Exchange::await_until(TimePoint deadline) {
  deadline_ = deadline;
  if (!scheduled() || when() > deadline) schedule(deadline);
}

void Exchange::expired() {
  if (deadline_ == TimePoint::max()) return;
  if (loop().now() < deadline_) return schedule(deadline_);
  switch (phase_) {
    case Phase::Idle:
      return;
    case Phase::Resolving:
      return fail(Failure::NameNotResolved);
    case Phase::Connecting:
      return fail(Failure::ConnectTimedOut);
    case Phase::Reading:
    case Phase::Streaming:
      return fail(Failure::ReadTimedOut);
    case Phase::Failing:
      return fail(std::exchange(failing_, Failure::None));
  }
}

void Exchange::release() {
  response_.reset();
  if (extra_) extra_.reset();
  if (request_.capacity() > kKeptRequest) std::string().swap(request_);
}

// Each phase begins where the one before it ended; the last one that was reached ends with all.
ExchangePhases Exchange::phases() const {
  TimePoint from = hop_started_;
  const auto until = [this, &from](TimePoint mark) {
    if (from == TimePoint{}) return Duration{};
    const TimePoint to = mark == TimePoint{} ? ended_ : mark;
    return std::max(to - std::exchange(from, mark), Duration{});
  };
  ExchangePhases phases;
  if (opening_) {
    phases.resolve = until(opening_->resolved);
    phases.connect = until(opening_->connected);
    phases.tls = until(opening_->opened);
  }
  phases.wait = until(first_bytes_);
  phases.read = until(ended_);
  return phases;
}

ExchangeView Exchange::view(std::string& url) const {
  url = url_.to_string();
  return {.request = request_,
          .url = url,
          .status = response_.status,
          .response_head = response_.head,
          .response_body = response_.readable(),
          .complete = !response_.failed() && !receiving() &&
                      (response_.body.empty() || !response_.readable().empty()),
          .phases = phases()};
}

std::string Exchange::failure_text() const {
  std::string text(describe(response_.failure));
  if (response_.failure == Failure::Tls && !detail_.empty()) text.append(": ").append(detail_);
  return text;
}

}  // namespace swarm::http
