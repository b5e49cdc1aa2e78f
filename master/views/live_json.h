#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "master/views/scene.h"

namespace swarm::master {

// What the page of swarm reads: the objects of /api/v1, without a line break at their ends.
// Units   *_ms milliseconds, *_s seconds since the statistics started, ratios in [0, 1], instants
//         ISO 8601 in UTC

// Of an endpoint or an error, the same in every snapshot and process: below 2^52, so that
// JavaScript has it exactly.
std::uint64_t endpoint_id(const EndpointName& endpoint);
std::uint64_t error_id(const ErrorKey& key);

// The places of a Row's "p".
std::span<const double> row_quantiles();

std::string hello_json(const Scene& scene);
// One Row; `id` is the endpoint's, or 0 for the total.
std::string row_json(const EndpointRow& row, std::uint64_t id);
// What costs little to tell of a row: [id, requests, failures, rps, fps].
std::string counts_json(const EndpointRow& row, std::uint64_t id);

// What of a scene a `stats` object tells.
struct StatsFrame {
  std::span<const std::string_view> rows{};    // each row_json()
  std::span<const std::string_view> counts{};  // each counts_json(), of other rows
  bool full = true;                            // `rows` are all
  std::uint64_t errors_version = 0;            // grows when the errors change
  std::uint64_t exceptions_version = 0;
  std::optional<std::size_t> first_point{};  // of the total's slots that are told; unset: none
};
// The slots of the total that are over.
std::size_t points_of(const Scene& scene);
std::string stats_frame_json(const Scene& scene, const StatsFrame& frame);
// Rows alone, of the run of the scene.
std::string rows_frame_json(const Scene& scene, std::span<const std::string_view> rows);
// All rows.
std::string live_stats_json(const Scene& scene);

std::string errors_json(const Scene& scene);
std::string exceptions_json(const Scene& scene);
std::string workers_json(const Scene& scene);
std::string ratio_json(const Scene& scene);
std::string logs_json(const Scene& scene);
// The master's log, as text.
std::string log_text(const Scene& scene);
// A worker's; empty if it is not known.
std::string worker_log_text(const Scene& scene, const std::string& worker);

// What Locust's routes of these names answer.
std::string locust_logs_json(const Scene& scene);
std::string locust_worker_count_json(const Scene& scene);

// "2026-11-29T18:30:00.123Z"
std::string iso_time(const WallClock& clock, TimePoint when);

}  // namespace swarm::master
