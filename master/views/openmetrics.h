#pragma once

#include <cstdint>
#include <string>

#include "master/aggregate/snapshot.h"
#include "master/views/wall_clock.h"

namespace swarm::master {

// How metrics are written: as OpenMetrics, for who accepts application/openmetrics-text, or in
// Prometheus' older text format. The numbers are the same; the names of counters' families differ.
enum class Exposition : std::uint8_t { OpenMetrics, Text };

inline constexpr const char* kOpenMetricsType =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";
inline constexpr const char* kTextMetricsType = "text/plain; version=0.0.4; charset=utf-8";

// A run for Prometheus: counters and a histogram of the response times of each endpoint, users by
// class, the state, the generator's health, workers.
//
// Flow    Snapshot -> [metrics] -> /metrics
// Units   seconds and bytes. Counters start at zero with each run, which Prometheus understands
// Source  OpenMetrics 1.0, Prometheus' exposition formats
std::string metrics(const Snapshot& run, const WallClock& clock, Exposition format);

}  // namespace swarm::master
