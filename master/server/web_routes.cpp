// What is asked for, and what answers it.

#include <array>
#include <nlohmann/json.hpp>

#include "master/server/openapi.h"
#include "master/server/start_request.h"
#include "master/server/web_route.h"
#include "master/views/live_json.h"

namespace swarm::master {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";

}  // namespace

std::span<const WebSite::Route> WebSite::routes() {
  using enum Route::Effect;
  using enum Route::Open;
  static const std::array kRoutes{
      Route{"GET", "/", &WebSite::get_index, "The page", Reads, ToUsers, false, kHtml},
      Route{"GET", "/index.html", &WebSite::get_index, "The page", Reads, ToUsers, false, kHtml},
      Route{"GET", "/favicon.svg", &WebSite::get_asset, "The page's sign", Reads, ToAll, false,
            "image/svg+xml"},
      Route{"GET", "/assets/{file...}", &WebSite::get_asset, "What the page is made of", Reads,
            ToAll, false, "*/*"},
      Route{"GET", "/api/v1/hello", &WebSite::get_hello, "What may be started, and with what"},
      Route{"GET", "/api/v1/stats", &WebSite::get_stats, "The run's statistics"},
      Route{"GET", "/api/v1/errors", &WebSite::get_errors, "Failures, by endpoint and text"},
      Route{"GET", "/api/v1/exceptions", &WebSite::get_exceptions,
            "Exceptions that left tasks of the scenario"},
      Route{"GET", "/api/v1/workers", &WebSite::get_workers,
            "Workers, and the health of the generator"},
      Route{"GET", "/api/v1/ratio", &WebSite::get_ratio, "How often classes and tasks are chosen"},
      Route{"GET", "/api/v1/logs", &WebSite::get_logs, "The last lines of the log"},
      Route{"GET", "/api/v1/log/{process}.txt", &WebSite::get_log, "A process's log", Reads,
            ToUsers, false, "text/plain; charset=utf-8"},
      Route{"GET", "/api/v1/live", &WebSite::get_live, "All of these as they change: a WebSocket"},
      Route{"GET", "/api/v1/history", &WebSite::get_history,
            "How a run went over time; ?run=R&endpoint=ID"},
      Route{"GET", "/api/v1/runs", &WebSite::get_runs, "The runs of this process"},
      Route{"GET", "/api/v1/runs/{run}/endpoints", &WebSite::get_endpoints,
            "The statistics of a run, by endpoint"},
      Route{"GET", "/api/v1/errors/{id}/exchanges", &WebSite::get_exchanges,
            "The first and the latest requests that failed so"},
      Route{"GET", "/api/v1/run.json", &WebSite::get_run_document,
            "The run as one document; ?run=R"},
      Route{"GET", "/metrics", &WebSite::get_metrics, "For Prometheus", Reads, ToUsers, false,
            "application/openmetrics-text"},
      Route{"GET", "/api/v1/openapi.json", &WebSite::get_openapi, "This description"},
      Route{"POST", "/api/v1/start", &WebSite::post_start,
            "Starts a run, or leads the present one to other numbers", Changes},
      Route{"POST", "/api/v1/stop", &WebSite::post_stop, "Ends the run", Changes},
      Route{"POST", "/api/v1/reset", &WebSite::post_reset, "The statistics start again at zero",
            Changes},
      Route{"GET", "/login", &WebSite::get_login, "The page to log in at", Reads, ToAll, false,
            kHtml},
      Route{"POST", "/login", &WebSite::post_login, "Logs in, from a form", Changes, ToAll, false,
            kHtml},
      Route{"POST", "/api/v1/login", &WebSite::post_login, "Logs in: {user, password}", Changes,
            ToAll},
      Route{"POST", "/api/v1/logout", &WebSite::post_logout, "Logs out", Changes},

      Route{"GET", "/stats/requests", &WebSite::get_stats_as_locust, "Locust's: statistics"},
      Route{"GET", "/stats/requests/csv", &WebSite::get_requests_csv,
            "Locust's: statistics; ?run=R", Reads, ToUsers, false, "text/csv"},
      Route{"GET", "/stats/failures/csv", &WebSite::get_failures_csv, "Locust's: failures; ?run=R",
            Reads, ToUsers, false, "text/csv"},
      Route{"GET", "/exceptions/csv", &WebSite::get_exceptions_csv, "Locust's: exceptions; ?run=R",
            Reads, ToUsers, false, "text/csv"},
      Route{"GET", "/stats/requests_full_history/csv", &WebSite::get_full_history_csv,
            "Locust's: the history, with --csv-full-history", Reads, ToUsers, false, "text/csv"},
      Route{"GET", "/stats/report", &WebSite::get_report,
            "The run as a page in one file; ?run=R&download=1", Reads, ToUsers, false, kHtml},
      Route{"POST", "/swarm", &WebSite::post_swarm, "Locust's: starts a run, from a form", Changes},
      Route{"POST", "/stop", &WebSite::stop_as_locust,
            "Locust's: ends the run; answers when it is over", Changes},
      Route{"GET", "/stop", &WebSite::stop_as_locust, "The same, with --legacy-get", Changes,
            ToUsers, true},
      Route{"POST", "/stats/reset", &WebSite::reset_as_locust,
            "Locust's: the statistics start again at zero", Changes, ToUsers, false,
            "text/plain; charset=utf-8"},
      Route{"GET", "/stats/reset", &WebSite::reset_as_locust, "The same, with --legacy-get",
            Changes, ToUsers, true, "text/plain; charset=utf-8"},
      Route{"POST", "/user", &WebSite::post_user,
            "Locust's: other values of a user class, from the next run on", Changes},
      Route{"GET", "/exceptions", &WebSite::get_exceptions_as_locust, "Locust's: exceptions"},
      Route{"GET", "/tasks", &WebSite::get_tasks, "Locust's: how often tasks are chosen"},
      Route{"GET", "/logs", &WebSite::get_logs_as_locust, "Locust's: the last lines of the log"},
      Route{"GET", "/worker-count", &WebSite::get_worker_count, "Locust's: workers there"},
  };
  return kRoutes;
}

