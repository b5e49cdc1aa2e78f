// What each path is answered with: the table is kIndex, which / shows.

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "cli/target/content.h"
#include "cli/target/routes.h"
#include "cli/target/text.h"
#include "common/utf8.h"

namespace swarm::target {
namespace {

constexpr std::uint64_t kCompressedBytes = 4096;  // before compression

constexpr std::string_view kIndex =
    R"(swarm target: something to aim load at

/success                     200, 22 bytes
/random                      200 (half of them), 201, 404, 500 or 503
/status/{code}               that status, 200 to 599; 204 and 304 without a body
/delay/{ms}                  200 after so many milliseconds, which may have a fraction
/bytes/{n}                   n bytes
/json/{n}                    a JSON document of n bytes
/echo                        method, path, query, headers and body of the request, as JSON
/redirect/{n}                302 to /redirect/{n-1}, down to 200; ?code=301, 303, 307, 308
/cookies/set?name=value      sets each; &_path=/p and &_max_age=60 apply to all
/cookies                     the cookies that came, as JSON
/gzip                        a compressed JSON document; ?encoding=deflate or br
/stream/{n}                  n chunks; ?interval_ms=10 between two of them
/close                       answers, then closes the connection
/drop                        closes the connection without an answer
/basic-auth/{user}/{pass}    401 unless authorized so
/half/{n}                    promises n bytes, sends half of them, closes
/garbage                     something that is not HTTP
/log                         requests counted by path, connections; ?reset=1 starts again
)";

Answer bad_parameter(std::string_view what) { return text_answer(400, fmt::format("{}\n", what)); }

Answer json_answer(std::string body) { return {.content_type = kJson, .body = std::move(body)}; }

Answer answer_echo(const Request& request) {
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view value) {
    text += text.empty() ? "{" : ",";
    append_json(text, name);
    text += ':';
    append_json(text, value);
  };
  add("method", request.method);
  add("path", request.path);
  add("query", request.query);
  add("http_version", request.http_1_0 ? "1.0" : "1.1");
  // A list of pairs, not an object: order and repetition are what a client's test looks for.
  text += ",\"headers\":[";
  std::string_view rest = request.headers;
  for (HeaderField field; next_header(rest, field);) {
    if (!text.ends_with('[')) text += ',';
    text += '[';
    append_json(text, field.name);
    text += ',';
    append_json(text, field.value);
    text += ']';
  }
  text += ']';
  if (is_utf8(request.body)) {
    add("body", request.body);
  } else {
    add("body_base64", base64(request.body));
  }
  fmt::format_to(std::back_inserter(text), ",\"body_bytes\":{}}}", request.body.size());
  return json_answer(std::move(text));
}

Answer answer_redirect(const Route& route, const Request& request) {
  if (route.number == 0) return text_answer(200, "The end of the redirects\n");
  std::uint64_t code = 302;
  std::string query;
  if (const auto wanted = find_parameter(request.query, "code")) {
    code = number_in(*wanted, 301, 308).value_or(0);
    if (code == 0 || (code > 303 && code < 307)) {
      return bad_parameter("code: 301, 302, 303, 307 or 308");
    }
    query = fmt::format("?code={}", code);
  }
  Answer answer = text_answer(static_cast<int>(code), fmt::format("{} more\n", route.number));
  answer.headers = fmt::format("Location: /redirect/{}{}\r\n", route.number - 1, query);
  return answer;
}

bool fits_cookie(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == ';') return false;
  }
  return true;
}

Answer answer_set_cookies(const Request& request) {
  std::string attributes = "; Path=/";
  if (const auto path = find_parameter(request.query, "_path")) {
    attributes = "; Path=" + percent_decoded(*path);
  }
  if (const auto age = find_parameter(request.query, "_max_age")) {
    attributes += "; Max-Age=" + percent_decoded(*age);
  }
  Answer answer = text_answer(200, "Cookies set\n");
  std::string_view rest = request.query;
  for (Parameter parameter; next_parameter(rest, parameter);) {
    if (parameter.name == "_path" || parameter.name == "_max_age") continue;
    const std::string cookie =
        fmt::format("{}={}", percent_decoded(parameter.name), percent_decoded(parameter.value));
    if (!fits_cookie(cookie) || cookie.starts_with('=')) {
      return bad_parameter("a cookie wants a name, and no control characters");
    }
    answer.headers += fmt::format("Set-Cookie: {}{}\r\n", cookie, attributes);
  }
  // The attributes may hold semicolons (further attributes), but no second header.
  if (attributes.find_first_of("\r\n") != std::string::npos)
    return bad_parameter("_path, _max_age");
  return answer;
}

