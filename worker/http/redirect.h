#pragma once

#include <cstdint>
#include <string_view>

#include "worker/http/failure.h"
#include "worker/http/response.h"
#include "worker/http/url.h"

namespace swarm::http {

// How many redirects are followed for one request, as `requests` has it.
inline constexpr std::uint16_t kMaxRedirects = 30;

// What to ask for after a redirect. Who follows it counts it in Response::redirects.
//
// Source  RFC 9110 section 15.4; where clients differ, the rules of `requests`, which are Locust's
struct Redirect {
  Url url;
  std::string_view method;
  bool keeps_body = false;
  bool keeps_authorization = false;

  // Whether a field that the scenario gave is sent again: not Cookie (the jar decides anew), not
  // what described a body that is dropped, not credentials meant for another origin.
  bool keeps(std::string_view header_name) const;
};

// Whether a response sends us elsewhere: its status does, and it says where.
inline bool is_redirect(const Response& response) {
  const int status = response.status;
  return status >= 301 && status <= 308 && (status <= 303 || status >= 307) &&
         response.header("location").data() != nullptr;
}

// What becomes of the method where RFC 9110 leaves it open: PUT and others after a 301.
enum class MethodRule : std::uint8_t {
  Requests,  // stay as they are
  FastHttp,  // become GET
};

// Where `response`, the answer to `method` at `from`, sends us: written into `next`, whose method
// is `method` or a constant.
// REQUIRES: is_redirect(response).
// Errors: TooManyRedirects, when response.redirects have been followed already; BadUrl.
Failure follow_redirect(const Url& from, std::string_view method, const Response& response,
                        Redirect& next, std::uint16_t limit = kMaxRedirects,
                        MethodRule rule = MethodRule::Requests);

}  // namespace swarm::http
