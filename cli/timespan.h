#pragma once

#include <chrono>
#include <string_view>

#include "common/result.h"

namespace swarm {

// Reads how people write durations: 20, 20s, 3m, 2h, 1h20m, 3h30m10s. Whole numbers only, each
// unit once and in this order.
// Errors  anything else, and more than a hundred years; the message shows the formats
Result<std::chrono::seconds> parse_timespan(std::string_view text);

}  // namespace swarm
