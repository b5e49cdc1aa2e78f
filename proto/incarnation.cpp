#include "proto/incarnation.h"

#include <sodium.h>

#include "common/assert.h"

namespace swarm::proto {

std::string random_hexadecimal(std::size_t count) {
  SWARM_ASSERT(sodium_init() >= 0);
  std::string bytes(count / 2, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  std::string text(count + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  text.pop_back();  // the zero that it ends with
  return text;
}

std::string new_incarnation() { return random_hexadecimal(16); }

}  // namespace swarm::proto
