#include "proto/zmq_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>
#include <variant>

#include "common/log.h"
#include "proto/incarnation.h"
#include "proto/loop_lag.h"
#include "proto/master_peer.h"
#include "proto/pulse.h"
#include "proto/zmq_mail.h"
#include "proto/zmq_socket.h"

namespace swarm::proto {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kLogger = "swarm.runners";
constexpr seconds kWaitingFirst{30};
constexpr seconds kWaitingLater{60};
// A socket that finds nobody for so long is made anew: the name may have another address by now.
constexpr seconds kSocketLife{30};
constexpr seconds kPauseFirst{1};
constexpr seconds kPauseLast{30};
constexpr unsigned kBrokenWithoutToken = 5;
// Messages that are read before what is to be sent is looked at.
constexpr int kReadAtOnce = 256;

// Which of the two ends closes a connection first, and so knows why, is a matter of chance.
std::string why_refused(const ZmqSocket::Notices& notices, bool token) {
  if (token) {
    return "it has another join token than this worker, or none (like all of Locust's): give both "
           "the same with --join-token-file, or none";
  }
  if (notices.other_security > 0) return "it wants a join token: see --join-token-file";
  return "it closes the connection: it may want a join token (see --join-token-file), or be no "
         "master";
}

}  // namespace

// What both threads share, and the socket's thread with all that is its own.
class ZmqLink::Wire {
 public:
  Wire(Loop& loop, Settings settings)
      : inbox(std::make_shared<Inbox<ToWorker>>(loop)),
        heard(read_clock()),
        settings_(std::move(settings)),
        lag_(loop),
        peer_({.worker = settings_.worker,
               .incarnation = new_incarnation(),
               .version = settings_.version,
               .only_ours = settings_.token.has_value()},
              read_clock()),
        thread_([this] { run(); }) {}

  ~Wire() {
    inbox->close();
    outbox.close();
    thread_.join();
  }

  using Mail = std::variant<ToMaster, Heartbeat>;  // a Heartbeat alone is to be repeated
  Outbox<Mail> outbox;
  const std::shared_ptr<Inbox<ToWorker>> inbox;
  std::atomic<TimePoint> heard;
  std::atomic<bool> way = false;  // the master answered, and is connected

 private:
  void run();
  void open(TimePoint now);
  void close_for(Duration pause, TimePoint now);
  void take(Mail mail, TimePoint now);
  void receive(TimePoint now);
  void understand(const ZmqSocket::Received& received, TimePoint now);
  void take_notices(TimePoint now);
  void refused(const ZmqSocket::Notices& notices, TimePoint now);
  void keep_time(TimePoint now);
  void beat(TimePoint now);
  void say_that_it_waits(TimePoint now);
  void take_for_locust(const Report& report, std::vector<Envelope> envelopes);
  void send_report();
  bool send(const Envelope& envelope);
  void deliver(ToWorker message, std::size_t bytes);
  // That is the end of a run, if it is greeted anew.
  bool in_service_of_locust() const {
    return peer_.answered() && peer_.dialect() == Dialect::Locust;
  }
  std::string where() const { return fmt::format("{}:{}", settings_.host, settings_.port); }

  // Of the thread.
  const Settings settings_;
  LoopLag lag_;
  MasterPeer peer_;
  std::unique_ptr<ZmqSocket> socket_;
  std::string identity_;  // of the socket
  bool connected_ = false;
  bool more_ = false;  // there may be more to read
  TimePoint open_at_{};
  TimePoint opened_{};
  Duration pause_ = kPauseFirst;
  unsigned broken_ = 0;  // handshakes, one after the other
  bool said_refused_ = false;
  bool said_broken_ = false;
  std::vector<Envelope> unsent_;  // of reports for a master of Locust's
  std::optional<ReportAck> unsent_report_;
  std::optional<Heartbeat> heartbeat_;
  Pulse pulse_;
  TimePoint waits_since_ = read_clock();
  TimePoint waiting_due_ = waits_since_ + kWaitingFirst;
  TimePoint complaint_due_{};

  std::thread thread_;  // last: it uses all of the above
};

