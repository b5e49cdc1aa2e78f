#pragma once

#include <string>
#include <string_view>

#include "proto/codec.h"

namespace swarm::test {

// The two Locusts whose messages are recorded in tests/golden/locust.
inline constexpr std::string_view kRecordedLocusts[] = {"2.12.1", "2.47.0"};

// The bytes of a message that one of them said, as "worker/stats"; and what they mean.
std::string recorded_bytes(std::string_view locust, std::string_view message);
// Another file of the recording.
std::string recorded_text(std::string_view locust, std::string_view file);
proto::Envelope recorded(std::string_view locust, std::string_view message);

// Who said it, or was told.
inline constexpr const char* kRecordedWorker = "host_00000000000000000000000000000001";
// When the recorded run began, in seconds since 1970.
inline constexpr double kRecordedStart = 1'700'000'000;

}  // namespace swarm::test
