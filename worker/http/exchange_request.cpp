#include <array>
#include <chrono>
#include <utility>

#include "worker/http/ascii.h"
#include "worker/http/basic_auth.h"
#include "worker/http/client.h"
#include "worker/http/redirect.h"

// What an exchange writes: its request, and those that redirects ask for.

namespace swarm::http {
namespace {

WallTime wall_clock() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

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
  if (extra_ || !spec.cookies.empty()) [[unlikely]]
    renew_extra(spec.cookies);

  const ClientBase* const base = client_.base_.get();
  RequestParts given{
      .method = spec.method, .target = spec.url, .headers = spec.headers, .body = spec.body};
  if (base != nullptr) {
    given.authorization =
        client_.authorization_.empty() ? base->authorization : client_.authorization_;
  }
  const bool usual = base != nullptr && !client_.defaults_ && client_.cookies_.empty() && !extra_ &&
                     spec.body.empty();
  if (usual) {
    if (const auto* const known = base->requests.find(given)) {
      url_.become(known->url);
      request_ = known->text;
      return {};
    }
  }
  return write_anew(given, usual);
}

void Exchange::renew_extra(std::span<const Cookie> cookies) {
  extra_.reset();
  if (cookies.empty()) return;
  extra_ = std::make_unique<Extra>();
  extra_->cookies.assign(cookies.begin(), cookies.end());
}

// `usual`: it may come again, so that it is to be kept.
Result<void> Exchange::write_anew(const RequestParts& given, bool usual) {
  const ClientBase* const base = client_.base_.get();
  if (base != nullptr) {
    if (!Url::join(base->url, given.target, url_)) failing_ = Failure::BadUrl;
  } else if (auto url = Url::parse(given.target)) {
    url_ = std::move(url).value();
  } else {
    failing_ = Failure::BadUrl;
  }
  if (failing_ != Failure::None) return {};

  RequestParts parts = given;
  parts.target = url_.target();
  if (base != nullptr && url_.origin() == base->url.origin()) {
    SWARM_TRY(write(client_.defaults_ ? *client_.defaults_ : base->defaults, parts));
    if (usual) base->requests.keep(given, url_, request_);
    return {};
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

std::span<const Hop> Exchange::history() const {
  return extra_ ? std::span<const Hop>(extra_->hops) : std::span<const Hop>{};
}

}  // namespace swarm::http