void ZmqLink::Wire::run() {
  for (bool last = false; !last;) {
    auto [mail, closed] = outbox.take();
    last = closed;
    const TimePoint now = read_clock();
    if (!socket_ && open_at_ <= now) open(now);
    for (auto& each : mail) take(std::move(each), now);
    receive(now);
    take_notices(now);
    keep_time(now);
    way = peer_.answered() && connected_;
    if (last) break;
    const Duration rest = more_ ? Duration{} : lag_.due() - read_clock();
    if (socket_) {
      socket_->wait(outbox.bell(), rest);
    } else {
      outbox.bell().wait(rest);
    }
  }
  if (socket_ && !connected_) socket_->hurry();
  socket_.reset();
}

void ZmqLink::Wire::open(TimePoint now) {
  identity_ = peer_.identity();
  opened_ = now;
  auto socket = ZmqSocket::connect({settings_.host, settings_.port, identity_, settings_.token});
  if (!socket) {
    if (!std::exchange(said_broken_, true)) log(LogLevel::Error, kLogger, socket.error().message);
    return close_for(pause_, now);
  }
  socket_ = std::move(socket).value();
}

void ZmqLink::Wire::close_for(Duration pause, TimePoint now) {
  if (socket_) socket_->hurry();
  socket_.reset();
  connected_ = false;
  open_at_ = now + pause;
  pause_ = std::min<Duration>(pause_ * 2, kPauseLast);
  peer_.start_over(now);
  unsent_.clear();
  unsent_report_.reset();
}

void ZmqLink::Wire::take(Mail mail, TimePoint now) {
  if (const auto* heartbeat = std::get_if<Heartbeat>(&mail)) {
    if (!heartbeat_) pulse_.start(now);
    heartbeat_ = *heartbeat;
    return;
  }
  const auto& message = std::get<ToMaster>(mail);
  auto envelopes = peer_.translate(message, calendar_seconds());
  if (in_service_of_locust()) {
    if (const auto* report = std::get_if<Report>(&message)) {
      return take_for_locust(*report, std::move(envelopes));
    }
  }
  if (std::holds_alternative<Report>(message)) pulse_.reported(now);
  for (const Envelope& envelope : envelopes) send(envelope);
}

// A master of Locust's never says that it counted a report: it is taken for counted once ZeroMQ
// has it, and is translated only once. So what ZeroMQ does not take has to wait here.
void ZmqLink::Wire::take_for_locust(const Report& report, std::vector<Envelope> envelopes) {
  unsent_.insert(unsent_.end(), std::make_move_iterator(envelopes.begin()),
                 std::make_move_iterator(envelopes.end()));
  unsent_report_ = ReportAck{report.run, report.seq};
  send_report();
}

void ZmqLink::Wire::send_report() {
  if (!unsent_report_) return;
  const auto refused = std::find_if(unsent_.begin(), unsent_.end(),
                                    [this](const Envelope& each) { return !send(each); });
  unsent_.erase(unsent_.begin(), refused);
  if (!unsent_.empty()) return;
  deliver(*std::exchange(unsent_report_, std::nullopt), 0);
}

bool ZmqLink::Wire::send(const Envelope& envelope) {
  if (!socket_) return false;
  const auto bytes = std::make_shared<const std::string>(encode(envelope));
  return socket_->send({}, bytes) == ZmqSocket::Sent::Yes;
}

void ZmqLink::Wire::deliver(ToWorker message, std::size_t bytes) {
  if (!inbox->put(std::move(message), "", bytes)) {
    log(LogLevel::Warning, kLogger, "Dropped a message of the master: too many wait already");
  }
  inbox->send_off();
}

void ZmqLink::Wire::receive(TimePoint now) {
  more_ = false;
  if (!socket_) return;
  int read = 0;
  while (const auto received = socket_->receive()) {
    heard = now;
    connected_ = true;
    understand(*received, now);
    if (++read == kReadAtOnce) {
      more_ = true;
      break;
    }
  }
  if (peer_.identity() != identity_) {
    close_for(Duration{}, now);
    open(now);
  }
}

