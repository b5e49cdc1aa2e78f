#include "worker/http/response_parser.h"

#include <algorithm>
#include <cstring>

#include "worker/http/ascii.h"
#include "worker/http/head_cache.h"

// Why not Beast's basic_parser: docs/decisions/0002-own-response-parser.md.

namespace swarm::http {
namespace {

constexpr std::string_view kVersion = "HTTP/1.";
// "HTTP/1.1 200": the shortest status line.
constexpr std::size_t kStatusLine = 12;
// A Content-Length is only a promise: this much memory is taken on its word.
constexpr std::uint64_t kTrustedLength = 64 * 1024;
// Copying less than that costs less than remembering a loan.
constexpr std::size_t kLentFrom = 1024;
// More lines than that are no head that anybody means; their memory is not kept.
constexpr std::size_t kKeptLines = 1024;

}  // namespace

void ResponseParser::begin(Response& into, bool to_head, HeadCache* cache) {
  into_ = &into;
  into.reset_message();
  state_ = State::Head;
  to_head_ = to_head;
  cache_ = cache;
  line_start_ = 0;
  line_feeds_.clear();
  if (line_feeds_.capacity() > kKeptLines) line_feeds_.shrink_to_fit();
  interim_ = 0;
  remaining_ = 0;
}

std::size_t ResponseParser::feed(std::string_view bytes, Loan* loan) {
  std::size_t used = 0;
  // More than once only after an interim response.
  while (state_ == State::Head && used < bytes.size()) used += feed_head(bytes.substr(used));
  if (state_ == State::Body && used < bytes.size()) used += feed_body(bytes.substr(used), loan);
  return used;
}

void ResponseParser::end_of_stream() {
  if (state_ == State::Head) {
    fail(into_->head.empty() ? Failure::Closed : Failure::HeadTooShort);
  } else if (state_ == State::Body) {
    if (framing_ == Framing::UntilClose) {
      state_ = State::Done;
    } else {
      fail(Failure::BodyTooShort);
    }
  }
}

void ResponseParser::fail(Failure failure) {
  // Half a head is no response: nothing of it is left to be taken for one.
  if (state_ == State::Head) into_->reset_message();
  state_ = State::Failed;
  into_->failure = failure;
  into_->keep_alive = false;
}

// Collects the head until its empty line has come, then parses it as a whole: no state to carry
// between the pieces, and the head is kept anyway.
std::size_t ResponseParser::feed_head(std::string_view bytes) {
  std::string& head = into_->head;
  const std::size_t before = head.size();
  if (cache_ != nullptr && before == 0) {
    const ParsedHead* const same = cache_->find(bytes);
    if (same != nullptr && same->text.size() <= limits_.head) return take_known(*same);
  }
  if (before < kVersion.size()) {
    // At once, because what speaks another protocol may never send an empty line.
    const std::string_view expected = kVersion.substr(before);
    const std::size_t known = std::min(expected.size(), bytes.size());
    if (std::memcmp(bytes.data(), expected.data(), known) != 0) return fail(Failure::NotHttp), 0;
  }

  // Line by line. Where they end is noted, so that parse_fields() need not search again.
  std::size_t at = 0;
  bool complete = false;
  while (!complete) {
    const void* found = std::memchr(bytes.data() + at, '\n', bytes.size() - at);
    if (found == nullptr) {
      at = bytes.size();
      break;
    }
    at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    const std::size_t length = before + at - line_start_;
    complete = length == 0 || (length == 1 && (at > 0 ? bytes[at - 1] : head.back()) == '\r');
    line_feeds_.push_back(static_cast<std::uint32_t>(before + at));
    line_start_ = before + ++at;
  }
  head.append(bytes.data(), at);
  if (head.size() > limits_.head) return fail(Failure::HeadTooLarge), at;
  if (!complete) return at;
  if (const auto facts = parse_head()) {
    if (cache_ != nullptr && before == 0) cache_->keep(bytes.size(), *into_, *facts);
    go_by(*facts);
  }
  return at;
}

std::size_t ResponseParser::take_known(const ParsedHead& head) {
  Response& response = *into_;
  response.head = head.text;
  response.places = head.places;
  response.status = head.status;
  response.minor_version = head.minor_version;
  go_by(head.facts);
  return head.text.size();
}

std::optional<HeadFacts> ResponseParser::parse_head() {
  Response& response = *into_;
  const auto refuse = [this](Failure failure) { return fail(failure), std::nullopt; };
  if (!parse_status_line(std::string_view(response.head).substr(0, line_feeds_.front()))) {
    return refuse(Failure::NotHttp);
  }
  HeadFacts facts;
  if (const Failure failure = parse_fields(facts); failure != Failure::None) return refuse(failure);
  if (response.status == 101) return refuse(Failure::UnexpectedUpgrade);
  if (response.status >= 200) return facts;
  // The real one follows.
  if (++interim_ > kMaxInterim) return refuse(Failure::HeadTooLarge);
  line_start_ = 0;
  line_feeds_.clear();
  response.reset_message();
  return std::nullopt;
}

void ResponseParser::go_by(const HeadFacts& facts) {
  Response& response = *into_;
  response.keep_alive =
      response.minor_version == 0 ? facts.keep_alive && !facts.close : !facts.close;
  response.encoded = facts.encoded;
  response.sets_cookies = facts.sets_cookies;
  choose_framing(facts);
}

bool ResponseParser::parse_status_line(std::string_view line) {
  // The prefix up to the minor version has been compared. Its digit counts as 1 from 1 upward.
  if (line.size() < kStatusLine || !is_digit(line[7]) || line[8] != ' ') return false;
  if (line[9] == '0' || !is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11])) {
    return false;
  }
  if (line.size() > kStatusLine && line[12] != ' ' && line[12] != '\r') return false;
  into_->minor_version = line[7] == '0' ? 0 : 1;
  into_->status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  return true;
}

