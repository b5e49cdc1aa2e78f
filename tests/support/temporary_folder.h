#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace swarm::test {

// A folder of a test's own, which goes with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = testing::TempDir() + "/swarm_test_XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    path_ = std::filesystem::canonical(pattern);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  // The absolute path of a name in it.
  std::string operator()(const std::string& name) const { return (path_ / name).string(); }
  // Writes a file, and the folders above it; returns its absolute path.
  std::string write(const std::string& name, const std::string& contents = "x") const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream{path_ / name, std::ios::binary} << contents;
    return (*this)(name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace swarm::test
