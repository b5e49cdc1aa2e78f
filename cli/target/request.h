#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace swarm::target {

// The longest request head that is read: more is refused with 431.
inline constexpr std::size_t kMaxHeadBytes = 64 * 1024;

// One request as it came; views into the bytes that it was read from.
struct Request {
  std::string_view method = {};
  std::string_view path = {};     // up to '?', as sent
  std::string_view query = {};    // behind it
  std::string_view headers = {};  // the lines below the request line, each ended by LF
  std::string_view body = {};     // decoded; only where a path wants it
  std::uint64_t content_length = 0;
  bool chunked = false;
  bool http_1_0 = false;
  bool keep_alive = true;
  bool expects_continue = false;

  bool is_head() const { return method == "HEAD"; }
  bool has_body() const { return chunked || content_length > 0; }
};

// Why bytes are not a request that can be answered: the connection ends with this status.
struct Refusal {
  int status = 400;
  std::string_view reason;
};

// The size of the request head at the beginning of `bytes`, with its empty line, or npos if it is
// not complete. `scanned` bytes were looked at before, and held no end.
std::size_t head_size(std::string_view bytes, std::size_t scanned);

// Reads a complete head: strictly (what could be understood in two ways is refused), but for lines
// that end with LF alone.
// Source  RFC 9112
std::variant<Request, Refusal> parse_request(std::string_view head);

// One header line.
struct HeaderField {
  std::string_view name;
  std::string_view value;  // without the white space around it
};

// Takes the first line off `headers`, which are those of a parsed Request; false at the end.
bool next_header(std::string_view& headers, HeaderField& field);

// The value of the first header of that name, in any case; empty if there is none.
std::string_view find_header(const Request& request, std::string_view name);

bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace swarm::target
