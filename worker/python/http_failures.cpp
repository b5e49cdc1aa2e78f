#include "worker/python/http_failures.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace swarm::python {
namespace {

using http::Failure;

std::string pool_of(const Call& call) {
  const http::Origin& origin = call.exchange.url().origin();
  return fmt::format("HTTP{}ConnectionPool(host={}, port={})", origin.tls() ? "S" : "",
                     repr_of(origin.host), origin.port);
}

// Python's way to write a time-out in seconds.
std::string seconds(Duration time) {
  return fmt::format("{}", std::chrono::duration<double>(time).count());
}

constexpr std::string_view kUntrusted = "certificate verify failed: ";

// Python's words for a name that the certificate does not have.
std::string mismatch(std::string_view what, const std::string& host) {
  return fmt::format("{} mismatch, certificate is not valid for {}.", what, repr_of(host));
}

std::string tls_text(const Call& call) {
  std::string_view detail = call.exchange.detail();
  if (!detail.starts_with(kUntrusted)) {
    if (detail.empty()) return "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred";
    std::string code(detail);
    for (char& c : code) c = c == ' ' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return fmt::format("[SSL: {}] {}", code, detail);
  }
  detail.remove_prefix(kUntrusted.size());
  const std::string& host = call.exchange.url().host();
  return fmt::format("[SSL: CERTIFICATE_VERIFY_FAILED] {}{}", kUntrusted,
                     detail == "hostname mismatch"     ? mismatch("Hostname", host)
                     : detail == "IP address mismatch" ? mismatch("IP address", host)
                                                       : std::string(detail));
}

std::string tls_error(const Call& call) {
  const bool untrusted = std::string_view(call.exchange.detail()).starts_with(kUntrusted);
  return fmt::format("SSL{}Error(1, {})", untrusted ? "CertVerification" : "",
                     repr_of(tls_text(call)));
}

std::string requests_failure(const Call& call) {
  const http::Response& response = call.exchange.response();
  switch (response.failure) {
    case Failure::Closed:
      return "RemoteDisconnected('Remote end closed connection without response')";
    case Failure::ConnectTimedOut: {
      if (call.exchange.connect_timeout() == kForever) {  // then it was the kernel that gave up
        return "TimeoutError(110, 'Connection timed out')";
      }
      const http::Origin& origin = call.exchange.url().origin();
      return fmt::format(
          "ConnectTimeoutError(<HTTP{}Connection(host={}, port={}) at 0x....>, {})",
          origin.tls() ? "S" : "", repr_of(origin.host), origin.port,
          repr_of(fmt::format("Connection to {} timed out. (connect timeout={})", origin.host,
                              seconds(call.exchange.connect_timeout()))));
    }
    case Failure::ReadTimedOut:
      return fmt::format("ReadTimeout(ReadTimeoutError({}))",
                         repr_of(fmt::format("{}: Read timed out. (read timeout={})", pool_of(call),
                                             seconds(call.exchange.read_timeout()))));
    case Failure::Tls:
      return "SSLError(" + tls_error(call) + ')';
    case Failure::NotHttp:
      return "BadStatusLine('no HTTP/1 status line')";
    case Failure::BodyTooShort: {
      const std::string read = call.exchange.missing() > 0
                                   ? fmt::format("IncompleteRead({} bytes read, {} more expected)",
                                                 received_of_body(call), call.exchange.missing())
                                   : std::string();
      if (read.empty()) return "ChunkedEncodingError(ProtocolError('Response ended prematurely'))";
      return fmt::format("ChunkedEncodingError(ProtocolError('Connection broken: {0}', {0}))",
                         read);
    }
    case Failure::BadContentEncoding:
    case Failure::DecodedTooLarge:
      return fmt::format(
          "ContentDecodingError(DecodeError({}, error('Error -3 while decompressing data: "
          "incorrect header check')))",
          repr_of(
              fmt::format("Received response with content-encoding: {}, but failed to decode it.",
                          response.header("content-encoding"))));
    case Failure::TooManyRedirects:
      return "TooManyRedirects('Exceeded 30 redirects.')";
    default:
      return "ProtocolError(" + repr_of(http::describe(response.failure)) + ')';
  }
}

std::string fast_failure(const Call& call) {
  const http::Response& response = call.exchange.response();
  switch (response.failure) {
    case Failure::Closed:
    case Failure::Reset:
      return "HTTPConnectionClosed('connection closed.')";
    case Failure::ConnectTimedOut:
    case Failure::ReadTimedOut:
      return fmt::format("RetriesExceeded({}, 0, original=timed out)",
                         repr_of(call.exchange.url().to_string()));
    case Failure::Tls:
      return tls_error(call);
    case Failure::BadContentEncoding:
    case Failure::DecodedTooLarge:
      return "error('Error -3 while decompressing data: incorrect header check')";
    case Failure::BodyTooShort:
    case Failure::HeadTooShort:
      return "HTTPParseError('Incomplete response.')";
    case Failure::NotHttp:
      return "HTTPParseError('Expected HTTP/, RTSP/ or ICE/', 8)";
    case Failure::TooManyRedirects: {
      const auto history = call.exchange.history();
      return fmt::format("RetriesExceeded({}, 'Redirection limit reached (30)')",
                         repr_of(history.empty() ? "" : history.front().url));
    }
    default:
      return "HTTPParseError(" + repr_of(http::describe(response.failure)) + ')';
  }
}

}  // namespace

