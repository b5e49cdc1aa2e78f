// Locust's routes that do something; what they answer is in its words.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>

#include "master/server/start_request.h"
#include "master/server/web_route.h"
#include "master/views/live_json.h"
#include "master/views/locust_web.h"

namespace swarm::master {
namespace {

using Json = nlohmann::ordered_json;

WebResponse object(const Json& value) {
  return {.body = value.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

Json started_object(const Started& started, bool picker) {
  const std::string by_shape = " using shape class '" + started.shape + "'";
  Json answer{{"success", true},
              {"message", "Swarming started" + (started.shape.empty() ? "" : by_shape)},
              {"host", started.host}};
  if (started.run_time_s) answer["run_time"] = *started.run_time_s;
  if (picker) answer["user_classes"] = started.classes;
  return answer;
}

// Of the fields beside the usual ones those that are options, others being ignored. A list is one
// field with commas, or several.
void keep_options(StartRun& start, const std::vector<ScenarioOption>& offered) {
  std::erase_if(start.options, [&offered](auto& given) {
    auto& [name, values] = given;
    const auto found = std::ranges::find(offered, name, &ScenarioOption::name);
    if (found == offered.end()) return true;
    if (found->kind == ScenarioOption::Kind::List && values.size() == 1) {
      const std::string text = std::move(values.front());
      values.clear();
      std::istringstream parts{text};
      for (std::string part; std::getline(parts, part, ',');) {
        if (!part.empty()) values.push_back(std::move(part));
      }
    }
    return false;
  });
}

}  // namespace

// Locust ignores what it does not know, and answers 200 whatever comes of it.
void WebSite::post_swarm(const WebRequest& request, const Respond& respond) {
  const auto fields = decode_form(request.body);
  look([this, fields, respond](const std::shared_ptr<const Scene>& scene) {
    const auto refused = [respond, host = scene->offer->host](std::string_view why) {
      respond(object({{"success", false}, {"message", why}, {"host", host}}));
    };
    auto start = start_of_form(fields);
    if (!start) return refused(start.error().message);
    const Offer& offer = *scene->offer;
    if (!offer.picker) start->shape.reset();
    const bool by_shape = !start->shape.value_or(offer.shape).empty();
    if (!by_shape && (!start->users || !start->users_per_s)) {
      return refused("Missing user_count or spawn_rate from /swarm request");
    }
    if (!offer.picker) start->classes.reset();
    keep_options(*start, offer.options);
    feed_.command(std::move(*start), [this, respond, refused,
                                      picker = offer.picker](const CommandAnswer& done) {
      newest_.reset();
      done ? respond(object(started_object(*done, picker))) : refused(done.error().message);
    });
  });
}

void WebSite::stop_as_locust(const WebRequest&, const Respond& respond) {
  feed_.command(StopRun{.wait = true}, [this, respond](const CommandAnswer&) {
    newest_.reset();
    respond(object({{"success", true}, {"message", "Test stopped"}}));
  });
}

void WebSite::reset_as_locust(const WebRequest&, const Respond& respond) {
  feed_.command(ResetStats{}, [this, respond](const CommandAnswer&) {
    newest_.reset();
    respond({.type = "text/plain; charset=utf-8", .body = "ok"});
  });
}

void WebSite::post_user(const WebRequest& request, const Respond& respond) {
  if (!request.content_type.starts_with("application/json")) {
    return respond(refusal(415, "send application/json"));
  }
  auto change = change_of_json(request.body);
  if (!change) return respond(refusal(400, change.error().message));
  feed_.command(std::move(*change), [this, respond](const CommandAnswer& done) {
    newest_.reset();
    done ? respond({.status = 201, .body = "{}\n"}) : respond(refusal(400, done.error().message));
  });
}

void WebSite::get_exceptions_as_locust(const WebRequest&, const Respond& respond) {
  show([](const Scene& scene) { return locust_exceptions_json(*scene.snapshot); }, respond);
}
void WebSite::get_tasks(const WebRequest&, const Respond& respond) {
  show([](const Scene& scene) { return locust_tasks_json(*scene.snapshot, scene.offer->classes); },
       respond);
}
void WebSite::get_logs_as_locust(const WebRequest&, const Respond& respond) {
  show(locust_logs_json, respond);
}
void WebSite::get_worker_count(const WebRequest&, const Respond& respond) {
  show(locust_worker_count_json, respond);
}

}  // namespace swarm::master
