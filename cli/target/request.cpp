#include "cli/target/request.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace swarm::target {
namespace {

constexpr auto kNpos = std::string_view::npos;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The characters of methods and header names.
constexpr std::array<bool, 256> kTokenCharacters = [] {
  std::array<bool, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view{"!#$%&'*+-.^_`|~"})
    table[static_cast<std::size_t>(c)] = true;
  return table;
}();

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return kTokenCharacters[static_cast<unsigned char>(c)];
  });
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// REQUIRES: text holds an LF.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Whether a comma-separated list has `word` in it.
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (equal_ignoring_case(trimmed(list.substr(0, comma)), word)) return true;
    list.remove_prefix(comma == kNpos ? list.size() : comma + 1);
  }
  return false;
}

// http://host/path?query, as proxies are asked: what counts is behind the host.
std::string_view without_origin(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (target.starts_with('/') || scheme == kNpos) return target;
  const std::size_t path = target.find('/', scheme + 3);
  return path == kNpos ? std::string_view{"/"} : target.substr(path);
}

// What the header lines said that must be said once only.
struct Seen {
  bool host = false;
  bool length = false;
};

const char* read_length(std::string_view value, Request& request, Seen& seen) {
  std::uint64_t length = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (failed != std::errc{} || end != value.data() + value.size()) return "bad Content-Length";
  if (seen.length && length != request.content_length) return "two Content-Lengths";
  seen.length = true;
  request.content_length = length;
  return nullptr;
}

// What a header means for the framing and the life of the connection. Returns what is wrong, if
// something is. The lengths sort out nearly all others before a name is compared.
const char* read_header(HeaderField field, Request& request, Seen& seen) {
  switch (field.name.size()) {
    case 4:
      if (!equal_ignoring_case(field.name, "host")) break;
      if (seen.host) return "two Host headers";
      seen.host = true;
      break;
    case 6:
      if (!equal_ignoring_case(field.name, "expect")) break;
      request.expects_continue = equal_ignoring_case(field.value, "100-continue");
      break;
    case 10:
      if (!equal_ignoring_case(field.name, "connection")) break;
      if (lists(field.value, "close"))
        request.keep_alive = false;
      else if (request.http_1_0 && lists(field.value, "keep-alive"))
        request.keep_alive = true;
      break;
    case 14:
      if (!equal_ignoring_case(field.name, "content-length")) break;
      return read_length(field.value, request, seen);
    case 17:
      if (!equal_ignoring_case(field.name, "transfer-encoding")) break;
      if (request.chunked || !equal_ignoring_case(field.value, "chunked")) {
        return "a Transfer-Encoding other than chunked";
      }
      request.chunked = true;
      break;
    default:
      break;
  }
  return nullptr;
}

std::variant<Request, Refusal> parse_request_line(std::string_view line) {
  Request request;
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == kNpos || first == last) return Refusal{400, "not a request line"};
  request.method = line.substr(0, first);
  if (!is_token(request.method)) return Refusal{400, "not a method"};

  const std::string_view version = line.substr(last + 1);
  if (version == "HTTP/1.0") {
    request.http_1_0 = true;
    request.keep_alive = false;
  } else if (version != "HTTP/1.1") {
    if (version.starts_with("HTTP/"))
      return Refusal{505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
    return Refusal{400, "not an HTTP version"};
  }

  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (has_control(target) || target.find_first_of(" \t") != kNpos) return Refusal{400, "bad path"};
  const std::string_view local = without_origin(target);
  if (!local.starts_with('/') && local != "*") return Refusal{400, "the path must begin with /"};
  const std::size_t mark = local.find('?');
  request.path = local.substr(0, mark);
  if (mark != kNpos) request.query = local.substr(mark + 1);
  return request;
}

}  // namespace

std::size_t head_size(std::string_view bytes, std::size_t scanned) {
  // The end may have begun in what was looked at: "\n\r" and then "\n".
  std::size_t at = bytes.find('\n', scanned < 2 ? 0 : scanned - 2);
  for (; at != kNpos; at = bytes.find('\n', at + 1)) {
    const std::string_view rest = bytes.substr(at + 1);
    if (rest.starts_with('\n')) return at + 2;
    if (rest.starts_with("\r\n")) return at + 3;
  }
  return kNpos;
}

std::variant<Request, Refusal> parse_request(std::string_view head) {
  auto parsed = parse_request_line(take_line(head));
  Request* const request = std::get_if<Request>(&parsed);
  if (request == nullptr) return parsed;

  Seen seen;
  std::string_view rest = head;
  for (;;) {
    const std::string_view line = take_line(rest);
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == kNpos || !is_token(line.substr(0, colon))) return Refusal{400, "bad header name"};
    const HeaderField field{line.substr(0, colon), trimmed(line.substr(colon + 1))};
    if (has_control(field.value)) return Refusal{400, "a control character in a header"};
    if (const char* wrong = read_header(field, *request, seen)) return Refusal{400, wrong};
    request->headers = {head.data(), static_cast<std::size_t>(rest.data() - head.data())};
  }
  if (!seen.host && !request->http_1_0) return Refusal{400, "no Host header"};
  // Two lengths are how requests are smuggled past a proxy.
  if (request->chunked && (seen.length || request->http_1_0)) {
    return Refusal{400, "chunked, and also a Content-Length or HTTP/1.0"};
  }
  return parsed;
}

bool next_header(std::string_view& headers, HeaderField& field) {
  if (headers.empty()) return false;
  const std::string_view line = take_line(headers);
  const std::size_t colon = line.find(':');
  field = {line.substr(0, colon), trimmed(line.substr(colon + 1))};
  return true;
}

std::string_view find_header(const Request& request, std::string_view name) {
  std::string_view rest = request.headers;
  for (HeaderField field; next_header(rest, field);) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace swarm::target
