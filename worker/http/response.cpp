#include "worker/http/response.h"

#include "worker/http/ascii.h"
#include "worker/http/content_decoder.h"

namespace swarm::http {
namespace {

constexpr std::size_t kReasonAt = sizeof("HTTP/1.1 200 ") - 1;

}  // namespace

std::string_view Response::reason() const {
  const std::string_view line = std::string_view(head).substr(0, head.find('\n'));
  if (line.size() <= kReasonAt) return {};
  std::string_view text = line.substr(kReasonAt);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return trim(text);
}

std::optional<std::string_view> Response::text(std::size_t limit) {
  if (!encoded) {
    body.keep();
    return body.view();
  }
  if (decoding_ == Decoding::Pending) {
    const Failure why = decode_content(body, header("content-encoding"), limit, decoded_);
    decoding_ = why == Failure::None ? Decoding::Done : Decoding::Failed;
    if (why != Failure::None) failure = why;
  }
  if (decoding_ == Decoding::Failed) return std::nullopt;
  return decoded_.view();
}

std::optional<std::string_view> Response::padded_text(std::size_t padding) {
  if (!text()) return std::nullopt;
  Buffer& buffer = encoded ? decoded_ : body;
  buffer.space(padding);
  return buffer.view();
}

void Response::reset() {
  reset_message();
  redirects = 0;
  final_url.clear();
}

void Response::reset_message() {
  status = 0;
  minor_version = 1;
  keep_alive = encoded = sets_cookies = false;
  failure = Failure::None;
  if (head.capacity() > kKeptHead) {
    std::string().swap(head);
    std::vector<FieldPlace>().swap(places);
  }
  head.clear();
  places.clear();
  body.reset();
  decoding_ = Decoding::Pending;
  decoded_.reset();
}

}  // namespace swarm::http
