#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "master/server/logins.h"
#include "master/server/run_feed.h"
#include "master/server/web_assets.h"
#include "master/server/web_message.h"

namespace swarm::master {

// What may be asked of the web server, and who may ask it: routes, and the decisions before them.
//
// Flow    WebRequest -> [WebSite] -> RunFeed -> views -> WebResponse
// Thread  the server's
// Errors  those of a request are its response
//
// State changes by POST only, unless legacy_get; a foreign Origin is refused; without credentials,
// where they are asked for, nothing but the log-in page and its assets answers.
class WebSite {
 public:
  struct Settings {
    std::string base_path{};                  // "/load", or empty
    bool legacy_get = false;                  // GET /stop and GET /stats/reset, as Locust has them
    std::vector<std::string> cors_origins{};  // pages from there may read; "*": from anywhere
    bool tls = false;
    std::string history_file{};  // of --csv-full-history; empty: there is none
  };
  using Respond = std::function<void(WebResponse)>;
  using Looked = std::function<void(std::shared_ptr<const Scene>)>;

  // `feed` answers on this thread.
  WebSite(Settings settings, std::span<const WebAsset> assets, RunFeed feed);

  // From now on, nothing but the log-in page and its assets answers who is not logged in.
  void ask_for_login(Logins logins) { logins_.emplace(std::move(logins)); }

  // `respond` is called once, perhaps before this returns; or never, if the run is gone.
  void answer(WebRequest request, Respond respond);
  // Whether the request may become a WebSocket of the page's; no value: it may.
  std::optional<WebResponse> refuse_live(WebRequest& request);
  // Whether whoever has this cookie may still look on.
  bool admits(std::string_view cookie);

  // A scene that is not older than kFresh.
  void look(Looked then);
  static constexpr Duration kFresh = std::chrono::milliseconds{900};

  // Every route, as the OpenAPI description has them.
  struct Route;
  static std::span<const Route> routes();

 private:
  bool take_path(WebRequest& request) const;
  std::optional<WebResponse> refuse(const WebRequest& request, const Route& route) const;
  WebResponse ask_to_log_in(const WebRequest& request) const;
  bool foreign(const WebRequest& request) const;
  void dress(const WebRequest& request, WebResponse& response) const;
  void preflight(const WebRequest& request, const Respond& respond) const;

  using View = std::string (*)(const Scene&);
  void show(View view, const Respond& respond);
  // As a file: Locust_TIME_SCENARIO_KIND.csv.
  void download(std::string kind, View view, const WebRequest& request, const Respond& respond);
  // The run that the request names (?run=N), or that is meant; else the present or last one.
  // `then` has what was recalled of it too, if there was anything to recall: `what`, or a number.
  using SawRun = std::function<void(const std::shared_ptr<const Scene>& scene,
                                    const std::shared_ptr<const Recalled>& recalled)>;
  void look_at_run(Recall what, const WebRequest& request, const Respond& respond, SawRun then);
  void carry_out(Command command, const Respond& respond);
  const WebAsset* asset(std::string_view path) const;
  WebResponse page(const WebRequest& request) const;
  WebResponse file(const WebRequest& request, const WebAsset& asset) const;

  // Handlers, in the order of the table.
  void get_index(const WebRequest& request, const Respond& respond);
  void get_asset(const WebRequest& request, const Respond& respond);
  void get_hello(const WebRequest& request, const Respond& respond);
  void get_stats(const WebRequest& request, const Respond& respond);
  void get_errors(const WebRequest& request, const Respond& respond);
  void get_exceptions(const WebRequest& request, const Respond& respond);
  void get_workers(const WebRequest& request, const Respond& respond);
  void get_logs(const WebRequest& request, const Respond& respond);
  void get_live(const WebRequest& request, const Respond& respond);
  void get_log(const WebRequest& request, const Respond& respond);
  void get_ratio(const WebRequest& request, const Respond& respond);
  void post_start(const WebRequest& request, const Respond& respond);
  void post_stop(const WebRequest& request, const Respond& respond);
  void post_reset(const WebRequest& request, const Respond& respond);
  void get_history(const WebRequest& request, const Respond& respond);
  void get_runs(const WebRequest& request, const Respond& respond);
  void get_endpoints(const WebRequest& request, const Respond& respond);
  void get_exchanges(const WebRequest& request, const Respond& respond);
  void get_run_document(const WebRequest& request, const Respond& respond);
  void get_metrics(const WebRequest& request, const Respond& respond);
  void get_requests_csv(const WebRequest& request, const Respond& respond);
  void get_failures_csv(const WebRequest& request, const Respond& respond);
  void get_exceptions_csv(const WebRequest& request, const Respond& respond);
  void get_full_history_csv(const WebRequest& request, const Respond& respond);
  void get_report(const WebRequest& request, const Respond& respond);
  void get_stats_as_locust(const WebRequest& request, const Respond& respond);
  void get_openapi(const WebRequest& request, const Respond& respond);
  void get_login(const WebRequest& request, const Respond& respond);
  void post_login(const WebRequest& request, const Respond& respond);
  void post_logout(const WebRequest& request, const Respond& respond);
  // Locust's.
  void post_swarm(const WebRequest& request, const Respond& respond);
  void stop_as_locust(const WebRequest& request, const Respond& respond);
  void reset_as_locust(const WebRequest& request, const Respond& respond);
  void post_user(const WebRequest& request, const Respond& respond);
  void get_exceptions_as_locust(const WebRequest& request, const Respond& respond);
  void get_tasks(const WebRequest& request, const Respond& respond);
  void get_logs_as_locust(const WebRequest& request, const Respond& respond);
  void get_worker_count(const WebRequest& request, const Respond& respond);

  const Settings settings_;
  const std::span<const WebAsset> assets_;
  const RunFeed feed_;
  std::optional<Logins> logins_;
  std::shared_ptr<const Scene> newest_;
  std::vector<Looked> waiting_;  // for a scene that is asked for
};

}  // namespace swarm::master
