#pragma once

#include <cstdint>
#include <string_view>

#include "common/clock.h"
#include "common/ids.h"
#include "common/stats/exchange_record.h"

namespace swarm {

// One measured request, of HTTP or of any other protocol. Passed by reference, kept by nobody.
// Units   response time = ended - started; send lag = started - due
struct Sample {
  EndpointId endpoint;
  TimePoint due;  // when it should have started; started, if nothing paced it
  TimePoint started;
  TimePoint ended;
  std::uint64_t bytes_received = 0;  // length of the body, as the scenario sees it
  bool has_response_time = true;     // false: counted, without a time (Locust's None)
  bool self_timed = false;           // by the scenario, when it came to it: not by the HTTP client
  // What was sent and came back, to be looked at if it failed; null: unknown, or no failure.
  const ExchangeView* exchange = nullptr;
  std::string_view error = {};  // empty: it succeeded; else the text that failures group by
};

}  // namespace swarm