std::string repr_of(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      (out += '\\') += c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      (out += '\\') += c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out += quote;
}

std::string status_failure(const Call& call) {
  const http::Response& response = call.exchange.response();
  if (call.session.style == Style::FastHttp) {
    return is_valid_for_fast(response.status)
               ? std::string()
               : fmt::format("LocustBadStatusCode(code={})", response.status);
  }
  if (response.status < 400 || response.status >= 600) return {};
  return "HTTPError(" + repr_of(http_error_message(call, call.name)) + ')';
}

std::string http_error_message(const Call& call, std::string_view url) {
  const http::Response& response = call.exchange.response();
  return fmt::format("{} {} Error: {} for url: {}", response.status,
                     response.status < 500 ? "Client" : "Server", response.reason(), url);
}

bool is_valid_for_fast(int status) {
  return (status >= 200 && status <= 208) || status == 226 || (status >= 301 && status <= 304) ||
         status == 307 || status == 308;
}

const char* failure_kind(const Call& call) {
  switch (call.exchange.response().failure) {
    case Failure::None:
      return "status";
    case Failure::NameNotResolved:
      return "name";
    case Failure::Refused:
      return "refused";
    case Failure::Unreachable:
      return "unreachable";
    case Failure::ConnectTimedOut:
      return call.exchange.connect_timeout() == kForever ? "timed_out" : "connect_timeout";
    case Failure::ReadTimedOut:
      return "read_timeout";
    case Failure::Reset:
      return "reset";
    case Failure::Tls:
      return "tls";
    case Failure::Closed:
      return "closed";
    case Failure::NotHttp:
      return "no_http";
    case Failure::HeadTooShort:
    case Failure::BodyTooShort:
      return "truncated";
    case Failure::BadContentEncoding:
    case Failure::DecodedTooLarge:
      return "encoding";
    case Failure::TooManyRedirects:
      return "redirects";
    default:
      return "protocol";
  }
}

std::string failure_detail(const Call& call) {
  const Failure failure = call.exchange.response().failure;
  return failure == Failure::Tls ? tls_text(call) : std::string(http::describe(failure));
}

std::uint64_t received_of_body(const Call& call) {
  std::uint64_t length = 0;
  const std::string_view text = call.exchange.response().header("content-length");
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length - std::min(length, call.exchange.missing());
}

std::string transport_failure(const Call& call) {
  switch (call.exchange.response().failure) {
    case Failure::NameNotResolved:
      return "gaierror(-2, 'Name or service not known')";
    case Failure::Refused:
      return "ConnectionRefusedError(111, 'Connection refused')";
    case Failure::Unreachable:
      return "OSError(113, 'No route to host')";
    case Failure::Reset:
      if (call.session.style == Style::Requests) {
        return "ConnectionResetError(104, 'Connection reset by peer')";
      }
      break;
    default:
      break;
  }
  return call.session.style == Style::Requests ? requests_failure(call) : fast_failure(call);
}

}  // namespace swarm::python
