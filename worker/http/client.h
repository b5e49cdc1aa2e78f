#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "common/loop.h"
#include "common/result.h"
#include "common/stats/exchange_record.h"
#include "worker/http/connection.h"
#include "worker/http/cookie_jar.h"
#include "worker/http/engine.h"
#include "worker/http/fields.h"
#include "worker/http/request_cache.h"
#include "worker/http/request_spec.h"
#include "worker/http/request_writer.h"
#include "worker/http/response.h"
#include "worker/http/response_parser.h"
#include "worker/http/url.h"

namespace swarm::http {

// What is called when an exchange is over: last, so it may use or destroy the exchange.
struct Completion {
  void (*call)(void* context) = nullptr;
  void* context = nullptr;
  // May be empty; see Watcher::foresee.
  void (*foresee)(const void* context) = nullptr;
};

// The base URL of a user class and what its requests have in common, made once for all its users.
struct ClientBase {
  Url url;
  RequestDefaults defaults;
  std::string authorization;  // from "user:password@" in the URL
  // Of requests that were written with all of the above. Only its clients' loop uses it.
  mutable RequestCache requests = {};

  // Errors: not an http or https URL.
  static Result<std::shared_ptr<const ClientBase>> create(std::string_view url,
                                                          const Habits& habits = kPlainHabits);
};

class Client;

// One request and its response, redirects included; made to be used again and again.
//
// Flow    RequestSpec -> [Exchange] -> Response
// Thread  loop
// Errors  Response::failure. What only the generator is to blame for (is_generators) is told
//         after kGeneratorPause, so that a shortage is not made worse.
class Exchange final : private ConnectionOwner, private Timer, private Resolver::Waiter {
 public:
  static constexpr std::chrono::milliseconds kGeneratorPause{100};
  // What release() keeps of the memory of a large request, in bytes.
  static constexpr std::size_t kKeptRequest = 16 * 1024;
  static constexpr std::size_t kMostUnread = 256 * 1024;

  // `client` must outlive the exchange.
  explicit Exchange(Client& client);
  ~Exchange();

  // Writes the request. REQUIRES: not under way.
  // Errors: a method or header that HTTP does not allow. A bad URL is told by start().
  Result<void> prepare(const RequestSpec& spec);

  // Sends it. `done` is called once, never from inside start(), unless cancel() comes first.
  void start(Completion done);
  // Gives up what is under way; its connection is closed.
  void cancel();

  // After start() of a streamed request is over: whether more of the body is on its way. The
  // response's body has what has come and was not taken out of it; from kMostUnread bytes on
  // nothing more is read until await_body().
  bool receiving() const { return phase_ == Phase::Streaming; }
  // `done` is called once when more has come or nothing will come any more. REQUIRES: receiving().
  void await_body(Completion done);
  // Lets go of a large response's memory.
  void release();

  Response& response() { return response_; }
  const Response& response() const { return response_; }
  // Valid after start(), and once it is over.
  TimePoint started() const { return started_; }
  // As if nothing had been looked at late on the way.
  TimePoint ended() const { return ended_ - forgiven_; }
  // When the last request of it began: not that of started() after a redirect.
  TimePoint hop_started() const { return hop_started_ - forgiven_; }
  // Whether a request of this exchange left the process wholly.
  bool sent() const;
  // Where the last request went.
  const Url& url() const { return url_; }
  // The last request, as written. Valid until the next prepare() or release().
  std::string_view request() const { return request_; }
  // Whether prepare() was given a URL that cannot be requested.
  bool is_bad_url() const { return failing_ == Failure::BadUrl; }
  // The redirects that were followed, in their order.
  std::span<const Hop> history() const;
  Duration connect_timeout() const { return connect_timeout_; }
  Duration read_timeout() const { return read_timeout_; }
  // What a body with a Content-Length lacks, if the connection ended within it.
  std::uint64_t missing() const { return missing_; }
  // Of a TLS failure, in OpenSSL's words.
  const std::string& detail() const { return detail_; }
  // The last request and its response, to be looked at. Valid as request() and response() are; a
  // body that is not text yet (it is encoded, and nobody read it) is left out. `url` holds where
  // it went.
  ExchangeView view(std::string& url) const;
  // Response::failure in words, with what is known of it.
  std::string failure_text() const;

 private:
  friend class Client;
  enum class Phase : std::uint8_t { Idle, Resolving, Connecting, Reading, Streaming, Failing };
  // What few requests have.
  struct Extra {
    std::vector<Hop> hops;
    std::vector<Cookie> cookies;
  };

  // A connection of a client: with the exchange that uses it, or idle in the client's pool.
  struct Pooled final : public ConnectionOwner {
    Pooled(Client& client, ConnectionOwner& owner, const Origin& origin, Trust trust);
    void opened() override {}
    void received(std::string_view bytes) override;
    void closed(Failure failure) override;