void WebSite::get_hello(const WebRequest&, const Respond& respond) { show(hello_json, respond); }
void WebSite::get_stats(const WebRequest&, const Respond& respond) {
  show(live_stats_json, respond);
}
void WebSite::get_errors(const WebRequest&, const Respond& respond) { show(errors_json, respond); }
void WebSite::get_exceptions(const WebRequest&, const Respond& respond) {
  show(exceptions_json, respond);
}
void WebSite::get_workers(const WebRequest&, const Respond& respond) {
  show(workers_json, respond);
}
void WebSite::get_ratio(const WebRequest&, const Respond& respond) { show(ratio_json, respond); }

void WebSite::get_logs(const WebRequest&, const Respond& respond) { show(logs_json, respond); }

// Of who does not ask for a WebSocket: see refuse_live().
void WebSite::get_live(const WebRequest&, const Respond& respond) {
  WebResponse response = refusal(426, "this address is a WebSocket's");
  response.fields.emplace_back("Upgrade", "websocket");
  respond(std::move(response));
}

void WebSite::get_log(const WebRequest& request, const Respond& respond) {
  constexpr std::string_view kBefore = "/api/v1/log/";
  std::string process = request.path.substr(kBefore.size());
  process.resize(process.size() - std::string_view{".txt"}.size());
  look([respond, process](const std::shared_ptr<const Scene>& scene) {
    if (process != "master") {
      std::string text = worker_log_text(*scene, process);
      if (text.empty()) return respond(refusal(404, "there is no log of this process here"));
      return respond({.type = "text/plain; charset=utf-8",
                      .body = std::move(text),
                      .fields = {{"Content-Disposition", "attachment;filename=swarm_worker.log"}}});
    }
    respond({.type = "text/plain; charset=utf-8",
             .body = log_text(*scene) + "\n",
             .fields = {{"Content-Disposition", "attachment;filename=swarm_master.log"}}});
  });
}

void WebSite::get_openapi(const WebRequest&, const Respond& respond) {
  respond({.body = openapi_json(settings_.base_path)});
}

void WebSite::post_start(const WebRequest& request, const Respond& respond) {
  // A form of another page can send anything but this type.
  if (!request.content_type.starts_with("application/json")) {
    return respond(refusal(415, "send application/json"));
  }
  auto start = start_of_json(request.body);
  if (!start) return respond(refusal(400, start.error().message));
  carry_out(std::move(*start), respond);
}

void WebSite::post_stop(const WebRequest&, const Respond& respond) {
  carry_out(StopRun{}, respond);
}

void WebSite::post_reset(const WebRequest&, const Respond& respond) {
  carry_out(ResetStats{}, respond);
}

}  // namespace swarm::master
