#include "worker/http/cookie_jar.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "worker/http/ascii.h"

namespace swarm::http {
namespace {

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

// An address has no names below it. No top-level domain ends in a digit.
bool is_address(std::string_view host) {
  return host.find(':') != std::string_view::npos || (!host.empty() && is_digit(host.back()));
}

bool is_below(std::string_view host, std::string_view domain) {
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.' && !is_address(host);
}

bool path_matches(std::string_view path, std::string_view cookie_path) {
  return path.starts_with(cookie_path) &&
         (path.size() == cookie_path.size() || cookie_path.ends_with('/') ||
          path[cookie_path.size()] == '/');
}

bool matches(const Cookie& cookie, const Url& url, WallTime now) {
  return cookie.expires > now && (!cookie.secure || url.origin().tls()) &&
         (cookie.domain.empty() || url.host() == cookie.domain ||
          (!cookie.host_only && is_below(url.host(), cookie.domain))) &&
         path_matches(url.path(), cookie.path);
}

bool is_same(const Cookie& a, const Cookie& b) {
  return a.name == b.name && a.domain == b.domain && a.path == b.path;
}

// The folder of the request's path: where a cookie without a Path belongs.
std::string_view default_path(const Url& url) {
  const std::size_t slash = url.path().rfind('/');
  return slash == 0 ? "/" : url.path().substr(0, slash);
}

std::optional<WallTime> expiry_from_max_age(std::string_view text, WallTime now) {
  if (text.empty() || (!is_digit(text.front()) && text.front() != '-')) return std::nullopt;
  if (!std::all_of(text.begin() + 1, text.end(), is_digit)) return std::nullopt;
  if (text.front() == '-') return WallTime::min();
  std::int64_t seconds = 0;
  // More than 64 bits or than the calendar has is as good as never.
  constexpr std::int64_t kForever = std::int64_t{1} << 40;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || seconds > kForever) return Cookie::kNever;
  return seconds == 0 ? WallTime::min() : now + std::chrono::seconds(seconds);
}

struct Attributes {
  std::string domain;
  std::string_view path;
  std::optional<WallTime> expires;
  std::optional<WallTime> max_age;
  bool secure = false;
  bool http_only = false;
};

// REQUIRES: `text` is what follows the first semicolon.
Attributes parse_attributes(std::string_view text, WallTime now) {
  Attributes attributes;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = item.find('=');
    const std::string_view name = trim(item.substr(0, equals));
    std::string_view value =
        equals == item.npos ? std::string_view{} : trim(item.substr(equals + 1));
    // Of an attribute that is repeated the last one counts; one that makes no sense does not.
    if (equals_lower(name, "expires")) {
      if (const auto time = parse_cookie_date(value)) attributes.expires = time;
    } else if (equals_lower(name, "max-age")) {
      if (const auto time = expiry_from_max_age(value, now)) attributes.max_age = time;
    } else if (equals_lower(name, "domain")) {
      if (value.starts_with('.')) value.remove_prefix(1);
      attributes.domain.clear();
      for (const char c : value) attributes.domain += to_lower(c);
    } else if (equals_lower(name, "path")) {
      attributes.path = value;
    } else if (equals_lower(name, "secure")) {
      attributes.secure = true;
    } else if (equals_lower(name, "httponly")) {
      attributes.http_only = true;
    }
  }
  return attributes;
}

}  // namespace