// {"cookies": [["name", "value"], ...]}, in the order in which they came.
Answer answer_cookies(const Request& request) {
  std::string text = R"({"cookies":[)";
  std::string_view headers = request.headers;
  for (HeaderField field; next_header(headers, field);) {
    if (!equal_ignoring_case(field.name, "cookie")) continue;
    for (std::string_view rest = field.value; !rest.empty();) {
      const std::string_view pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(pair.size());
      while (rest.starts_with(';') || rest.starts_with(' ')) rest.remove_prefix(1);
      if (!text.ends_with('[')) text += ',';
      const std::size_t equals = pair.find('=');
      text += '[';
      append_json(text, pair.substr(0, equals));
      text += ',';
      append_json(text, equals == std::string_view::npos ? "" : pair.substr(equals + 1));
      text += ']';
    }
  }
  text += "]}";
  return json_answer(std::move(text));
}

Answer answer_gzip(const Request& request) {
  const auto encoding = encoding_of(find_parameter(request.query, "encoding").value_or("gzip"));
  if (!encoding) return bad_parameter("encoding: gzip, deflate or br");
  static const std::array kBodies{compressed(json_document(kCompressedBytes), Encoding::Gzip),
                                  compressed(json_document(kCompressedBytes), Encoding::Deflate),
                                  compressed(json_document(kCompressedBytes), Encoding::Brotli)};
  Answer answer = json_answer(kBodies[static_cast<std::size_t>(*encoding)]);
  answer.headers = fmt::format("Content-Encoding: {}\r\n", name_of(*encoding));
  return answer;
}

Answer answer_stream(const Route& route, const Request& request) {
  Answer answer{.chunks = route.number, .streamed = true};
  if (const auto wanted = find_parameter(request.query, "interval_ms")) {
    const auto interval = milliseconds_in(*wanted);
    if (!interval) return bad_parameter("interval_ms: from 0 to an hour");
    answer.interval = *interval;
  }
  return answer;
}

Answer answer_basic_auth(const Request& request) {
  const std::string_view given = request.path.substr(std::string_view{"/basic-auth/"}.size());
  const std::size_t slash = given.find('/');
  const std::string expected = base64(percent_decoded(given.substr(0, slash)) + ':' +
                                      percent_decoded(given.substr(slash + 1)));
  const std::string_view sent = find_header(request, "authorization");
  constexpr std::string_view kScheme = "basic ";
  if (sent.size() > kScheme.size() &&
      equal_ignoring_case(sent.substr(0, kScheme.size()), kScheme) &&
      sent.substr(kScheme.size()) == expected) {
    return text_answer(200, "Authorized\n");
  }
  Answer answer = text_answer(401, "Not authorized\n");
  answer.headers = "WWW-Authenticate: Basic realm=\"swarm target\"\r\n";
  return answer;
}

Answer answer_status(int status) {
  Answer answer = text_answer(status, fmt::format("Status {}\n", status));
  if (status == 401) answer.headers = "WWW-Authenticate: Basic realm=\"swarm target\"\r\n";
  return answer;
}

Answer binary_answer(std::uint64_t bytes) { return {.content_type = kBinary, .filler = bytes}; }

// A promise of n bytes, half of them kept.
Answer answer_half(std::uint64_t bytes) {
  Answer answer = binary_answer(bytes / 2);
  answer.withheld = bytes - bytes / 2;
  answer.ending = Ending::Close;
  return answer;
}

}  // namespace

Answer answer(const Route& route, const Request& request) {
  switch (route.kind) {
    case Kind::Index:
      return text_answer(200, std::string{kIndex});
    case Kind::Success:
      return text_answer(200, "Success, as requested\n");
    case Kind::Status:
      return answer_status(static_cast<int>(route.number));
    case Kind::Delay: {
      Answer late = text_answer(200, "At last\n");
      late.delay = Duration{route.number};
      return late;
    }
    case Kind::Bytes:
      return binary_answer(route.number);
    case Kind::Json:
      return json_answer(json_document(route.number));
    case Kind::Echo:
      return answer_echo(request);
    case Kind::Redirect:
      return answer_redirect(route, request);
    case Kind::SetCookies:
      return answer_set_cookies(request);
    case Kind::Cookies:
      return answer_cookies(request);
    case Kind::Gzip:
      return answer_gzip(request);
    case Kind::Stream:
      return answer_stream(route, request);
    case Kind::Close: {
      Answer last = text_answer(200, "Goodbye\n");
      last.ending = Ending::Close;
      return last;
    }
    case Kind::Drop:
      return {.silent = true, .ending = Ending::Close};
    case Kind::BasicAuth:
      return answer_basic_auth(request);
    case Kind::Half:
      return answer_half(route.number);
    case Kind::Garbage:
      return {.body = "this is not HTTP\r\n\r\n", .raw = true, .ending = Ending::Close};
    case Kind::OutOfRange:
      return text_answer(400, "The number in the path is none that is served; see /\n");
    case Kind::Random:
    case Kind::Log:
    case Kind::Unknown:
      break;
  }
  return text_answer(404, "No such path; see /\n");
}

}  // namespace swarm::target