    Client& client;
    Connection connection;
    const Origin origin;
    const Trust trust;
  };

  // The turn may have begun long before this request did.
  TimePoint now() const { return std::max(loop().now(), hop_started_); }
  void go();
  void connect();
  void transmit();
  Failure redirect();
  void store_cookies();
  void renew_extra(std::span<const Cookie> cookies);
  Result<void> write_anew(const RequestParts& given, bool usual);
  Result<void> write(const RequestDefaults& defaults, RequestParts parts);
  void stream_on();
  void pool_connection();
  void end();
  void tell();
  void finish(TimePoint then);
  void forgive(Duration late);
  TimePoint arrived() const;
  void fail(Failure failure);
  void fail_soon(Failure failure);
  void await_until(TimePoint deadline);
  ExchangePhases phases() const;

  void opened() override;
  void received(std::string_view bytes) override;
  void closed(Failure failure) override;
  void foresee() const override;
  void resolved(std::shared_ptr<Endpoints> endpoints) override;
  void expired() override;

  Client& client_;
  std::string request_;
  Response response_;
  ResponseParser parser_;
  Url url_;  // where request_ goes
  std::unique_ptr<Pooled> connection_;
  std::shared_ptr<Endpoints> endpoints_;
  Completion done_;
  TimePoint started_{};
  Duration forgiven_{};  // was lost on the way; what follows is later by it
  TimePoint hop_started_{};
  TimePoint ended_{};
  TimePoint first_bytes_{};  // of a response that came in several pieces
  TimePoint deadline_ = TimePoint::max();
  Duration read_timeout_{};
  Duration connect_timeout_{};
  std::size_t place_ = 0;  // of endpoints_, being tried
  std::size_t places_tried_ = 0;
  Phase phase_ = Phase::Idle;
  Failure failing_ = Failure::None;  // of Phase::Failing
  bool to_head_ = false;
  bool allow_redirects_ = true;
  bool stream_ = false;
  Trust trust_{};
  bool transmitted_ = false;  // request_ was handed to the kernel
  bool sent_ = false;         // an earlier request of this exchange was
  std::uint64_t missing_ = 0;
  std::string detail_;
  std::unique_ptr<Extra> extra_;  // null: nothing of it
  // Of the connection that was made for the last request; none: not reached.
  struct Opening {  // its members begin as zero by themselves; clang wants nothing said of it here
    TimePoint resolved;
    TimePoint connected;
    TimePoint opened;
  };
  std::optional<Opening> opening_;  // none: one from the pool
};

// A user's HTTP client: connections, cookies and settings that its exchanges share.
// Thread  loop
class Client {
 public:
  static constexpr std::size_t kMaxIdle = 10;

  // `base`: null if there is none; then only absolute URLs can be requested. `habits` must outlive
  // the client, and be those that `base` was created with.
  Client(Engine& engine, std::shared_ptr<const ClientBase> base,
         const Habits& habits = kPlainHabits);
  ~Client();

  // A field of every request from now on; an empty value removes it.
  // Errors: a name or value that HTTP does not allow.
  Result<void> set_header(std::string_view name, std::string_view value);
  // The same for all of them: what was set before is gone. A value may be kOmitted.
  Result<void> set_headers(std::span<const Header> headers);
  void set_basic_auth(std::string_view user, std::string_view password);
  void set_timeouts(Duration connect, Duration read);
  void set_trust(Trust trust) { trust_ = trust; }
  void set_verify(bool verify) { trust_ = trust_if(verify); }
  CookieJar& cookies() { return cookies_; }
  void clear_cookies() { cookies_.clear(); }
  void close_connections() { idle_.clear(); }

 private:
  friend class Exchange;
  using Pooled = Exchange::Pooled;

  // The fields of requests to an origin that is not the base's.
  Result<RequestDefaults> defaults_for(const Url& url) const;
  Result<void> rebuild_defaults();
  std::unique_ptr<Pooled> take(const Origin& origin, Trust trust);
  void keep(std::unique_ptr<Pooled> connection);
  void discard(Pooled& connection);

  Engine& engine_;
  std::shared_ptr<const ClientBase> base_;
  CookieJar cookies_;
  const Habits& habits_;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers_;  // none: kOmitted
  std::unique_ptr<RequestDefaults> defaults_;  // with headers_, if there are any
  std::string authorization_;
  Duration connect_timeout_ = std::chrono::seconds{60};
  Duration read_timeout_ = std::chrono::seconds{60};
  Trust trust_;
  std::vector<std::unique_ptr<Pooled>> idle_;
};

}  // namespace swarm::http
