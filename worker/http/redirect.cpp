#include "worker/http/redirect.h"

#include <utility>

#include "worker/http/ascii.h"

namespace swarm::http {
namespace {

// Methods are case-sensitive, and these three are what browsers have made of the RFC's intent.
std::string_view method_after(int status, std::string_view method, MethodRule rule) {
  const bool becomes_get =
      ((status == 303 || status == 302) && method != "HEAD") ||
      (status == 301 && (method == "POST" || (rule == MethodRule::FastHttp && method != "HEAD")));
  return becomes_get ? std::string_view("GET") : method;
}

// Credentials stay with their origin, and may move from http to https at the default ports.
bool may_keep_authorization(const Origin& from, const Origin& to) {
  if (from == to) return true;
  return from.host == to.host && !from.tls() && to.tls() && from.port == 80 && to.port == 443;
}

}  // namespace

bool Redirect::keeps(std::string_view header_name) const {
  switch (header_name.size()) {
    case 6:
      return !equals_lower(header_name, "cookie");
    case 12:
      return keeps_body || !equals_lower(header_name, "content-type");
    case 13:
      return keeps_authorization || !equals_lower(header_name, "authorization");
    case 14:
      return keeps_body || !equals_lower(header_name, "content-length");
    case 17:
      return keeps_body || !equals_lower(header_name, "transfer-encoding");
    default:
      return true;
  }
}

Failure follow_redirect(const Url& from, std::string_view method, const Response& response,
                        Redirect& next, std::uint16_t limit, MethodRule rule) {
  if (response.redirects >= limit) return Failure::TooManyRedirects;
  Result<Url> url = Url::resolve(from, response.header("location"));
  if (!url.ok()) return Failure::BadUrl;
  next.url = std::move(url).value();
  next.method = method_after(response.status, method, rule);
  next.keeps_body = response.status == 307 || response.status == 308;
  next.keeps_authorization = may_keep_authorization(from.origin(), next.url.origin());
  return Failure::None;
}

}  // namespace swarm::http
