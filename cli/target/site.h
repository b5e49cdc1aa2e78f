#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cli/target/answer.h"
#include "cli/target/request.h"
#include "cli/target/routes.h"

namespace swarm::target {

// An answer that never changes, as bytes for a client that keeps the connection.
struct PreparedAnswer {
  std::string bytes;          // head and body; empty: none is kept
  std::size_t head_size = 0;  // all that HEAD is answered with
};

// A path that was asked for.
struct Page {
  Route route;
  std::uint64_t requests = 0;  // since the last reset
  PreparedAnswer prepared;
};

// What all connections share: how often each path was asked for, and the answers kept for them.
//
// Flow    Request -> [Site] -> Page -> Answer
// Thread  loop
// Errors  none. Memory is bounded: paths beyond kMaxPages or kMaxPageBytes are answered as ever,
//         but counted together, as kOtherPaths
class Site {
 public:
  static constexpr std::size_t kMaxPages = 100'000;
  static constexpr std::size_t kMaxPageBytes = 256 * 1024 * 1024;
  static constexpr std::string_view kOtherPaths = "(other paths)";

  Site();

  // What a path asks for. The page lives as long as the site, but the one that stands for all other
  // paths is that of the latest such path.
  const Page& find(std::string_view path) { return lookup(path); }
  // The same, and counts a request. /log is not counted.
  const Page& visit(std::string_view path);
  void count_connection() { ++connections_; }
  void count_refusal() { ++refused_; }

  // The kept answer to a page, or null if it is made for each request.
  const PreparedAnswer* prepared(const Page& page);

  // As routes.h, and /random and /log too.
  Answer answer(const Page& page, const Request& request);

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  Page& lookup(std::string_view path);
  Answer answer_log(const Request& request);

  std::unordered_map<std::string, Page, Hash, std::equal_to<>> pages_;
  Page other_;                     // of all paths that are not kept
  std::size_t page_bytes_ = 0;     // of paths and prepared answers
  std::uint64_t connections_ = 0;  // accepted since the last reset
  std::uint64_t refused_ = 0;      // bytes that were no request, since the last reset
  std::array<PreparedAnswer, 8> random_answers_;
  std::minstd_rand die_;
};

}  // namespace swarm::target
