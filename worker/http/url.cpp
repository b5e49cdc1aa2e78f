#include "worker/http/url.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "worker/http/ascii.h"
#include "worker/http/url_encoding.h"

namespace swarm::http {
namespace {

constexpr std::size_t kMaxHost = 253;  // of a DNS name, in its textual form
// More than any server takes; keeps what an error message quotes in bounds, too.
constexpr std::size_t kMaxUrl = 64 * 1024;
constexpr std::size_t kMaxQuoted = 200;

Error bad_url(std::string_view text, std::string_view why) {
  return Error{fmt::format("bad URL \"{}\": {}", text.substr(0, kMaxQuoted), why)};
}

constexpr std::string_view scheme_name(Scheme scheme) {
  return scheme == Scheme::Http ? "http" : "https";
}

// The length of the scheme that `text` begins with, its colon not counted; 0 if there is none.
std::size_t scheme_length(std::string_view text) {
  if (text.empty() || !is_alpha(text.front())) return 0;
  std::size_t length = 1;
  while (length < text.size() && (is_alpha(text[length]) || is_digit(text[length]) ||
                                  std::string_view("+-.").find(text[length]) != text.npos)) {
    ++length;
  }
  return length < text.size() && text[length] == ':' ? length : 0;
}

bool is_absolute_http(std::string_view text) {
  const std::size_t length = scheme_length(text);
  const std::string_view scheme = text.substr(0, length);
  return (equals_lower(scheme, "http") || equals_lower(scheme, "https")) &&
         text.substr(length).starts_with("://");
}

bool is_ipv6(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// A name or an IPv4 address. Underscores are no DNS, and in use.
bool is_host_name(std::string_view host) {
  for (const char c : host) {
    if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '.' && c != '_') return false;
  }
  return !host.empty() && host.size() <= kMaxHost && host.front() != '.';
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  const std::string_view whole = text;
  while (!text.empty() &&
         (is_blank(text.front()) || text.front() == '\r' || text.front() == '\n')) {
    text.remove_prefix(1);
  }
  if (text.size() > kMaxUrl) return bad_url(whole, "it is too long");
  if (!is_absolute_http(text)) return bad_url(whole, "write it as http://HOST/ or https://HOST/");
  Url url;
  const std::size_t scheme = text.find(':');
  url.origin_.scheme = scheme == 4 ? Scheme::Http : Scheme::Https;
  text.remove_prefix(scheme + 3);
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  if (auto done = url.set_authority(text.substr(0, end)); !done.ok()) {
    return bad_url(whole, done.error().message);
  }
  text.remove_prefix(end);
  url.bare_ = text.empty() || text.front() == '#';
  url.set_target(text);
  return url;
}

Result<void> Url::set_authority(std::string_view authority) {
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    userinfo_ = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  // The port comes after the last colon that is not inside of an IPv6 address.
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string_view host = authority.substr(0, colon);
  const bool numeric_v6 = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (numeric_v6) host = host.substr(1, host.size() - 2);
  if (host.empty()) return Error{"it has no host"};

  origin_.host.clear();
  for (const char c : host) origin_.host += to_lower(c);
  if (numeric_v6 ? host.find('\0') != host.npos || !is_ipv6(origin_.host) : !is_host_name(host)) {
    return Error{
        "its host is no name or address (a name beyond ASCII is written in its xn-- form)"};
  }

  origin_.port = default_port(origin_.scheme);
  if (colon != std::string_view::npos && colon + 1 < authority.size()) {
    const std::string_view digits = authority.substr(colon + 1);
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, origin_.port);
    if (error != std::errc{} || stop != end || origin_.port == 0) {
      return Error{"its port is not a number from 1 to 65535"};
    }
  }
  origin_.authority = numeric_v6 ? '[' + origin_.host + ']' : origin_.host;
  if (origin_.port != default_port(origin_.scheme)) {
    origin_.authority += ':';
    origin_.authority += std::to_string(origin_.port);
  }
  return {};
}

void Url::set_target(std::string_view text) {
  if (is_encoded_target(text, path_length_)) {
    target_.assign(text);
    return;
  }
  text = text.substr(0, text.find('#'));
  const std::size_t mark = text.find('?');
  const bool has_query = mark != std::string_view::npos;
  set_target(text.substr(0, mark), has_query ? text.substr(mark + 1) : std::string_view{});
}

void Url::set_target(std::string_view path, std::string_view query) {
  std::string target;
  target.reserve(path.size() + query.size() + 2);
  append_encoded(target, without_dot_segments(path), UrlPart::Path);
  if (!target.starts_with('/')) target.insert(0, 1, '/');
  path_length_ = target.size();
  if (!query.empty()) {
    target += '?';
    append_encoded(target, query, UrlPart::Query);
  }
  target_ = std::move(target);
}

Result<Url> Url::resolve(const Url& base, std::string_view reference) {
  reference = trim(reference);
  if (reference.size() > kMaxUrl) return bad_url(reference, "it is too long");
  if (scheme_length(reference) > 0) return parse(reference);
  if (reference.starts_with("//")) {
    return parse(std::string(scheme_name(base.scheme())) + ':' + std::string(reference));
  }
  reference = reference.substr(0, reference.find('#'));
  Url url = base;
  url.bare_ = false;
  if (reference.empty()) return url;

  const std::size_t mark = reference.find('?');
  const std::string_view path = reference.substr(0, mark);
  const std::string_view query =
      mark == std::string_view::npos ? std::string_view{} : reference.substr(mark + 1);
  if (path.empty()) {
    url.set_target(base.path(), query);
  } else if (path.front() == '/') {
    url.set_target(path, query);
  } else {
    const std::string_view folder = base.path().substr(0, base.path().rfind('/') + 1);
    url.set_target(std::string(folder) + std::string(path), query);
  }
  return url;
}

void Url::move_to(const Url& other) {
  if (!(origin_ == other.origin_)) origin_ = other.origin_;
  if (userinfo_ != other.userinfo_) userinfo_ = other.userinfo_;
}

void Url::become(const Url& other) {
  move_to(other);
  target_ = other.target_;
  path_length_ = other.path_length_;
  bare_ = other.bare_;
}

Result<void> Url::join(const Url& base, std::string_view path, Url& into) {
  if (path.size() > kMaxUrl) return bad_url(path, "it is too long");
  const bool continues_host =
      base.bare_ && !path.empty() && std::string_view("/?#").find(path.front()) == path.npos;
  if (is_absolute_http(path)) {
    SWARM_TRY_ASSIGN(into, parse(path));
    return {};
  }
  if (continues_host) {
    // "http://h" + "x" is http://hx, and "http://h" + ":81/x" another port: odd, but the rule.
    SWARM_TRY_ASSIGN(Url url, parse(fmt::format("{}://{}{}", scheme_name(base.scheme()),
                                                base.host_header(), path)));
    url.userinfo_ = base.userinfo_;
    into = std::move(url);
    return {};
  }
  into.move_to(base);
  into.bare_ = base.bare_ && path.empty();
  if (base.bare_) {
    into.set_target(path);
  } else {
    into.set_target(base.target_ + std::string(path));
  }
  return {};
}

std::string_view Url::query() const {
  return path_length_ < target_.size() ? std::string_view(target_).substr(path_length_ + 1)
                                       : std::string_view{};
}

std::string Url::to_string() const {
  return fmt::format("{}://{}{}", scheme_name(scheme()), host_header(), target_);
}

}  // namespace swarm::http
