#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "common/ids.h"
#include "worker/http/client.h"
#include "worker/python/greenlets.h"

namespace swarm {
class ScenarioHost;
}

namespace swarm::python {

// Which of Locust's two clients a session stands for. They differ in habits on the wire, names,
// exceptions and texts of failures.
enum class Style : std::uint8_t { Requests, FastHttp };

// What is sent by itself in that style.
const http::Habits& habits_of(Style style);

// requests waits forever if it is not told otherwise.
inline constexpr Duration kForever = std::chrono::hours{24 * 365};

struct Call;

// What a session's calls share. Lives until the session and its last response are gone.
struct SessionState {
  SessionState(Style style, std::shared_ptr<const http::ClientBase> base);

  // A call that is ready for the next request; keeps the state alive until give_back().
  Call* take();
  void give_back(Call* call);
  // The session is gone: closes idle connections, and goes with its last response.
  void close();

  http::Client client;
  const Style style;
  std::string authorization;      // of all requests; empty: none
  std::string user_class;         // whose session it is; empty: nobody's
  bool has_content_type = false;  // among the headers of all requests

 private:
  ~SessionState();
  void release();

  std::vector<std::unique_ptr<Call>> free_;
  std::uint32_t references_ = 1;
  bool open_ = true;
};

// One request of a session and what is to be counted of it: exactly one of a sample, an
// interruption, a generator's error, or nothing if it was never sent. On the heap, because the
// stack of a greenlet that waits is elsewhere.
struct Call {
  explicit Call(SessionState& state) : session(state), exchange(state.client) {}

  enum class Stage : std::uint8_t { Prepared, InFlight, Complete, Counted };
  enum class Verdict : std::uint8_t { ByStatus, Success, Failure };

  // Sends it. REQUIRES: prepared, permit taken.
  void start();
  // Parks the greenlet until the exchange is over. False: a Python exception is set.
  bool wait();
  // The same until more of a streamed body has come. REQUIRES: exchange.receiving().
  bool wait_for_body();
  // The response is there: decodes its body, which Python's clients count as the response.
  void complete();
  // Nothing can be sent: a failure that was known before.
  void complete_unsent();
  // Counts a sample: by the status, or by the verdict with its `reason`.
  void record();
  // Counts it as it stands, and lets go of what is under way: nothing may be counted afterwards.
  void settle();

  http::Response& response() { return exchange.response(); }
  bool failed() { return response().failed(); }
  // What a scenario sees: 0 if there is no usable response.
  int status() const;
  // The length of the response as it is reported.
  std::size_t length() const;
  double elapsed_ms() const;

  SessionState& session;
  http::Exchange exchange;
  Parked parked;
  std::string method;  // as the report has it
  std::string name;
  std::string reason;  // of a failure, in the report's words
  TimePoint due{};
  TimePoint started{};
  TimePoint ended{};
  EndpointId endpoint;
  std::size_t taken = 0;  // bytes of a streamed body that the scenario has read
  Stage stage = Stage::Prepared;
  Verdict verdict = Verdict::ByStatus;
  bool streamed = false;
  bool unsent = false;

 private:
  http::Completion completion();
  bool told_ = false;  // the exchange has called back
};

// The exchange of a call that failed, for as long as its sample is recorded.
class SeenExchange {
 public:
  // Null if there is nothing to see.
  const ExchangeView* of(const Call& call);

 private:
  std::string url_;
  ExchangeView view_;
};

}  // namespace swarm::python
