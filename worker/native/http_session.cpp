#include "swarm/http.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "common/fetch.h"
#include "worker/native/call.h"

namespace swarm {
namespace detail {

void Call::start(std::coroutine_handle<> coroutine) {
  waiting = coroutine;
  if (!user.host().take_permit()) {
    stage = Stage::Refused;
    user.park();
    return;
  }
  stage = Stage::InFlight;
  exchange.start({.call =
                      [](void* call) {
                        auto& self = *static_cast<Call*>(call);
                        self.stage = Stage::Complete;
                        self.user.go_on(self.waiting);
                      },
                  .context = this,
                  .foresee =
                      [](const void* call) {
                        const auto& self = *static_cast<const Call*>(call);
                        fetch<8>(self.waiting.address());
                        fetch<2>(&self.user);
                      }});
  due = user.take_due(exchange.started());
}

void Call::settle() noexcept {
  ScenarioHost& host = user.host();
  switch (stage) {
    case Stage::Prepared:
    case Stage::Refused:
      break;
    case Stage::InFlight:
      exchange.cancel();
      exchange.sent() ? host.record_interrupted(endpoint) : host.return_permit();
      break;
    case Stage::Complete:
      record();
      break;
  }
  stage = Stage::Prepared;
  verdict = Verdict::ByStatus;
  exchange.release();
}

void Call::record() {
  ScenarioHost& host = user.host();
  const http::Response& response = exchange.response();
  if (http::is_generators(response.failure)) {
    return host.record_generator_error(http::describe(response.failure));
  }
  if (verdict == Verdict::ByStatus) {
    reason.clear();
    if (response.failed()) {
      reason = exchange.failure_text();
    } else if (response.status >= 400) {
      reason = std::to_string(response.status);
      if (!response.reason().empty()) reason.append(" ").append(response.reason());
    }
  }
  std::string url;
  ExchangeView view;
  if (!reason.empty()) {
    view = exchange.view(url);
    view.user_class = user.user_class().definition->name;
  }
  host.record({.endpoint = endpoint,
               .due = due,
               .started = exchange.started(),
               .ended = exchange.ended(),
               .bytes_received = response.body.size(),
               .exchange = reason.empty() ? nullptr : &view,
               .error = reason});
}

void ReleaseCall::operator()(Call* call) const noexcept {
  call->settle();
  call->session.free.emplace_back(call);
}

}  // namespace detail

HttpSession::State::State(detail::UserContext& user_)
    : user(user_), client(user_.runtime().engine(), user_.user_class().base) {}

HttpSession::HttpSession(detail::UserContext& user) : state_(std::make_unique<State>(user)) {}
HttpSession::~HttpSession() = default;

RequestAwaiter HttpSession::request(std::string_view method, std::string_view path,
                                    const RequestArgs& args) {
  State& state = *state_;
  detail::CallPointer call;
  if (state.free.empty()) {
    call.reset(new detail::Call(state));
  } else {
    call.reset(state.free.back().release());
    state.free.pop_back();
  }
  call->endpoint = state.user.host().endpoint(method, args.name.empty() ? path : args.name);

  std::array<http::Header, Headers::kInPlace + 1> fields;
  std::vector<http::Header> many;
  std::span<http::Header> headers;
  const std::size_t count = args.headers.size() + (args.json.empty() ? 0 : 1);
  if (count <= fields.size()) {
    headers = std::span(fields).first(count);
  } else {
    many.resize(count);
    headers = many;
  }
  std::size_t at = 0;
  for (const Header& header : args.headers) headers[at++] = {header.name, header.value};
  if (!args.json.empty()) headers[at] = {"Content-Type", "application/json"};

  const auto prepared = call->exchange.prepare({.method = method,
                                                .url = path,
                                                .headers = headers,
                                                .body = args.json.empty() ? args.body : args.json,
                                                .allow_redirects = args.allow_redirects,
                                                .read_timeout = args.timeout});
  if (!prepared) throw std::invalid_argument(prepared.error().message);
  return RequestAwaiter(std::move(call));
}

RequestAwaiter HttpSession::get(std::string_view path, const RequestArgs& args) {
  return request("GET", path, args);
}
RequestAwaiter HttpSession::post(std::string_view path, const RequestArgs& args) {
  return request("POST", path, args);
}
RequestAwaiter HttpSession::put(std::string_view path, const RequestArgs& args) {
  return request("PUT", path, args);
}
RequestAwaiter HttpSession::patch(std::string_view path, const RequestArgs& args) {
  return request("PATCH", path, args);
}
RequestAwaiter HttpSession::del(std::string_view path, const RequestArgs& args) {
  return request("DELETE", path, args);
}
RequestAwaiter HttpSession::head(std::string_view path, const RequestArgs& args) {
  return request("HEAD", path, args);
}
RequestAwaiter HttpSession::options(std::string_view path, const RequestArgs& args) {
  return request("OPTIONS", path, args);
}

void HttpSession::set_header(std::string_view name, std::string_view value) {
  const auto set = state_->client.set_header(name, value);
  if (!set) throw std::invalid_argument(set.error().message);
}

void HttpSession::set_basic_auth(std::string_view user, std::string_view password) {
  state_->client.set_basic_auth(user, password);
}

void HttpSession::set_timeouts(std::chrono::milliseconds connect, std::chrono::milliseconds read) {
  state_->client.set_timeouts(connect, read);
}

void HttpSession::set_verify(bool verify) { state_->client.set_verify(verify); }
void HttpSession::clear_cookies() { state_->client.clear_cookies(); }
void HttpSession::close_connections() { state_->client.close_connections(); }

RequestAwaiter::~RequestAwaiter() = default;
void RequestAwaiter::await_suspend(std::coroutine_handle<> waiting) { call_->start(waiting); }

Response::~Response() = default;
Response& Response::operator=(Response&& other) noexcept = default;

int Response::status() const { return call_->exchange.response().status; }
std::string_view Response::header(std::string_view name) const {
  return call_->exchange.response().header(name);
}
std::string_view Response::text() const {
  return call_->exchange.response().text().value_or(std::string_view{});
}
std::string_view Response::raw_body() const {
  http::Buffer& body = call_->exchange.response().body;
  body.keep();
  return body.view();
}
std::string_view Response::error() const {
  return http::describe(call_->exchange.response().failure);
}
std::string Response::url() const { return call_->exchange.url().to_string(); }
std::chrono::nanoseconds Response::elapsed() const {
  return call_->exchange.ended() - call_->exchange.started();
}

void Response::succeed() {
  call_->verdict = detail::Call::Verdict::Success;
  call_->reason.clear();
}

void Response::fail(std::string_view reason) {
  call_->verdict = detail::Call::Verdict::Failure;
  call_->reason = reason.empty() ? std::string_view("failed by the scenario") : reason;
}

}  // namespace swarm
