#include "cli/target/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace swarm::target {
namespace {

constexpr std::size_t kFillerBytes = 64 * 1024;

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 418:
      return "I'm a teapot";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

bool status_allows_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

Answer text_answer(int status, std::string body) {
  return {.status = status, .body = std::move(body)};
}

Answer refuse(const Refusal& refusal) {
  Answer answer = text_answer(refusal.status, fmt::format("Refused: {}\n", refusal.reason));
  answer.ending = Ending::Refuse;
  return answer;
}

bool carries_body(int status, const Request& request) {
  return status_allows_body(status) && !request.is_head();
}

std::string encode_head(Answer& answer, const Request& request) {
  const bool until_close = answer.streamed && request.http_1_0;
  if (answer.ending == Ending::KeepAlive && (!request.keep_alive || until_close)) {
    answer.ending = Ending::Close;
  }
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, reason_phrase(answer.status));
  auto out = std::back_inserter(head);
  if (status_allows_body(answer.status)) {
    fmt::format_to(out, "Content-Type: {}\r\n", answer.content_type);
    if (!answer.streamed) {
      fmt::format_to(out, "Content-Length: {}\r\n",
                     answer.body.size() + answer.filler + answer.withheld);
    } else if (!until_close) {
      head += "Transfer-Encoding: chunked\r\n";
    }
  }
  head += answer.headers;
  if (answer.ending != Ending::KeepAlive) {
    head += "Connection: close\r\n";
  } else if (request.http_1_0) {
    head += "Connection: keep-alive\r\n";
  }
  head += "\r\n";
  return head;
}

void append_chunk(std::string& out, std::uint64_t number, bool chunked) {
  const std::string text = fmt::format("chunk {}\n", number);
  if (chunked) {
    fmt::format_to(std::back_inserter(out), "{:x}\r\n{}\r\n", text.size(), text);
  } else {
    out += text;
  }
}

std::string_view filler_block() {
  static const std::string block = [] {
    constexpr std::string_view kAlphabet =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+\n";
    std::string text;
    while (text.size() < kFillerBytes) text += kAlphabet;
    return text;
  }();
  return block;
}

void append_filler(std::string& out, std::uint64_t offset, std::uint64_t count) {
  const std::string_view block = filler_block();
  while (count > 0) {
    const std::size_t from = offset % block.size();
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(count, block.size() - from));
    out.append(block.substr(from, part));
    offset += part;
    count -= part;
  }
}

}  // namespace swarm::target
