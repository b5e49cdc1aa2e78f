// Logging in and out.

#include <nlohmann/json.hpp>

#include "master/server/web_route.h"

namespace swarm::master {
namespace {

// For a program without its page: a form needs no script.
constexpr std::string_view kForm =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>swarm: log in</title>\n"
    "<form method=\"post\" action=\"login\"><p><label>User <input name=\"user\" autofocus "
    "autocomplete=\"username\"></label>\n<p><label>Password <input name=\"password\" "
    "type=\"password\" autocomplete=\"current-password\"></label>\n<p><button>Log in</button>"
    "</form></html>\n";

}  // namespace

void WebSite::get_login(const WebRequest& request, const Respond& respond) {
  if (!logins_) {
    return respond({.status = 302,
                    .type = "text/plain; charset=utf-8",
                    .fields = {{"Location", settings_.base_path + "/"}}});
  }
  if (const WebAsset* found = asset("login.html")) return respond(file(request, *found));
  respond({.type = "text/html; charset=utf-8", .body = std::string(kForm)});
}

void WebSite::post_login(const WebRequest& request, const Respond& respond) {
  if (!logins_) return respond(refusal(404, "no login is asked for here"));
  std::string user;
  std::string password;
  const bool form = request.content_type.starts_with("application/x-www-form-urlencoded");
  if (form) {
    const auto fields = decode_form(request.body);
    const auto value = [&fields](const char* name) {
      const auto found = fields.find(name);
      return found == fields.end() ? std::string{} : found->second;
    };
    user = value("user");
    password = value("password");
  } else {
    const auto object = nlohmann::json::parse(request.body, nullptr, false);
    const auto value = [&object](const char* name) {
      const auto found = object.find(name);
      return found != object.end() && found->is_string() ? found->get<std::string>()
                                                         : std::string{};
    };
    if (!object.is_object()) return respond(refusal(400, "send {\"user\", \"password\"}"));
    user = value("user");
    password = value("password");
  }
  const auto outcome = logins_->log_in(request.peer, user, password, read_clock());
  if (outcome.kind == Logins::Outcome::Kind::TooMany) {
    WebResponse response = refusal(429, "too many failed attempts: wait a minute");
    response.fields.emplace_back("Retry-After", "60");
    return respond(std::move(response));
  }
  if (outcome.kind == Logins::Outcome::Kind::Wrong) {
    return respond(refusal(401, "the user or the password is wrong"));
  }
  WebResponse response{.body = "{\"ok\":true}\n"};
  if (form) {
    response = {.status = 303, .type = "text/plain; charset=utf-8"};
    response.fields.emplace_back("Location", settings_.base_path + "/");
  }
  response.fields.emplace_back("Set-Cookie",
                               Logins::cookie(outcome.session, settings_.base_path, settings_.tls));
  respond(std::move(response));
}

void WebSite::post_logout(const WebRequest& request, const Respond& respond) {
  if (logins_) logins_->log_out(request.cookie);
  respond({.body = "{\"ok\":true}\n",
           .fields = {{"Set-Cookie", Logins::cookie("", settings_.base_path, settings_.tls)}}});
}

}  // namespace swarm::master
