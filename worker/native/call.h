#pragma once

#include <coroutine>
#include <string>
#include <string_view>
#include <vector>

#include "common/ids.h"
#include "swarm/http.h"
#include "worker/http/client.h"
#include "worker/native/runtime.h"

namespace swarm {

struct HttpSession::State {
  explicit State(detail::UserContext& user);

  detail::UserContext& user;
  http::Client client;
  std::vector<std::unique_ptr<detail::Call>> free;  // calls to be used again
};

namespace detail {

// One request of a session and what is to be counted of it: exactly one of a sample, an
// interruption, a generator's error, or nothing at all if it was never sent.
struct Call {
  explicit Call(HttpSession::State& owner)
      : session(owner), user(owner.user), exchange(owner.client) {}

  enum class Stage : std::uint8_t { Prepared, Refused, InFlight, Complete };
  enum class Verdict : std::uint8_t { ByStatus, Success, Failure };

  void start(std::coroutine_handle<> coroutine);
  // Counts it and leaves it ready for the next request.
  void settle() noexcept;

  HttpSession::State& session;
  UserContext& user;
  http::Exchange exchange;
  std::coroutine_handle<> waiting;
  EndpointId endpoint;
  TimePoint due{};
  Stage stage = Stage::Prepared;
  Verdict verdict = Verdict::ByStatus;
  std::string reason;  // of a failure, in the report's words

 private:
  void record();
};

}  // namespace detail
}  // namespace swarm