void CookieJar::store(const Url& url, std::string_view set_cookie, WallTime now) {
  if (has_control_character(set_cookie)) return;
  const std::size_t end = std::min(set_cookie.find(';'), set_cookie.size());
  const std::string_view pair = set_cookie.substr(0, end);
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return;
  Cookie cookie;
  cookie.name = trim(pair.substr(0, equals));
  cookie.value = trim(pair.substr(equals + 1));
  if (cookie.name.empty()) return;

  Attributes attributes =
      parse_attributes(set_cookie.substr(std::min(end + 1, set_cookie.size())), now);
  cookie.domain = url.host();
  if (!attributes.domain.empty() && attributes.domain != url.host()) {
    // A domain without a dot is a whole top-level domain. There is no list of public suffixes
    // here: who writes the scenario knows the target.
    if (attributes.domain.find('.') == std::string::npos) return;
    if (!is_below(url.host(), attributes.domain)) return;
    cookie.domain = std::move(attributes.domain);
    cookie.host_only = false;
  } else if (!attributes.domain.empty()) {
    cookie.host_only = is_address(url.host());
  }
  cookie.path = attributes.path.starts_with('/') ? attributes.path : default_path(url);
  if (attributes.expires) cookie.expires = *attributes.expires;
  if (attributes.max_age) cookie.expires = *attributes.max_age;
  cookie.secure = attributes.secure;
  cookie.http_only = attributes.http_only;
  store(std::move(cookie), now);
}

void CookieJar::store(Cookie cookie, WallTime now) {
  if (cookie.name.size() + cookie.value.size() > kMaxCookie) return;
  if (cookie.path.size() > kMaxCookie) return;
  cookie.created = now;
  const bool expired = cookie.expires <= now;
  if (cookies_) {
    const auto old = std::find_if(cookies_->begin(), cookies_->end(),
                                  [&](const Cookie& other) { return is_same(other, cookie); });
    if (old != cookies_->end()) {
      if (expired) {
        cookies_->erase(old);
        if (cookies_->empty()) clear();
        return;
      }
      cookie.created = old->created;
      *old = std::move(cookie);
      return;
    }
  }
  if (expired) return;
  if (!cookies_) cookies_ = std::make_unique<Cookies>();
  make_room(cookie.domain, now);
  // Behind those with an equally long path: they are older.
  const auto place = std::find_if(cookies_->begin(), cookies_->end(), [&](const Cookie& other) {
    return other.path.size() < cookie.path.size();
  });
  cookies_->insert(place, std::move(cookie));
}

std::span<const Cookie> CookieJar::cookies() const {
  return cookies_ ? std::span<const Cookie>(*cookies_) : std::span<const Cookie>{};
}

void CookieJar::remove_if(const std::function<bool(const Cookie&)>& unwanted) {
  if (!cookies_) return;
  std::erase_if(*cookies_, unwanted);
  if (cookies_->empty()) clear();
}

CookieJar CookieJar::copy() const {
  CookieJar jar;
  if (cookies_) jar.cookies_ = std::make_unique<Cookies>(*cookies_);
  return jar;
}

void CookieJar::write_matching(const Url& url, std::string& out, WallTime now) const {
  bool first = true;
  for (const Cookie& cookie : *cookies_) {
    if (!matches(cookie, url, now)) continue;
    if (!first) out += "; ";
    first = false;
    out += cookie.name;
    out += '=';
    out += cookie.value;
  }
}

void CookieJar::make_room(std::string_view domain, WallTime now) {
  const auto of_domain = [&](const Cookie& cookie) { return cookie.domain == domain; };
  const auto count = [&] {
    return static_cast<std::size_t>(std::count_if(cookies_->begin(), cookies_->end(), of_domain));
  };
  if (cookies_->size() < kMaxPerDomain) return;
  if (count() >= kMaxPerDomain || cookies_->size() >= kMaxCookies) {
    std::erase_if(*cookies_, [&](const Cookie& cookie) { return cookie.expires <= now; });
  }
  if (count() >= kMaxPerDomain) remove_oldest(domain);
  if (cookies_->size() >= kMaxCookies) remove_oldest({});
}

void CookieJar::remove_oldest(std::string_view domain) {
  auto oldest = cookies_->end();
  for (auto cookie = cookies_->begin(); cookie != cookies_->end(); ++cookie) {
    if (!domain.empty() && cookie->domain != domain) continue;
    if (oldest == cookies_->end() || cookie->created < oldest->created) oldest = cookie;
  }
  if (oldest != cookies_->end()) cookies_->erase(oldest);
}

}  // namespace swarm::http
