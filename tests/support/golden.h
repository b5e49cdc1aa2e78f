#pragma once

#include <gtest/gtest.h>

#include <string_view>

namespace swarm::test {

// Whether `text` is, to the byte, what tests/golden/`file` holds. With SWARM_WRITE_GOLDEN in the
// environment the file is written instead: read the difference before committing it.
testing::AssertionResult matches_golden(std::string_view file, std::string_view text);

}  // namespace swarm::test
