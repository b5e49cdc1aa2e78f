#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "worker/http/chunk_reader.h"
#include "worker/http/head_facts.h"
#include "worker/http/response.h"

namespace swarm::http {

class HeadCache;
struct ParsedHead;

// Reads one HTTP/1 response from bytes that arrive in whatever pieces. What real servers send and
// other clients take is taken: bare LF, folded fields, odd field names. What leaves open where the
// message ends is refused.
//
// Flow    bytes -> [ResponseParser] -> Response
// Thread  loop
// Errors  Response::failure; state() is Failed then, and if it was the head, nothing else is left.
//         How the bytes were cut into pieces never changes the outcome.
// Source  RFC 9112
class ResponseParser {
 public:
  struct Limits {
    std::size_t head = 64 * 1024;  // bytes up to and including the empty line
    std::uint64_t body = std::uint64_t{1} << 30;
  };
  // More interim (1xx) responses than that before the real one are a HeadTooLarge.
  static constexpr int kMaxInterim = 20;
  enum class State : std::uint8_t { Head, Body, Done, Failed };

  ResponseParser() = default;
  explicit ResponseParser(const Limits& limits) : limits_(limits) {}

  // Starts on the next response, which must outlive its parsing; its message part is reset.
  // `to_head`: it answers a HEAD, so that no body follows whatever the head says. A head that is
  // in `cache` is not parsed again, others are added to it.
  void begin(Response& into, bool to_head, HeadCache* cache = nullptr);

  // Returns how many bytes it used: all of them, unless the message ended (Done) or failed.
  // What is left over after Done belongs to nobody: the connection is not to be used again.
  // With a loan of the bytes, a body that has come with its head is not copied.
  std::size_t feed(std::string_view bytes, Loan* loan = nullptr);

  // The connection was closed in order: ends a body without a length, cuts everything else.
  void end_of_stream();

  State state() const { return state_; }
  bool finished() const { return state_ >= State::Done; }

  // How much is missing of a body with a Content-Length; 0 in any other situation.
  std::uint64_t body_remaining() const {
    return state_ == State::Body && framing_ == Framing::Length ? remaining_ : 0;
  }

 private:
  enum class Framing : std::uint8_t { Length, Chunked, UntilClose };

  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes, Loan* loan);
  std::size_t take_known(const ParsedHead& head);
  // Returns what it means; none if it is no head of a response, or an interim one.
  std::optional<HeadFacts> parse_head();
  void go_by(const HeadFacts& facts);
  bool parse_status_line(std::string_view line);
  Failure parse_fields(HeadFacts& facts);
  Failure parse_field(std::size_t begin, std::size_t end, HeadFacts& facts);
  void choose_framing(const HeadFacts& facts);
  void fail(Failure failure);

  Limits limits_;
  Response* into_ = nullptr;
  State state_ = State::Head;
  Framing framing_ = Framing::Length;
  bool to_head_ = false;
  HeadCache* cache_ = nullptr;
  std::size_t line_start_ = 0;             // of the line that is arriving, in the head
  std::vector<std::uint32_t> line_feeds_;  // of the lines that have arrived
  int interim_ = 0;                        // 1xx responses before this head
  std::uint64_t remaining_ = 0;
  ChunkReader chunks_;
};

}  // namespace swarm::http
