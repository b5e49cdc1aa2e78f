#include "master/server/web_site.h"

#include <algorithm>
#include <utility>

#include "master/server/web_route.h"

namespace swarm::master {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

bool matches(std::string_view pattern, std::string_view path) {
  const std::size_t variable = pattern.find('{');
  if (variable == std::string_view::npos) return pattern == path;
  if (!path.starts_with(pattern.substr(0, variable))) return false;
  const std::string_view rest = path.substr(variable);
  const std::size_t end = pattern.find('}') + 1;
  if (pattern.substr(0, end).ends_with("...}")) return !rest.empty();
  const std::string_view tail = pattern.substr(end);
  if (rest.size() <= tail.size() || !rest.ends_with(tail)) return false;
  return rest.substr(0, rest.size() - tail.size()).find('/') == std::string_view::npos;
}

// "https://swarm.example:8089" -> "swarm.example:8089"; "null" and the like stay as they are.
std::string_view host_of(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos ? origin : origin.substr(scheme + 3);
}

std::string in_lower_case(std::string_view text) {
  std::string lower{text};
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

bool equal_hosts(std::string_view a, std::string_view b) {
  return in_lower_case(a) == in_lower_case(b);
}

std::string_view method_of(const WebRequest& request) {
  return request.method == "HEAD" ? std::string_view{"GET"} : std::string_view{request.method};
}

}  // namespace

WebSite::WebSite(Settings settings, std::span<const WebAsset> assets, RunFeed feed)
    : settings_(std::move(settings)), assets_(assets), feed_(std::move(feed)) {}

void WebSite::answer(WebRequest request, Respond respond) {
  const auto dressed = [this, request, respond = std::move(respond)](WebResponse response) {
    dress(request, response);
    respond(std::move(response));
  };
  if (!settings_.base_path.empty() && request.target == settings_.base_path) {
    return dressed({.status = 308,
                    .type = "text/plain; charset=utf-8",
                    .fields = {{"Location", settings_.base_path + "/"}}});
  }
  const bool below = take_path(request);
  if (!below && admits(request.cookie))
    return dressed(refusal(404, "there is nothing at this address"));
  if (!below) return dressed(refusal(401, "log in first"));
  if (request.method == "OPTIONS") return preflight(request, dressed);

  const Route* found = nullptr;
  std::string allowed;
  for (const Route& route : routes()) {
    if (!matches(route.path, request.path)) continue;
    if (route.legacy && !settings_.legacy_get) continue;
    if (allowed.find(route.method) == std::string::npos) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
    }
    if (found == nullptr && route.method == method_of(request)) found = &route;
  }
  const bool open = found != nullptr && found->open == Route::Open::ToAll;
  if (!open && !admits(request.cookie)) return dressed(ask_to_log_in(request));
  if (found == nullptr && allowed.empty()) {
    return dressed(refusal(404, "there is nothing at this address"));
  }
  if (found == nullptr) {
    WebResponse response = refusal(405, "state changes by POST only; --legacy-get allows GET too");
    if (allowed != "POST") response = refusal(405, "this address is not asked so");
    response.fields.emplace_back("Allow", allowed);
    return dressed(std::move(response));
  }
  if (auto refused = refuse(request, *found)) return dressed(std::move(*refused));
  (this->*found->handler)(request, dressed);
}

std::optional<WebResponse> WebSite::refuse_live(WebRequest& request) {
  if (!take_path(request) && !admits(request.cookie)) return refusal(401, "log in first");
  if (request.path != "/api/v1/live") {
    return refusal(404, "there is no WebSocket at this address");
  }
  if (foreign(request)) return refusal(403, "this page may not watch the run");
  if (!admits(request.cookie)) return refusal(401, "log in first");
  return std::nullopt;
}

// Decides what is below the base path; a path that climbs is no path.
bool WebSite::take_path(WebRequest& request) const {
  const std::string_view target = request.target;
  const std::size_t question = target.find('?');
  std::string path;
  if (!decode_percent(target.substr(0, question), path)) return false;
  if (!path.starts_with(settings_.base_path + "/")) return false;
  path.erase(0, settings_.base_path.size());
  if (path.find("/../") != std::string::npos || path.ends_with("/..") ||
      path.find('\\') != std::string::npos) {
    return false;
  }
  request.path = std::move(path);
  if (question != std::string_view::npos) request.query = decode_form(target.substr(question + 1));
  return true;
}

