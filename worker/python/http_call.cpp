#include "worker/python/http_call.h"

#include <array>
#include <charconv>
#include <utility>

#include "common/fetch.h"
#include "common/scenario.h"
#include "worker/python/host.h"
#include "worker/python/http_failures.h"

namespace swarm::python {
namespace {

constexpr std::array kFastHeaders{http::Header{"Accept", http::kOmitted},
                                  http::Header{"Connection", http::kOmitted}};
constexpr http::Habits kRequestsHabits{.always_length = true};
constexpr http::Habits kFastHabits{.headers = kFastHeaders,
                                   .method_rule = http::MethodRule::FastHttp};

// Calls that a session keeps for its next requests. A user makes one at a time.
constexpr std::size_t kMostFree = 4;

}  // namespace

const http::Habits& habits_of(Style style) {
  return style == Style::Requests ? kRequestsHabits : kFastHabits;
}

SessionState::SessionState(Style style_, std::shared_ptr<const http::ClientBase> base)
    : client(engine(), std::move(base), habits_of(style_)), style(style_) {}

SessionState::~SessionState() = default;

Call* SessionState::take() {
  ++references_;
  if (free_.empty()) return new Call(*this);
  Call* const call = free_.back().release();
  free_.pop_back();
  return call;
}

void SessionState::give_back(Call* call) {
  call->settle();
  std::unique_ptr<Call> owned(call);
  if (open_ && free_.size() < kMostFree) {
    call->exchange.release();
    free_.push_back(std::move(owned));
  }
  owned.reset();
  release();
}

void SessionState::close() {
  open_ = false;
  free_.clear();
  client.close_connections();
  release();
}

void SessionState::release() {
  if (--references_ == 0) delete this;
}

void Call::start() {
  stage = Stage::InFlight;
  verdict = Verdict::ByStatus;
  taken = 0;
  unsent = false;
  told_ = false;
  exchange.start(completion());
}

// Touches no Python, as it is called from the loop.
http::Completion Call::completion() {
  return {.call =
              [](void* call) {
                static_cast<Call*>(call)->told_ = true;
                wake(static_cast<Call*>(call)->parked);
              },
          .context = this,
          .foresee = [](const void* call) { fetch<4>(&static_cast<const Call*>(call)->parked); }};
}

bool Call::wait() {
  while (!told_) {
    if (!park(parked)) return false;
  }
  return true;
}

bool Call::wait_for_body() {
  told_ = false;
  exchange.await_body(completion());
  return wait();
}

void Call::complete() {
  stage = Stage::Complete;
  started = exchange.started();
  ended = exchange.ended();
  if (!streamed && response().encoded && !failed()) response().text();
}

void Call::complete_unsent() {
  stage = Stage::Complete;
  verdict = Verdict::ByStatus;
  unsent = true;
  due = started = ended = read_clock();
}

int Call::status() const {
  const http::Response& response = exchange.response();
  const bool usable = !response.failed() || (session.style == Style::FastHttp &&
                                             response.failure != http::Failure::TooManyRedirects);
  return usable ? response.status : 0;
}

std::size_t Call::length() const {
  http::Response& response = const_cast<http::Exchange&>(exchange).response();
  if (response.failed()) return 0;
  if (!streamed)
    return response.encoded ? response.text().value_or("").size() : response.body.size();
  std::size_t length = 0;
  const std::string_view text = response.header("content-length");
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

double Call::elapsed_ms() const {
  return std::chrono::duration<double, std::milli>(ended - started).count();
}

void Call::record() {
  stage = Stage::Counted;
  ScenarioHost* const host = python::host();
  if (host == nullptr) return;
  if (http::is_generators(response().failure)) {
    return host->record_generator_error(http::describe(response().failure));
  }
  if (verdict == Verdict::ByStatus) {
    reason = failed() ? transport_failure(*this) : status_failure(*this);
  } else if (verdict == Verdict::Success) {
    reason.clear();
  }
  SeenExchange seen;
  host->record({.endpoint = endpoint,
                .due = due,
                .started = started,
                .ended = ended,
                .bytes_received = length(),
                .exchange = seen.of(*this),
                .error = reason});
}

const ExchangeView* SeenExchange::of(const Call& call) {
  if (call.reason.empty() || call.unsent) return nullptr;
  view_ = call.exchange.view(url_);
  view_.user_class = call.session.user_class;
  return &view_;
}

void Call::settle() {
  ScenarioHost* const host = python::host();
  const Stage was = std::exchange(stage, Stage::Prepared);
  exchange.cancel();
  if (host == nullptr || was == Stage::Prepared || was == Stage::Counted) return;
  exchange.sent() && !unsent ? host->record_interrupted(endpoint) : host->return_permit();
}

}  // namespace swarm::python
