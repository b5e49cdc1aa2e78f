// What is kept of runs: their way over time, failed exchanges, documents, metrics, downloads.

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "master/server/web_route.h"
#include "master/views/csv.h"
#include "master/views/history_json.h"
#include "master/views/json.h"
#include "master/views/live_json.h"
#include "master/views/locust_web.h"
#include "master/views/openmetrics.h"
#include "master/views/report.h"

namespace swarm::master {
namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::string> given(const WebRequest& request, const char* name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::nullopt : std::optional{found->second};
}

// Of a document of its own, which may do nothing but run what is in it.
constexpr const char* kReportPolicy =
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; sandbox allow-scripts allow-downloads";

// In the name of a file, in bytes.
constexpr std::size_t kLongestLabel = 60;

// Nothing that a file's name or a header field must not have.
std::string plain(std::string text) {
  std::ranges::replace_if(
      text,
      [](char c) { return !std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-'; },
      '_');
  return text;
}

// swarm_TIME_SCENARIO, the run's label if it has one, and the end.
std::string file_name(const Scene& scene, const std::string& end) {
  std::string time = iso_time(scene.clock, scene.clock.instant).substr(0, 16);
  std::ranges::replace(time, 'T', '-');
  std::ranges::replace(time, ':', 'h');
  const std::string label = scene.offer->profile.substr(0, kLongestLabel);
  return plain("swarm_" + time + "_" + scene.offer->scenario + (label.empty() ? "" : "_" + label) +
               end);
}

}  // namespace

void WebSite::look_at_run(Recall what, const WebRequest& request, const Respond& respond,
                          SawRun then) {
  const auto run = given(request, "run");
  if (what.run == 0 && run) {
    const auto number = number_of(*run);
    if (!number) return respond(refusal(400, "run must be a number"));
    what.run = *number;
  }
  if (what.run == 0 && what.busiest == 0) {
    return look([then](const std::shared_ptr<const Scene>& scene) { then(scene, {}); });
  }
  feed_.recall(what, [=, this](const std::shared_ptr<const Recalled>& recalled) {
    if (recalled->scene) return then(recalled->scene, recalled);
    // Before the first run there is something to show as well.
    const bool present = recalled->runs.empty()
                             ? what.run == 0
                             : recalled->run && recalled->run->number == recalled->runs[0].number;
    if (!present) return respond(refusal(404, "nothing is kept of it"));
    if (newest_ && recalled->run && newest_->run != recalled->run->number) newest_.reset();
    look([then, recalled](const std::shared_ptr<const Scene>& scene) { then(scene, recalled); });
  });
}

void WebSite::get_history(const WebRequest& request, const Respond& respond) {
  Recall what;
  if (const auto run = given(request, "run")) {
    const auto number = number_of(*run);
    if (!number) return respond(refusal(400, "run must be a number"));
    what.run = *number;
  }
  if (const auto endpoint = given(request, "endpoint")) {
    what.endpoint = number_of(*endpoint);
    if (!what.endpoint) return respond(refusal(400, "endpoint must be a number"));
  }
  feed_.recall(what, [respond](const std::shared_ptr<const Recalled>& recalled) {
    if (!recalled->run || !recalled->timeline) {
      return respond(refusal(404, "nothing is kept of it"));
    }
    respond({.body = history_json(*recalled->run, *recalled->timeline, recalled->until,
                                  recalled->clock) +
                     "\n"});
  });
}

void WebSite::get_runs(const WebRequest&, const Respond& respond) {
  feed_.recall({}, [respond](const std::shared_ptr<const Recalled>& recalled) {
    std::vector<const RecordedRun*> runs;
    for (const RecordedRun& each : recalled->runs) runs.push_back(&each);
    respond({.body = runs_json(runs, recalled->clock,
                               [](const EndpointRow& row) { return row_json(row, 0); }) +
                     "\n"});
  });
}

void WebSite::get_endpoints(const WebRequest& request, const Respond& respond) {
  constexpr std::string_view kBefore = "/api/v1/runs/";
  const auto text = std::string_view{request.path}.substr(kBefore.size());
  const auto run = number_of(text.substr(0, text.find('/')));
  look_at_run({.run = run.value_or(UINT64_MAX)}, request, respond,
              [respond](const std::shared_ptr<const Scene>& scene, const auto&) {
                const auto row = [](const EndpointRow& each) {
                  return row_json(each, endpoint_id(each.endpoint));
                };
                respond({.body = endpoints_json(scene->snapshot->endpoints, row) + "\n"});
              });
}

void WebSite::get_exchanges(const WebRequest& request, const Respond& respond) {
  constexpr std::string_view kBefore = "/api/v1/errors/";
  const auto text = std::string_view{request.path}.substr(kBefore.size());
  const auto id = number_of(text.substr(0, text.find('/')));
  look([respond, id](const std::shared_ptr<const Scene>& scene) {
    for (const ErrorRow& row : scene->snapshot->errors) {
      if (!id || error_id(row.key) != *id) continue;
      return respond({.body = exchanges_json(*scene->snapshot, row, scene->clock) + "\n"});
    }
    respond(refusal(404, "there is no such failure in this run"));
  });
}

void WebSite::get_run_document(const WebRequest& request, const Respond& respond) {
  look_at_run(
      {}, request, respond, [respond](const std::shared_ptr<const Scene>& scene, const auto&) {
        const RunFacts facts{scene->offer->version, scene->offer->scenario, scene->offer->host};
        respond(
            {.body = run_document(*scene->snapshot, facts, scene->total.get(), scene->clock) + "\n",
             .fields = {
                 {"Content-Disposition", "attachment;filename=" + file_name(*scene, ".json")}}});
      });
}

void WebSite::get_metrics(const WebRequest& request, const Respond& respond) {
  const bool open = request.accept.find("application/openmetrics-text") != std::string::npos;
  look([respond, open](const std::shared_ptr<const Scene>& scene) {
    respond({.type = open ? kOpenMetricsType : kTextMetricsType,
             .body = metrics(*scene->snapshot, scene->clock,
                             open ? Exposition::OpenMetrics : Exposition::Text)});
  });
}

void WebSite::download(std::string kind, View view, const WebRequest& request,
                       const Respond& respond) {
  look_at_run({}, request, respond, [=](const std::shared_ptr<const Scene>& scene, const auto&) {
    const std::string name = file_name(*scene, "_" + kind + ".csv");
    respond({.type = "text/csv",
             .body = view(*scene),
             .fields = {{"Content-Disposition", "attachment;filename=" + name}}});
  });
}

void WebSite::get_requests_csv(const WebRequest& request, const Respond& respond) {
  download(
      "requests", [](const Scene& scene) { return requests_csv(*scene.snapshot); }, request,
      respond);
}
void WebSite::get_failures_csv(const WebRequest& request, const Respond& respond) {
  download(
      "failures", [](const Scene& scene) { return failures_csv(*scene.snapshot, scene.clock); },
      request, respond);
}
void WebSite::get_exceptions_csv(const WebRequest& request, const Respond& respond) {
  download(
      "exceptions", [](const Scene& scene) { return exceptions_csv(*scene.snapshot); }, request,
      respond);
}

void WebSite::get_report(const WebRequest& request, const Respond& respond) {
  const WebAsset* const page = asset("report.html");
  if (page == nullptr) return respond(refusal(404, "this program was built without its page"));
  const bool download = given(request, "download").value_or("") == "1";
  look_at_run(
      {.busiest = kReportEndpoints}, request, respond,
      [=](const std::shared_ptr<const Scene>& scene, const std::shared_ptr<const Recalled>& kept) {
        const ReportParts parts{.run = kept->run ? &*kept->run : nullptr,
                                .until = kept->until,
                                .endpoints = kept->endpoints};
        WebResponse response{.type = "text/html; charset=utf-8",
                             .body = report_html(page->plain, *scene, parts),
                             .fields = {{"Content-Security-Policy", kReportPolicy}}};
        if (download) {
          response.fields.emplace_back("Content-Disposition",
                                       "attachment;filename=" + file_name(*scene, ".html"));
        }
        respond(std::move(response));
      });
}

void WebSite::get_full_history_csv(const WebRequest&, const Respond& respond) {
  std::ifstream file{settings_.history_file, std::ios::binary};
  std::ostringstream text;
  if (!settings_.history_file.empty() && text << file.rdbuf()) {
    return respond(
        {.type = "text/csv",
         .body = text.str(),
         .fields = {{"Content-Disposition", "attachment;filename=requests_full_history.csv"}}});
  }
  respond({.status = 404,
           .type = "text/plain; charset=utf-8",
           .body = "Error: Server was not started with option to generate full history."});
}

void WebSite::get_stats_as_locust(const WebRequest&, const Respond& respond) {
  show(
      [](const Scene& scene) {
        std::vector<WorkerNow> workers;
        for (const SeenWorker& each : scene.workers) {
          workers.push_back({each.id, std::string(proto::name(each.state)), each.users,
                             each.cpu_percent, each.bytes_memory});
        }
        std::optional<std::span<const WorkerNow>> told;
        if (scene.offer->distributed) told = workers;
        return locust_stats_json(*scene.snapshot, scene.total.get(), scene.clock, told);
      },
      respond);
}

}  // namespace swarm::master