// A page from elsewhere. Scripts send no Origin.
bool WebSite::foreign(const WebRequest& request) const {
  const auto& allowed = settings_.cors_origins;
  if (request.origin.empty()) {
    return request.fetch_site == "cross-site" || request.fetch_site == "same-site";
  }
  if (std::ranges::find(allowed, request.origin) != allowed.end()) return false;
  return !equal_hosts(host_of(request.origin), request.host);
}

std::optional<WebResponse> WebSite::refuse(const WebRequest& request, const Route& route) const {
  if (route.effect == Route::Effect::Changes && foreign(request)) {
    return refusal(403, "pages from elsewhere may not do this");
  }
  return std::nullopt;
}

bool WebSite::admits(std::string_view cookie) {
  return !logins_ || logins_->admits(cookie, read_clock());
}

WebResponse WebSite::ask_to_log_in(const WebRequest& request) const {
  if (request.path != "/" && request.path != "/index.html") return refusal(401, "log in first");
  return {.status = 302,
          .type = "text/plain; charset=utf-8",
          .fields = {{"Location", settings_.base_path + "/login"}}};
}

void WebSite::dress(const WebRequest& request, WebResponse& response) const {
  auto& fields = response.fields;
  const auto says = [&fields](std::string_view name) {
    return std::ranges::find(fields, name, &std::pair<std::string, std::string>::first) !=
           fields.end();
  };
  if (!says("Content-Security-Policy")) fields.emplace_back("Content-Security-Policy", kPolicy);
  fields.emplace_back("X-Content-Type-Options", "nosniff");
  fields.emplace_back("X-Frame-Options", "DENY");
  fields.emplace_back("Referrer-Policy", "no-referrer");
  fields.emplace_back("Cross-Origin-Resource-Policy",
                      settings_.cors_origins.empty() ? "same-origin" : "cross-origin");
  if (!says("Cache-Control")) fields.emplace_back("Cache-Control", "no-store");
  for (const std::string& allowed : settings_.cors_origins) {
    if (allowed != "*" && allowed != request.origin) continue;
    fields.emplace_back("Access-Control-Allow-Origin", allowed);
    fields.emplace_back("Vary", "Origin");
    break;
  }
}

// Of a browser, whether a page from elsewhere may send what it is about to.
void WebSite::preflight(const WebRequest& request, const Respond& respond) const {
  const auto& allowed = settings_.cors_origins;
  if (std::ranges::find(allowed, request.origin) == allowed.end()) {
    return respond(refusal(403, "pages from elsewhere may not do this"));
  }
  respond({.status = 204,
           .type = "",
           .fields = {{"Access-Control-Allow-Methods", "GET, POST"},
                      {"Access-Control-Allow-Headers", "Content-Type"},
                      {"Access-Control-Max-Age", "600"}}});
}

// --- the run ---

void WebSite::look(Looked then) {
  const TimePoint now = read_clock();
  if (newest_ && now - newest_->snapshot->taken < kFresh) return then(newest_);
  waiting_.push_back(std::move(then));
  if (waiting_.size() > 1) return;
  feed_.look([this](std::shared_ptr<const Scene> scene) {
    newest_ = std::move(scene);
    for (const Looked& each : std::exchange(waiting_, {})) each(newest_);
  });
}

void WebSite::show(View view, const Respond& respond) {
  look([view, respond](const std::shared_ptr<const Scene>& scene) {
    respond({.body = view(*scene) + "\n"});
  });
}

void WebSite::carry_out(Command command, const Respond& respond) {
  feed_.command(std::move(command), [this, respond](const CommandAnswer& done) {
    newest_.reset();  // whoever looks next sees what came of it
    if (!done) return respond(refusal(400, done.error().message));
    respond({.body = "{\"ok\":true}\n"});
  });
}

}  // namespace swarm::master