void ZmqLink::Wire::understand(const ZmqSocket::Received& received, TimePoint now) {
  std::string problem = "it is not of one frame";
  if (received.whole) {
    auto envelope = decode(received.bytes, {.bytes = ZmqSocket::kWorkerMessageBytes});
    auto messages = envelope ? peer_.receive(*envelope, now, calendar_seconds())
                             : Result<std::vector<ToWorker>>{envelope.error()};
    if (messages) {
      // Whoever is told that the way is there may use it.
      way = peer_.answered();
      for (auto& message : *messages) deliver(std::move(message), received.bytes.size());
      return;
    }
    problem = messages.error().message;
  }
  if (now < complaint_due_) return;
  complaint_due_ = now + seconds{1};
  log(LogLevel::Warning, kLogger,
      fmt::format("Dropped a message of the master at {}: {}", where(), problem));
}

void ZmqLink::Wire::take_notices(TimePoint now) {
  if (!socket_) return;
  const auto notices = socket_->notices();
  if (notices.joined) {
    connected_ = true;
    pause_ = kPauseFirst;
    said_refused_ = false;
    if (!peer_.answered()) peer_.start_over(now);
  }
  if (notices.lost) connected_ = false;
  broken_ = connected_ ? 0 : broken_ + notices.broken;
  // With a token, a master that has another one just closes the connection. Without, it may be that
  // it was just being started or ended.
  const bool closed = broken_ >= (settings_.token ? 1 : kBrokenWithoutToken);
  if (notices.wrong_keys > 0 || notices.other_security > 0 || closed) refused(notices, now);
}

void ZmqLink::Wire::refused(const ZmqSocket::Notices& notices, TimePoint now) {
  if (!std::exchange(said_refused_, true)) {
    log(LogLevel::Error, kLogger,
        fmt::format("The master at {} refuses this worker: {}", where(),
                    why_refused(notices, settings_.token.has_value())));
  }
  broken_ = 0;
  close_for(pause_, now);
}

void ZmqLink::Wire::keep_time(TimePoint now) {
  lag_.ping(now);
  if (connected_) {
    if (const auto greeting = peer_.greet(now)) send(*greeting);
    send_report();
    if (pulse_.take(now)) beat(now);
    // One that never beats is there as long as its connection is.
    if (in_service_of_locust() && !peer_.beats()) heard = now;
  } else if (socket_ && opened_ + kSocketLife <= now && !in_service_of_locust()) {
    const Duration pause = pause_;
    close_for(Duration{}, now);
    pause_ = pause;
  }
  if (peer_.answered()) {
    waits_since_ = now;
    waiting_due_ = now + kWaitingFirst;
  } else {
    say_that_it_waits(now);
  }
}

void ZmqLink::Wire::beat(TimePoint now) {
  Heartbeat heartbeat = *heartbeat_;
  heartbeat.loop_lag = lag_.take(now);
  for (const auto& each : peer_.translate(heartbeat, calendar_seconds())) send(each);
}

void ZmqLink::Wire::say_that_it_waits(TimePoint now) {
  if (now < waiting_due_) return;
  waiting_due_ = now + kWaitingLater;
  const auto waited = std::chrono::duration_cast<seconds>(now - waits_since_).count();
  log(LogLevel::Info, kLogger,
      fmt::format("Waiting for the master at {} for {} s now", where(), waited));
}

ZmqLink::ZmqLink(Loop& loop, Settings settings)
    : wire_(std::make_unique<Wire>(loop, std::move(settings))) {}

ZmqLink::~ZmqLink() = default;

Result<void> ZmqLink::send(ToMaster message) {
  if (!wire_->way) return Error{"the master is not connected"};
  wire_->outbox.put(std::move(message));
  return {};
}

void ZmqLink::on_receive(std::function<void(ToWorker)> receiver) {
  wire_->inbox->set_receiver(std::move(receiver));
}

void ZmqLink::publish(const Heartbeat& heartbeat) { wire_->outbox.put(heartbeat); }

TimePoint ZmqLink::last_heard() const { return wire_->heard; }

}  // namespace swarm::proto
