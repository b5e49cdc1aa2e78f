#include "master/server/openapi.h"

#include <nlohmann/json.hpp>

#include "master/server/web_route.h"

namespace swarm::master {
namespace {

using Json = nlohmann::ordered_json;

Json response(std::string_view description, std::string_view type) {
  return {{"description", description}, {"content", {{type, Json::object()}}}};
}

// The frames are JSON objects; all but "rows" are also answers of the routes of their names.
constexpr std::string_view kLive =
    "Each frame of the server is a JSON object with a `kind`: `hello`, when what may be started "
    "has "
    "changed; `stats`, at each look at the run (once a second, of large runs every few seconds), "
    "with the `rows` that have changed, or with `full` all of them; and those of `errors`, "
    "`exceptions`, `workers`, `ratio` and `logs` that were asked for, when they have changed.\n\n"
    "The client may say `{\"show\": [\"errors\"], \"rows\": [7, 9], \"hidden\": false}`, or a part "
    "of it, as often as it likes. `show`: which of those frames it wants. `rows`: the ids of the "
    "rows that it shows, 500 at most. These are told in full whenever they change, and those that "
    "come into sight at once, in a frame `rows`; of the others a `stats` frame has `counts` at "
    "each "
    "change, `[id, requests, failures, rps, fps]`, and a few hundred of them in full, by turns: "
    "each within five looks. Runs of up to 1,000 endpoints are told in full all the time, and so "
    "are all runs to who never said `rows`, or `null`. `hidden`: nobody sees the page; it is told "
    "nothing until it says otherwise, and then all that has changed.";

// /assets/{file...} -> /assets/{file}
std::string path_of(const WebSite::Route& route) {
  std::string path{route.path};
  const std::size_t dots = path.find("...}");
  if (dots != std::string::npos) path.erase(dots, 3);
  return path;
}

Json parameters(const std::string& path) {
  Json list = Json::array();
  const std::size_t begin = path.find('{');
  if (begin == std::string::npos) return list;
  const std::string name = path.substr(begin + 1, path.find('}') - begin - 1);
  list.push_back(
      {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  return list;
}

Json body_of(const WebSite::Route& route) {
  const auto texts = [](std::string_view type) { return Json{{"type", type}}; };
  if (route.path == "/api/v1/start") {
    const Json properties{{"users", {{"type", "integer"}, {"minimum", 1}}},
                          {"hatch_rate", {{"type", "number"}, {"exclusiveMinimum", 0}}},
                          {"host", texts("string")},
                          {"run_time", {{"type", Json::array({"string", "integer"})}}},
                          {"classes", {{"type", "array"}, {"items", texts("string")}}},
                          {"shape", texts("string")},
                          {"profile", texts("string")},
                          {"options", texts("object")}};
    return {
        {"content",
         {{"application/json", {{"schema", {{"type", "object"}, {"properties", properties}}}}}}}};
  }
  if (route.path == "/swarm") {
    return {{"content", {{"application/x-www-form-urlencoded", {{"schema", texts("object")}}}}}};
  }
  return {};
}

Json operation(const WebSite::Route& route) {
  Json object{{"summary", route.summary},
              {"responses", {{"200", response("as asked", route.answer)}}}};
  if (route.path == "/api/v1/live") {
    object["description"] = kLive;
    object["responses"] = {{"101", {{"description", "the WebSocket"}}},
                           {"426", response("ask for a WebSocket", "application/json")}};
  }
  if (const Json list = parameters(path_of(route)); !list.empty()) object["parameters"] = list;
  if (const Json body = body_of(route); !body.is_null()) object["requestBody"] = body;
  Json& responses = object["responses"];
  if (route.effect == WebSite::Route::Effect::Changes) {
    responses["400"] = response("why not, in a line: {\"error\"}", "application/json");
    responses["403"] = response("a page from elsewhere asked", "application/json");
  }
  if (route.open == WebSite::Route::Open::ToUsers) {
    responses["401"] = response("with --web-login: log in first", "application/json");
  }
  return object;
}

}  // namespace

std::string openapi_json(const std::string& base_path) {
  Json paths = Json::object();
  for (const WebSite::Route& route : WebSite::routes()) {
    paths[path_of(route)][route.method == "GET" ? "get" : "post"] = operation(route);
  }
  const Json all{{"openapi", "3.1.0"},
                 {"info", {{"title", "swarm"}, {"version", "1"}}},
                 {"servers", {{{"url", base_path.empty() ? "/" : base_path}}}},
                 {"paths", std::move(paths)}};
  return all.dump(2) + "\n";
}

}  // namespace swarm::master
