#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "worker/http/cookie_jar.h"
#include "worker/http/engine.h"
#include "worker/http/fields.h"
#include "worker/http/redirect.h"

namespace swarm::http {

// A request as its caller says it. Nothing is referred to after Exchange::prepare.
struct RequestSpec {
  std::string_view method;
  std::string_view url;  // a path below the client's base, or absolute
  std::span<const Header> headers = {};
  std::string_view body = {};
  bool allow_redirects = true;
  // Over with the response's head; the body is then read by and by, see Exchange::receiving().
  bool stream = false;
  Duration read_timeout{};               // longest silence of the server; zero: the client's
  Duration connect_timeout{};            // zero: the client's
  std::span<const Cookie> cookies = {};  // beside those of the client; these win
  std::optional<Trust> trust = {};       // none: the client's
};

// What a kind of client does its own way on the wire.
struct Habits {
  std::span<const Header> headers = {};  // beside those of RequestDefaults, or instead of them
  bool always_length = false;            // as RequestParts has it
  MethodRule method_rule = MethodRule::Requests;
};
inline constexpr Habits kPlainHabits{};

// A response that sent the exchange elsewhere, and the request that it answered.
struct Hop {
  std::string url;
  std::string method;
  int status;
  std::string head;  // as Response::head
  std::vector<FieldPlace> places;
  Duration took;
};

}  // namespace swarm::http
