#include "tests/support/recorded.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/folders.h"

namespace swarm::test {

std::string recorded_bytes(std::string_view locust, std::string_view message) {
  return recorded_text(locust, std::string(message) + ".bin");
}

std::string recorded_text(std::string_view locust, std::string_view file) {
  const auto path = golden_folder() / "locust" / locust / file;
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << "no recording " << path;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

proto::Envelope recorded(std::string_view locust, std::string_view message) {
  auto envelope = proto::decode(recorded_bytes(locust, message));
  EXPECT_TRUE(envelope) << message;
  return envelope ? std::move(envelope).value() : proto::Envelope{};
}

}  // namespace swarm::test
