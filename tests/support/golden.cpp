#include "tests/support/golden.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/folders.h"

namespace swarm::test {

testing::AssertionResult matches_golden(std::string_view file, std::string_view text) {
  const auto path = golden_folder() / file;
  if (std::getenv("SWARM_WRITE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return testing::AssertionSuccess();
  }
  std::ifstream in(path, std::ios::binary);
  const std::string expected{std::istreambuf_iterator<char>(in), {}};
  if (in && expected == text) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "tests/golden/" << file << " holds\n"
                                     << expected << "and this is\n"
                                     << text;
}

}  // namespace swarm::test
