#pragma once

#include <functional>
#include <span>
#include <string>

#include "common/clock.h"
#include "master/aggregate/history.h"
#include "master/views/wall_clock.h"

namespace swarm::master {

// How a run went over time, as JSON for charts.
//
// Flow    RecordedRun, Timeline -> [history_json] -> the page
// Units   `until` since the run started: slots that begin then or later are left out, and the one
//         that it falls into is as wide as what is known of it; of a run that goes on, it is left
//         out unless that is 20 s; of one that is over, up to three seconds without a request at
//         its end are left out

// [{"t_s": end of the slot, "w_s": its width, "rps", "fps", "users", "p50", "p75", "p95", "p99"}].
// Percentiles are milliseconds, or null; users null before anybody told. From slot `first` on.
std::string points_json(const Timeline& timeline, Duration until, std::size_t first = 0);

// {"w_s": 10, "p50", "p95", "p99"}: the response times of the last ten seconds, or of the slots
// that have them. Within those of `whole`, the run's total. null: there were none.
std::string recent_json(const Timeline& timeline, Duration until, const EndpointRow& whole);

// {"run", "started", "points", "marks": [{"at_s", "text"}], "heat": {"t_s": [..], "w_s": [..],
// "bounds_ms": [b0 .. bn], "counts": [[n counts] a slot]}}: how many response times were in [b,
// next b), four ranges a doubling. No counts where a summary is all that is kept: the bounds are an
// empty list then. `timeline` is the total of `run` or an endpoint's of it.
std::string history_json(const RecordedRun& run, const Timeline& timeline, Duration until,
                         const WallClock& clock);

using RowJson = std::function<std::string(const EndpointRow&)>;

// [{"run", "started", "ended", "users_peak", "requests", "failures", "label", "kept", "total"}]:
// as given. `row` makes the JSON of "total" for runs that were ended; it may be empty. "kept": a
// report of the run can be had.
std::string runs_json(std::span<const RecordedRun* const> runs, const WallClock& clock,
                      const RowJson& row);

// Endpoints, each as `row` makes it.
std::string endpoints_json(std::span<const EndpointRow> endpoints, const RowJson& row);

// {"exchanges": [{"at", "worker", "user_class", "method", "url", "request_headers": [[k, v]],
// "request_body", "status", "response_headers", "response_body", "body_truncated", "outcome",
// "took_ms", "phases": {"dns_ms", "connect_ms", "tls_ms", "wait_ms", "read_ms"}}], "first": 1}: of
// an error of `run`, the first exchange and the latest ones. Secrets were hidden where they were
// sent. Phases that did not take place are null; all of them, where nobody measured.
std::string exchanges_json(const Snapshot& run, const ErrorRow& error, const WallClock& clock);

}  // namespace swarm::master
