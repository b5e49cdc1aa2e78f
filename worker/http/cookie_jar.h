#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/http/cookie_date.h"
#include "worker/http/url.h"

namespace swarm::http {

struct Cookie {
  static constexpr WallTime kNever = WallTime::max();

  std::string name;
  std::string value;
  std::string domain;  // lower case, without a leading dot; empty: any host (of scenarios only)
  std::string path = "/";
  WallTime expires = kNever;  // kNever: at the end of the user's session
  WallTime created{};         // when a cookie of this name, domain and path was first stored
  bool host_only = true;      // for `domain` alone, not for the names below it
  bool secure = false;        // over https only
  bool http_only = false;
};

// The cookies of one user. Most users of a load test have none: then it is one null pointer.
//
// Flow    Set-Cookie -> [CookieJar] -> Cookie
// Thread  loop
// Errors  none: a cookie that breaks the rules is left out, as browsers do
// Source  RFC 6265 section 5
class CookieJar {
 public:
  // What RFC 6265 asks for at least, and what keeps ten thousand users in memory at most.
  static constexpr std::size_t kMaxCookie = 4096;  // bytes of name and value
  static constexpr std::size_t kMaxPerDomain = 50;
  static constexpr std::size_t kMaxCookies = 500;

  // Takes in the value of a Set-Cookie field of a response from `url`: adds, replaces or (when it
  // has expired) removes. When the jar is full, expired ones go first, then the oldest.
  void store(const Url& url, std::string_view set_cookie, WallTime now);

  // A cookie made by the scenario. Replaces the one with the same name, domain and path.
  void store(Cookie cookie, WallTime now);

  // Appends the value of the Cookie field for a request to `url`: nothing, if none matches.
  void write(const Url& url, std::string& out, WallTime now) const {
    if (cookies_) write_matching(url, out, now);
  }

  bool empty() const { return !cookies_; }
  // In the order of sending: longer paths first, then the older ones. Expired ones may be there.
  std::span<const Cookie> cookies() const;
  void clear() { cookies_.reset(); }
  // Removes the cookies for which `unwanted` holds.
  void remove_if(const std::function<bool(const Cookie&)>& unwanted);
  // A jar with the same cookies.
  CookieJar copy() const;

 private:
  using Cookies = std::vector<Cookie>;

  void write_matching(const Url& url, std::string& out, WallTime now) const;
  void make_room(std::string_view domain, WallTime now);
  void remove_oldest(std::string_view domain);

  std::unique_ptr<Cookies> cookies_;  // null if there are none
};

}  // namespace swarm::http
