#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/result.h"
#include "worker/http/fields.h"

namespace swarm::http {

// As a value: this field is not sent at all, its default neither. Differs from "", an empty value.
inline constexpr std::string_view kOmitted{};

inline constexpr std::string_view kUserAgent = "swarm/0.1";

// The fields that all requests to one origin have in common, written once: Host, User-Agent,
// Accept, Accept-Encoding, Connection, and what the user class adds or replaces.
//
// Thread  any
// Errors  create(): a name or value that would break the request in two
class RequestDefaults {
 public:
  // `host_header`: Origin::authority. `headers` replace defaults of the same name.
  static Result<RequestDefaults> create(std::string_view host_header,
                                        std::span<const Header> headers = {});

  // All of them, each with its line end.
  std::string_view bytes() const { return bytes_; }

 private:
  friend class RequestText;
  struct Line {
    std::uint32_t begin;
    std::uint32_t end;  // behind the line end
    std::uint32_t name_length;
  };
  void add(const Header& header);

  std::string bytes_;
  std::vector<Line> lines_;
  bool has_cookie_ = false;
  bool has_authorization_ = false;
};

// What is particular to one request. Refers to what the caller keeps.
struct RequestParts {
  std::string_view method = "GET";
  std::string_view target = "/";         // Url::target()
  std::span<const Header> headers = {};  // replace defaults of the same name, whatever its case
  std::string_view body = {};
  std::string_view cookies = {};        // CookieJar::write(); yields to a Cookie among the headers
  std::string_view authorization = {};  // yields to an Authorization among the headers
  bool always_length = false;  // "Content-Length: 0" also where the method does not ask for a body
};
static_assert(std::is_trivially_destructible_v<RequestParts>);  // crosses co_await

// Appends the request to `out`. Content-Length is always the body's true one, and is there if
// there is a body, if the method asks for one (POST, PUT, PATCH; with `always_length` all but GET
// and HEAD), or if `headers` has it; a Transfer-Encoding among the headers takes its place, the
// body is then sent as it is.
//
// Flow    RequestParts -> [write_request] -> bytes for the connection
// Thread  any
// Errors  a method, target, name or value that would break the request in two; `out` is then as
//         it was
// Source  RFC 9112 sections 3 and 5
Result<void> write_request(std::string& out, const RequestDefaults& defaults,
                           const RequestParts& parts);

}  // namespace swarm::http
