#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/result.h"

namespace swarm::http {

enum class Scheme : std::uint8_t { Http, Https };

constexpr std::uint16_t default_port(Scheme scheme) { return scheme == Scheme::Http ? 80 : 443; }

// Whom to connect to: equal origins can share a connection.
struct Origin {
  Scheme scheme = Scheme::Http;
  std::uint16_t port = 80;
  std::string host;  // lower case; an IPv6 address without its brackets
  std::string
      authority;  // as the Host field has it: brackets, and the port unless it is the default

  bool tls() const { return scheme == Scheme::Https; }
  bool operator==(const Origin& other) const {
    return scheme == other.scheme && port == other.port && host == other.host;
  }
};

// An absolute http or https URL, in the form in which it is sent. What may not stand in a URL
// (spaces, quotes, bytes beyond ASCII, control characters) is percent-encoded as `requests` does
// it; what is encoded already stays so; dot segments are resolved, the fragment is dropped.
// Thread  any
// Errors  a Result's message names the URL and what is wrong with it
// Source  RFC 3986
class Url {
 public:
  static Result<Url> parse(std::string_view text);

  // What a link `reference`, found at `base`, stands for (RFC 3986 section 5.2).
  static Result<Url> resolve(const Url& base, std::string_view reference);

  // The URL of a client with a base URL: `base` and `path` written one after the other, unless
  // `path` is itself absolute. This is Locust's rule; "http://h/api" + "/x" is http://h/api/x.
  // Into an existing Url, so that the usual path costs no allocation.
  // REQUIRES: `path` is no part of `into`. Errors: as parse(); `into` is unchanged.
  static Result<void> join(const Url& base, std::string_view path, Url& into);

  // The same as assigning, and quicker where both are of one origin.
  void become(const Url& other);

  const Origin& origin() const { return origin_; }
  Scheme scheme() const { return origin_.scheme; }
  const std::string& host() const { return origin_.host; }
  std::uint16_t port() const { return origin_.port; }
  const std::string& host_header() const { return origin_.authority; }

  // The path with the query: what the request line has. Begins with a slash.
  const std::string& target() const { return target_; }
  std::string_view path() const { return std::string_view(target_).substr(0, path_length_); }
  std::string_view query() const;  // without its question mark
  // "user:password" as written, without the @; empty if there is none. Never sent as it is.
  const std::string& userinfo() const { return userinfo_; }

  // Without the userinfo.
  std::string to_string() const;

  bool operator==(const Url& other) const {
    return origin_ == other.origin_ && target_ == other.target_ && userinfo_ == other.userinfo_;
  }

 private:
  Result<void> set_authority(std::string_view authority);
  void move_to(const Url& other);  // its origin and userinfo
  // From "path?query#fragment". REQUIRES: `text` is no part of this URL.
  void set_target(std::string_view text);
  void set_target(std::string_view path, std::string_view query);

  Origin origin_;
  std::string userinfo_;
  std::string target_ = "/";
  std::size_t path_length_ = 1;
  bool bare_ = true;  // nothing was written after the authority: join() may have to extend it
};

}  // namespace swarm::http

template <>
struct std::hash<swarm::http::Origin> {
  std::size_t operator()(const swarm::http::Origin& origin) const noexcept {
    return std::hash<std::string>{}(origin.host) * 31 + origin.port * 2u + (origin.tls() ? 1u : 0u);
  }
};
