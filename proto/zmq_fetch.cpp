// What a worker says to its master before it knows what it is to load.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <utility>

#include "common/platform.h"
#include "proto/codec.h"
#include "proto/incarnation.h"
#include "proto/locust_dialect.h"
#include "proto/master_peer.h"
#include "proto/swarm_dialect.h"
#include "proto/zmq_link.h"
#include "proto/zmq_mail.h"
#include "proto/zmq_socket.h"

namespace swarm::proto {
namespace {

using std::chrono::seconds;

constexpr seconds kAskEvery{1};
constexpr seconds kPatient{15};
constexpr std::size_t kIdLetters = 32;

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

// A short conversation with a master that does not take us for a worker by it: one of Locust's
// answers a request for its scenario without counting who asks.
class Visit {
 public:
  Visit(const ZmqLink::Settings& master, std::string identity)
      : master_(master), identity_(std::move(identity)) {}

  // The next envelope of the master; none: nothing came in time.
  // Errors: the master refuses us.
  Result<std::optional<Envelope>> next(TimePoint until) {
    for (TimePoint now = read_clock(); now < until; now = read_clock()) {
      if (!socket_) SWARM_TRY(open());
      if (connected_ && ask_due_ <= now) ask(now);
      while (const auto received = socket_->receive()) {
        if (!received->whole) continue;
        auto envelope = decode(received->bytes, {.bytes = ZmqSocket::kWorkerMessageBytes});
        if (envelope) return std::optional{std::move(envelope).value()};
      }
      SWARM_TRY(look());
      const TimePoint rest = connected_ ? std::min(until, ask_due_) : until;
      socket_->wait(bell_, rest - read_clock());
    }
    return std::optional<Envelope>{};
  }

  // It is known who we are: what it answers may be long and take its time.
  void ask_no_more() { ask_due_ = read_clock() + kPatient; }

  void send(const Envelope& envelope) {
    if (socket_) socket_->send({}, std::make_shared<const std::string>(encode(envelope)));
  }
  WorkerId worker() const { return worker_of(identity_); }

 private:
  Result<void> open() {
    SWARM_TRY_ASSIGN(socket_,
                     ZmqSocket::connect({master_.host, master_.port, identity_, master_.token}));
    return {};
  }

  // With our version in it, a request for the scenario is a greeting to a master of ours.
  void ask(TimePoint now) {
    ask_due_ = now + kAskEvery;
    Value data{Value::Map{}};
    data.set("version", SwarmDialect::greeting(worker(), master_.version).data);
    send({"locustfile", std::move(data), worker()});
  }

  Result<void> look() {
    const auto notices = socket_->notices();
    if (notices.joined) connected_ = true;
    if (notices.lost) connected_ = false;
    if (notices.other_security > 0 && !master_.token) {
      return Error{"the master at " + where() + " wants a join token: see --join-token-file"};
    }
    if (master_.token && notices.other_security + notices.wrong_keys + notices.broken > 0) {
      return Error{"the master at " + where() +
                   " has another join token than this worker, or none (like all of Locust's)"};
    }
    return {};
  }

  std::string where() const { return fmt::format("{}:{}", master_.host, master_.port); }

  const ZmqLink::Settings& master_;
  const std::string identity_;
  Bell bell_;
  std::unique_ptr<ZmqSocket> socket_;
  bool connected_ = false;
  TimePoint ask_due_{};
};

}  // namespace

Result<ScenarioFiles> fetch_scenario(const ZmqLink::Settings& master, Duration patience) {
  const TimePoint until = read_clock() + patience;
  Visit visit(master, host_name() + "_download_locustfile_" + random_hexadecimal(kIdLetters));
  const auto request = SwarmDialect::encode(ToMaster{ScenarioRequest{platform()}}, visit.worker());
  LocustMaster locust(visit.worker());
  while (true) {
    SWARM_TRY_ASSIGN(auto envelope, visit.next(until));
    if (!envelope) {
      return Error{fmt::format(
          "the master at {}:{} gave no scenario within {} s: is it there, and "
          "does it know one? This worker can be given its own with -f",
          master.host, master.port, std::chrono::duration_cast<seconds>(patience).count())};
    }
    if (SwarmDialect::is_welcome(*envelope)) {
      visit.send(request);
      visit.ask_no_more();
      continue;
    }
    std::vector<ToWorker> messages;
    if (SwarmDialect::speaks(*envelope)) {
      SWARM_TRY_ASSIGN(messages.emplace_back(), SwarmDialect::decode_to_worker(*envelope));
    } else if (envelope->type == "locustfile") {
      SWARM_TRY_ASSIGN(messages, locust.translate(*envelope, calendar_seconds()));
    }
    for (auto& message : messages) {
      if (const auto* refused = std::get_if<Refused>(&message)) return Error{refused->reason};
      auto* const files = std::get_if<ScenarioFiles>(&message);
      if (files == nullptr) continue;
      if (!files->error.empty()) return Error{files->error};
      return std::move(*files);
    }
  }
}

void tell_scenario_failed(const ZmqLink::Settings& master, const std::string& reason) {
  const TimePoint until = read_clock() + ZmqSocket::kLinger;
  Visit visit(master, identity_of(master.worker, new_incarnation()));
  while (true) {
    const auto envelope = visit.next(until);
    if (!envelope || !*envelope) return;
    // One of Locust's has no word for it.
    if ((*envelope)->type == "locustfile") return;
    if (!SwarmDialect::is_welcome(**envelope)) continue;
    return visit.send(SwarmDialect::encode(ToMaster{ScenarioFailed{reason}}, master.worker));
  }
}

WorkerId new_worker_id() { return host_name() + "_" + random_hexadecimal(kIdLetters); }

}  // namespace swarm::proto
