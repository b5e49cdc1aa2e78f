#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/target/request.h"
#include "common/clock.h"

namespace swarm::target {

inline constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kBinary = "application/octet-stream";

// What becomes of the connection after an answer.
enum class Ending : std::uint8_t {
  KeepAlive,
  Close,   // as agreed with the client
  Refuse,  // the client may still be sending, and must be able to read why
};

// An answer before it is bytes. Most are a status and a body; the rest is for the paths that
// take their time, are long, or break the rules on purpose.
struct Answer {
  int status = 200;
  std::string_view content_type = kPlainText;
  std::string headers = {};  // further lines, each with its CRLF
  std::string body = {};
  std::uint64_t filler = 0;    // bytes of filler_block(), over and over, behind the body
  std::uint64_t withheld = 0;  // bytes that Content-Length promises and nobody sends
  std::uint64_t chunks = 0;    // of a streamed answer
  bool streamed = false;       // chunks instead of body and filler
  bool raw = false;            // the body as it is, without a head
  bool silent = false;         // nothing at all
  Duration delay{};            // before the first byte
  Duration interval{};         // between two chunks
  Ending ending = Ending::KeepAlive;
};

Answer text_answer(int status, std::string body);
Answer refuse(const Refusal& refusal);

// Status line and headers. Decides how the connection ends, too: `answer.ending` becomes Close if
// the client wants it so or could not find the end otherwise.
std::string encode_head(Answer& answer, const Request& request);

// A piece of a streamed answer, as a chunk or as it is.
void append_chunk(std::string& out, std::uint64_t number, bool chunked);

// Whether answers to `request` with this status carry a body.
bool carries_body(int status, const Request& request);

// 64 KiB of text to fill long bodies with.
std::string_view filler_block();
void append_filler(std::string& out, std::uint64_t offset, std::uint64_t count);

}  // namespace swarm::target
