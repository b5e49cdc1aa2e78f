// Any bytes are an envelope or an error; an envelope is written and read again as itself.

#include <cstdint>
#include <string>
#include <string_view>

#include "proto/codec.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace swarm::proto;
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const auto envelope = decode(input);
  if (!envelope.ok()) {
    FUZZ_CHECK(envelope.error().message.starts_with("unreadable message: "));
    return 0;
  }
  const std::string written = encode(*envelope);
  // A float of 32 bits becomes one of 64.
  FUZZ_CHECK(written.size() <= 2 * size);
  const auto again = decode(written);
  FUZZ_CHECK(again.ok());
  // Not the values: one that is no number is not equal to itself.
  FUZZ_CHECK(encode(*again) == written);
  FUZZ_CHECK(!decode(written.substr(0, written.size() - 1)).ok());
  return 0;
}
