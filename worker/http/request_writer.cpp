#include "worker/http/request_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "worker/http/ascii.h"

namespace swarm::http {
namespace {

constexpr std::string_view kVersion = " HTTP/1.1\r\n";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMaxQuoted = 80;

bool is_printable(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > ' ' && byte != 0x7f;
}

// For an error message, which is one line: the beginning of `text`, its odd characters as dots.
std::string quoted(std::string_view text) {
  std::string out(text.substr(0, kMaxQuoted));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c != ' ' && !is_printable(c); }, '.');
  return '"' + out + '"';
}

bool is_omitted(const Header& header) { return header.value.data() == nullptr; }

Result<void> check(const Header& header) {
  if (!is_token(header.name)) {
    return Error{fmt::format("bad header name {}: a name is one word of letters, digits and -",
                             quoted(header.name))};
  }
  if (has_line_break_or_nul(header.value)) {
    return Error{
        fmt::format("bad value of header {}: remove its line break or NUL character", header.name)};
  }
  return {};
}

Result<void> check(const RequestParts& parts) {
  if (!is_token(parts.method)) {
    return Error{
        fmt::format("bad HTTP method {}: it has to be one word, as GET", quoted(parts.method))};
  }
  if (parts.target.empty() ||
      !std::all_of(parts.target.begin(), parts.target.end(), is_printable)) {
    return Error{
        fmt::format("bad request target {}: percent-encode its spaces and control characters",
                    quoted(parts.target))};
  }
  for (const Header& header : parts.headers) SWARM_TRY(check(header));
  for (const Header& header :
       {Header{"Cookie", parts.cookies}, Header{"Authorization", parts.authorization}}) {
    SWARM_TRY(check(header));
  }
  return {};
}

void append_line(std::string& out, const Header& header) {
  out.append(header.name).append(": ").append(header.value).append(kLineEnd);
}

bool asks_for_body(const RequestParts& parts) {
  if (parts.always_length) return parts.method != "GET" && parts.method != "HEAD";
  return parts.method == "POST" || parts.method == "PUT" || parts.method == "PATCH";
}

}  // namespace

void RequestDefaults::add(const Header& header) {
  const std::size_t begin = bytes_.size();
  append_line(bytes_, header);
  lines_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(bytes_.size()),
                    static_cast<std::uint32_t>(header.name.size())});
  if (equals_lower(header.name, "cookie")) has_cookie_ = true;
  if (equals_lower(header.name, "authorization")) has_authorization_ = true;
}

Result<RequestDefaults> RequestDefaults::create(std::string_view host_header,
                                                std::span<const Header> headers) {
  const std::array own{Header{"Host", host_header}, Header{"User-Agent", kUserAgent},
                       Header{"Accept", "*/*"}, Header{"Accept-Encoding", "gzip, deflate, br"},
                       Header{"Connection", "keep-alive"}};
  SWARM_TRY(check(own.front()));
  RequestDefaults defaults;
  for (const Header& header : own) {
    const bool replaced = std::any_of(headers.begin(), headers.end(), [&](const Header& other) {
      return equals_ignoring_case(other.name, header.name);
    });
    if (!replaced) defaults.add(header);
  }
  for (const Header& header : headers) {
    SWARM_TRY(check(header));
    // The length is that of each request's body.
    if (!is_omitted(header) && !equals_lower(header.name, "content-length")) defaults.add(header);
  }
  return defaults;
}

// One request as it is written, field by field.
class RequestText {
 public:
  RequestText(std::string& out, const RequestDefaults& defaults, const RequestParts& parts)
      : out_(out), defaults_(defaults), parts_(parts) {}

  void write() {
    out_.append(parts_.method).append(1, ' ').append(parts_.target).append(kVersion);
    if (parts_.headers.empty()) {
      out_.append(defaults_.bytes_);
    } else {
      write_defaults();
      for (const Header& header : parts_.headers) write_own(header);
    }
    if (!parts_.authorization.empty() && !brings("authorization", defaults_.has_authorization_)) {
      append_line(out_, {"Authorization", parts_.authorization});
    }
    if (!parts_.cookies.empty() && !brings("cookie", defaults_.has_cookie_)) {
      append_line(out_, {"Cookie", parts_.cookies});
    }
    write_length();
    out_.append(kLineEnd).append(parts_.body);
  }

 private:
  bool brings(std::string_view lower_name, bool among_defaults = false) const {
    return among_defaults ||
           std::any_of(parts_.headers.begin(), parts_.headers.end(),
                       [&](const Header& header) { return equals_lower(header.name, lower_name); });
  }

  void write_defaults() {
    const std::string_view bytes = defaults_.bytes_;
    for (const RequestDefaults::Line& line : defaults_.lines_) {
      const std::string_view name = bytes.substr(line.begin, line.name_length);
      const bool replaced = std::any_of(
          parts_.headers.begin(), parts_.headers.end(),
          [&](const Header& header) { return equals_ignoring_case(header.name, name); });
      if (!replaced) out_.append(bytes.substr(line.begin, line.end - line.begin));
    }
  }

  void write_own(const Header& header) {
    if (is_omitted(header)) return;
    if (equals_lower(header.name, "content-length")) {
      asked_for_length_ = true;
      return;
    }
    if (equals_lower(header.name, "transfer-encoding")) has_own_framing_ = true;
    append_line(out_, header);
  }

  void write_length() {
    if (has_own_framing_) return;
    if (parts_.body.empty() && !asked_for_length_ && !asks_for_body(parts_)) return;
    fmt::format_int digits(parts_.body.size());
    append_line(out_, {"Content-Length", {digits.data(), digits.size()}});
  }

  std::string& out_;
  const RequestDefaults& defaults_;
  const RequestParts& parts_;
  bool asked_for_length_ = false;
  bool has_own_framing_ = false;
};

Result<void> write_request(std::string& out, const RequestDefaults& defaults,
                           const RequestParts& parts) {
  SWARM_TRY(check(parts));
  RequestText(out, defaults, parts).write();
  return {};
}

}  // namespace swarm::http
