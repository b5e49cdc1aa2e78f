// A chunked body is the same in whatever pieces it comes, and never larger than allowed.

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/check.h"
#include "worker/http/chunk_reader.h"

namespace swarm {
namespace {

struct Read {
  std::string body;
  std::size_t used = 0;
  bool done = false;
  http::Failure failure{};
  bool operator==(const Read&) const = default;
};

Read read_in_pieces(std::string_view bytes, std::size_t first, std::size_t others,
                    std::uint64_t limit) {
  http::ChunkReader reader;
  reader.begin(limit);
  http::Buffer body;
  Read read;
  std::size_t length = first;
  while (read.used < bytes.size() && !reader.done() && !reader.failed()) {
    const std::size_t used = reader.feed(bytes.substr(read.used, length), body);
    FUZZ_CHECK(used > 0);
    read.used += used;
    length = others;
  }
  read.body = body.view();
  read.done = reader.done();
  read.failure = reader.failure();
  FUZZ_CHECK(reader.failed() == (read.failure != http::Failure::None));
  return read;
}

void check(std::string_view bytes, std::uint64_t limit) {
  const Read whole = read_in_pieces(bytes, bytes.size(), 1, limit);
  FUZZ_CHECK(whole.body.size() <= limit);
  FUZZ_CHECK(whole.body.size() <= bytes.size());
  FUZZ_CHECK(read_in_pieces(bytes, 1, 1, limit) == whole);
  const std::size_t stride = 1 + bytes.size() / 32;
  for (std::size_t split = 1; split < bytes.size(); split += stride) {
    FUZZ_CHECK(read_in_pieces(bytes, split, bytes.size(), limit) == whole);
  }
}

}  // namespace
}  // namespace swarm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  swarm::check(text, 1 << 20);
  swarm::check(text, 8);
  return 0;
}
