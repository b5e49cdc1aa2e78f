#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "common/fetch.h"
#include "worker/http/ascii.h"
#include "worker/http/basic_auth.h"
#include "worker/http/client.h"
#include "worker/http/redirect.h"

namespace swarm::http {
namespace {

WallTime wall_clock() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

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

Result<void> Exchange::prepare(const RequestSpec& spec) {
  SWARM_ASSERT(phase_ == Phase::Idle);
  response_.reset();
  failing_ = Failure::None;
  to_head_ = spec.method == "HEAD";
  allow_redirects_ = spec.allow_redirects;
  stream_ = spec.stream;
  read_timeout_ = spec.read_timeout.count() > 0 ? spec.read_timeout : client_.read_timeout_;
  connect_timeout_ =
      spec.connect_timeout.count() > 0 ? spec.connect_timeout : client_.connect_timeout_;
  trust_ = spec.trust.value_or(client_.trust_);
  missing_ = 0;
  if (extra_) extra_.reset();
  if (!spec.cookies.empty()) {
    extra_ = std::make_unique<Extra>();
    extra_->cookies.assign(spec.cookies.begin(), spec.cookies.end());
  }

  const ClientBase* const base = client_.base_.get();
  if (base != nullptr) {
    if (!Url::join(base->url, spec.url, url_)) failing_ = Failure::BadUrl;
  } else if (auto url = Url::parse(spec.url)) {
    url_ = std::move(url).value();
  } else {
    failing_ = Failure::BadUrl;
  }
  if (failing_ != Failure::None) return {};

  RequestParts parts{
      .method = spec.method, .target = url_.target(), .headers = spec.headers, .body = spec.body};
  if (base != nullptr && url_.origin() == base->url.origin()) {
    parts.authorization =
        client_.authorization_.empty() ? base->authorization : client_.authorization_;
    return write(client_.defaults_ ? *client_.defaults_ : base->defaults, parts);
  }
  SWARM_TRY_ASSIGN(const auto defaults, client_.defaults_for(url_));
  const std::string authorization = basic_auth_from_userinfo(url_.userinfo());
  parts.authorization = authorization;
  return write(defaults, parts);
}

Result<void> Exchange::write(const RequestDefaults& defaults, RequestParts parts) {
  request_.clear();
  parts.always_length = client_.habits_.always_length;
  std::string cookies;
  if (extra_ && !extra_->cookies.empty()) {
    CookieJar both = client_.cookies_.copy();
    const WallTime now = wall_clock();
    for (const Cookie& cookie : extra_->cookies) both.store(cookie, now);
    both.write(url_, cookies, now);
    parts.cookies = cookies;
  } else if (!client_.cookies_.empty()) {
    client_.cookies_.write(url_, cookies, wall_clock());
    parts.cookies = cookies;
  }
  return write_request(request_, defaults, parts);
}

void Exchange::start(Completion done) {
  done_ = done;
  sent_ = false;
  started_ = hop_started_ = read_clock();
  if (failing_ != Failure::None) return fail_soon(failing_);
  go();
}

// One request of the exchange: the first, or one after a redirect.
void Exchange::go() {
  parser_.begin(response_, to_head_);
  transmitted_ = false;
  if ((connection_ = client_.take(url_.origin(), trust_))) {
    connection_->connection.set_owner(*this);
    return transmit();
  }
  phase_ = Phase::Resolving;
  places_tried_ = 0;
  await_until(loop().now() + connect_timeout_);
  endpoints_ = client_.engine_.resolver().resolve(url_.host(), url_.port(), *this);
  if (endpoints_) connect();
}

void Exchange::resolved(std::shared_ptr<Endpoints> endpoints) {
  if (!endpoints) return fail(Failure::NameNotResolved);
  endpoints_ = std::move(endpoints);
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
  transmit();
}

void Exchange::transmit() {
  phase_ = Phase::Reading;
  await_until(loop().now() + read_timeout_);
  connection_->connection.send(request_);
  transmitted_ = true;
}

void Exchange::received(std::string_view bytes) {
  deadline_ = loop().now() + read_timeout_;
  const std::size_t used = parser_.feed(bytes);
  if (!parser_.finished()) {
    if (stream_ && parser_.state() == ResponseParser::State::Body) stream_on();
    return;
  }
  // Bytes that nobody asked for: whatever they are, the next response would begin with them.
  if (used < bytes.size()) response_.keep_alive = false;
  finish();
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
  finish();
}

void Exchange::finish() {
  if (response_.failed()) return fail(response_.failure);
  sent_ = true;
  pool_connection();
  if (phase_ == Phase::Streaming) return end();
  if (response_.sets_cookies) store_cookies();
  if (allow_redirects_ && is_redirect(response_)) {
    const Failure failure = redirect();
    return failure == Failure::None ? go() : fail(failure);
  }
  ended_ = read_clock();
  end();
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

// Writes the request that a redirect asks for. What was sent before is the source: so an ordinary
// request keeps no second copy of its headers and body.
Failure Exchange::redirect() {
  const std::string before = std::exchange(request_, {});
  const std::string_view text = before;
  Redirect next;
  const std::string_view method = text.substr(0, text.find(' '));
  const Failure failure =
      follow_redirect(url_, method, response_, next, kMaxRedirects, client_.habits_.method_rule);
  if (failure != Failure::None) return failure;
  const TimePoint now = read_clock();
  if (!extra_) extra_ = std::make_unique<Extra>();
  extra_->hops.push_back({url_.to_string(), std::string(method), response_.status, response_.head,
                          response_.places, now - std::exchange(hop_started_, now)});

  const std::size_t body = text.find("\r\n\r\n") + 4;
  std::vector<Header> headers;
  for (std::size_t at = text.find("\r\n") + 2; at < body - 2;) {
    const std::size_t end = text.find("\r\n", at);
    const std::size_t colon = text.find(": ", at);
    const Header header{text.substr(at, colon - at), text.substr(colon + 2, end - colon - 2)};
    at = end + 2;
    if (header.name != "Host" && header.name != "Content-Length" && next.keeps(header.name)) {
      headers.push_back(header);
    }
  }
  url_ = std::move(next.url);
  to_head_ = next.method == "HEAD";
  ++response_.redirects;
  response_.final_url = url_.to_string();
  // All that was not left out before is among `headers`.
  static constexpr std::array kNoDefaults{
      Header{"User-Agent", kOmitted}, Header{"Accept", kOmitted},
      Header{"Accept-Encoding", kOmitted}, Header{"Connection", kOmitted}};
  const auto defaults = RequestDefaults::create(url_.host_header(), kNoDefaults);
  const auto written =
      defaults
          ? write(*defaults, {.method = next.method,
                              .target = url_.target(),
                              .headers = headers,
                              .body = next.keeps_body ? text.substr(body) : std::string_view{}})
          : Result<void>(defaults.error());
  return written ? Failure::None : Failure::BadUrl;
}

void Exchange::store_cookies() {
  for (const Header field : response_.fields()) {
    if (equals_lower(field.name, "set-cookie")) {
      client_.cookies_.store(url_, field.value, wall_clock());
    }
  }
}

void Exchange::fail(Failure failure) {
  sent_ = sent();
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

std::span<const Hop> Exchange::history() const {
  return extra_ ? std::span<const Hop>(extra_->hops) : std::span<const Hop>{};
}

std::string Exchange::failure_text() const {
  std::string text(describe(response_.failure));
  if (response_.failure == Failure::Tls && !detail_.empty()) text.append(": ").append(detail_);
  return text;
}

}  // namespace swarm::http
