#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "common/clock.h"
#include "common/stats/delta.h"
#include "master/aggregate/history.h"
#include "master/views/scene.h"

namespace swarm::master {

// A run as one HTML file: the page, which has the answers of /api/v1 in itself, by their paths.
//
// Flow    Scene, RecordedRun, Timelines -> [report_html] -> a file, or /stats/report
// Units   endpoints beyond kReportEndpoints, and errors beyond kReportErrors, have no history and
// no
//         exchanges there: the caller gives those that matter

struct ReportParts {
  const RecordedRun* run = nullptr;  // null: there was none
  Duration until{};                  // what its timelines know
  std::span<const std::pair<EndpointName, Timeline>> endpoints{};
};

inline constexpr std::size_t kReportEndpoints = 50;
inline constexpr std::size_t kReportErrors = 200;

// `page` is the asset report.html. What scripts written for Locust look for in its reports,
// window.templateArgs, is in there too.
std::string report_html(std::string_view page, const Scene& scene, const ReportParts& parts);

}  // namespace swarm::master
