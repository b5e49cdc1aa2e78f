#include "cli/timespan.h"

#include <charconv>
#include <cstdint>

namespace swarm {
namespace {

using std::chrono::seconds;

// Far below the 292 years that a TimePoint can hold.
constexpr seconds kLongest = std::chrono::years{100};

Error invalid() {
  return {"Invalid time span format. Valid formats: 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc."};
}

}  // namespace

Result<seconds> parse_timespan(std::string_view text) {
  if (text.empty()) return invalid();

  seconds total{0};
  std::int64_t previous_unit = INT64_MAX;
  while (!text.empty()) {
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc::invalid_argument) return invalid();
    if (error == std::errc::result_out_of_range) return Error{"longer than 100 years"};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));

    const bool bare = text.empty();
    const char unit_name = bare ? 's' : text.front();
    // A number without a unit is seconds, but only alone: "1h20" could as well mean minutes.
    if (bare && previous_unit != INT64_MAX) return invalid();
    if (!bare) text.remove_prefix(1);

    const std::int64_t unit = unit_name == 'h'   ? 3600
                              : unit_name == 'm' ? 60
                              : unit_name == 's' ? 1
                                                 : 0;
    if (unit == 0 || unit >= previous_unit) return invalid();
    previous_unit = unit;

    if (count > static_cast<std::uint64_t>(kLongest.count() / unit)) {
      return Error{"longer than 100 years"};
    }
    total += seconds{static_cast<std::int64_t>(count) * unit};
  }
  if (total > kLongest) return Error{"longer than 100 years"};
  return total;
}

}  // namespace swarm