Failure ResponseParser::parse_fields(HeadFacts& facts) {
  std::string& head = into_->head;
  if (head.find('\0') != std::string::npos) return Failure::BadHead;
  // The first line is the status line, the last one is empty.
  for (std::size_t line = 1; line + 1 < line_feeds_.size(); ++line) {
    const std::size_t begin = line_feeds_[line - 1] + 1;
    std::size_t line_feed = line_feeds_[line];
    while (is_blank(head[line_feed + 1])) {
      // A folded value goes on in the next line; the line end between counts as spaces.
      if (head[line_feed - 1] == '\r') head[line_feed - 1] = ' ';
      head[line_feed] = ' ';
      line_feed = line_feeds_[++line];
    }
    const std::size_t end = line_feed - (head[line_feed - 1] == '\r' ? 1 : 0);
    if (const Failure failure = parse_field(begin, end, facts); failure != Failure::None) {
      return failure;
    }
  }
  return Failure::None;
}

Failure ResponseParser::parse_field(std::size_t begin, std::size_t end, HeadFacts& facts) {
  // Searched with memchr, as everything here: on the short lines of a head its vector registers
  // beat every loop over characters by a factor of two.
  const std::string_view line(into_->head.data() + begin, end - begin);
  if (line.find('\r') != std::string_view::npos) return Failure::BadHead;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || is_blank(line.front())) return Failure::BadHead;
  // Odd characters in a name and blanks before the colon: other clients read over them, so do we.
  const std::string_view name = trim(line.substr(0, colon));
  if (name.empty()) return Failure::BadHead;
  const std::string_view value = trim(line.substr(colon + 1));
  const auto value_at = static_cast<std::size_t>(value.data() - into_->head.data());
  into_->places.push_back(
      {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(name.size()),
       static_cast<std::uint32_t>(value_at), static_cast<std::uint32_t>(value.size())});
  return facts.note(name, value);
}

void ResponseParser::choose_framing(const HeadFacts& facts) {
  Response& response = *into_;
  if (to_head_ || response.status == 204 || response.status == 304) {
    state_ = State::Done;
    return;
  }
  state_ = State::Body;
  if (facts.chunked) {
    framing_ = Framing::Chunked;
    chunks_.begin(limits_.body);
    // Both framings at once, or chunks in HTTP/1.0: chunked wins, but somewhere on the way the
    // other one may have won, so what follows on this connection is not to be trusted.
    if (facts.has_length || response.minor_version == 0) response.keep_alive = false;
  } else if (facts.has_length) {
    framing_ = Framing::Length;
    remaining_ = facts.length;
    if (remaining_ > limits_.body) return fail(Failure::BodyTooLarge);
    if (remaining_ == 0) state_ = State::Done;
  } else {
    framing_ = Framing::UntilClose;
    response.keep_alive = false;
  }
}

std::size_t ResponseParser::feed_body(std::string_view bytes, Loan* loan) {
  Buffer& body = into_->body;
  switch (framing_) {
    case Framing::Length: {
      const auto count =
          static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
      if (loan != nullptr && count == remaining_ && body.empty() && count >= kLentFrom) {
        body.borrow(bytes.substr(0, count), *loan);
      } else {
        const std::uint64_t whole = body.size() + remaining_;
        body.reserve(static_cast<std::size_t>(std::min(whole, kTrustedLength)));
        body.append(bytes.substr(0, count));
      }
      remaining_ -= count;
      if (remaining_ == 0) state_ = State::Done;
      return count;
    }
    case Framing::Chunked: {
      const std::size_t used = chunks_.feed(bytes, body);
      if (chunks_.done()) state_ = State::Done;
      if (chunks_.failed()) fail(chunks_.failure());
      return used;
    }
    case Framing::UntilClose: {
      const std::uint64_t room = limits_.body - body.size();
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size()));
      body.append(bytes.substr(0, count));
      if (count < bytes.size()) fail(Failure::BodyTooLarge);
      return count;
    }
  }
  return 0;
}

}  // namespace swarm::http
