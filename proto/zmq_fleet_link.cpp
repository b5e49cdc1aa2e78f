// The master's end of the wire.
#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <utility>

#include "common/log.h"
#include "proto/worker_peers.h"
#include "proto/zmq_address.h"
#include "proto/zmq_link.h"
#include "proto/zmq_mail.h"
#include "proto/zmq_socket.h"

namespace swarm::proto {
namespace {

using std::chrono::seconds;

constexpr auto kLogger = "swarm.runners";
constexpr seconds kTick{1};
// A peer on a fast network sends hundreds of megabytes meanwhile.
constexpr std::chrono::milliseconds kLookForEndless{250};
// Messages that are read before what is to be sent is looked at.
constexpr int kReadAtOnce = 256;
// Once messages come closer together than this, they are read, and what is to be sent is sent, at
// such intervals: of a thousand workers come thousands a second, and to wake up for each costs more
// than all that is done with it.
constexpr std::chrono::milliseconds kGather{20};

// Says now and then how many were turned away.
class Refusals {
 public:
  explicit Refusals(bool token) : token_(token) {}

  void add(const ZmqSocket::Notices& notices) {
    refused_ += notices.wrong_keys + notices.other_security + notices.broken;
    certain_ = certain_ || notices.other_security > 0;
  }

  void say(TimePoint now) {
    if (refused_ == 0 || now < due_) return;
    due_ = now + std::chrono::minutes{1};
    const unsigned refused = std::exchange(refused_, 0);
    const std::string count =
        fmt::format("Refused {} handshake{}: ", refused, refused > 1 ? "s" : "");
    if (token_) {
      log(LogLevel::Warning, kLogger,
          count +
              "wrong or no join token (all workers need this master's; those of Locust and "
              "boomer cannot join where there is one)");
      return;
    }
    // Whoever closes the connection first keeps the reason to himself.
    const bool certain = std::exchange(certain_, false);
    log(certain ? LogLevel::Warning : LogLevel::Info, kLogger,
        count + "a worker with a join token, and this master has none (see --join-token-file)" +
            (certain ? "" : ", or something that is no worker"));
  }

 private:
  const bool token_;
  unsigned refused_ = 0;
  bool certain_ = false;
  TimePoint due_{};
};

}  // namespace

// What both threads share, and the socket's thread with all that is its own.
class ZmqFleetLink::Wire {
 public:
  Wire(Loop& loop_of_master, std::unique_ptr<ZmqSocket> socket, const Settings& settings)
      : loop(loop_of_master),
        inbox(std::make_shared<Inbox<FromWorker>>(loop_of_master)),
        port(socket->port()),
        socket_(std::move(socket)),
        refusals_(settings.token.has_value()),
        peers_(settings.version,
               {.to_peer = [this](auto identity, auto bytes) { send(identity, bytes); },
                .to_loop =
                    [this](const WorkerId& worker, ToMaster message, std::size_t bytes) {
                      return inbox->put({worker, std::move(message)}, worker, bytes);
                    },
                .reachable = [this](const WorkerId& worker, bool is) { reach(worker, is); }}),
        thread_([this] { run(); }) {}

  ~Wire() {
    inbox->close();
    outbox.close();
    thread_.join();
  }

  struct ForWorker {
    WorkerId worker;
    ToWorker message;
    TimePoint written;
  };
  using FromWorker = std::pair<WorkerId, ToMaster>;
  const Loop& loop;
  Outbox<ForWorker> outbox;
  const std::shared_ptr<Inbox<FromWorker>> inbox;
  const std::uint16_t port;

  bool reaches(const WorkerId& worker) {
    const std::lock_guard lock(mutex_);
    return reachable_.contains(worker);
  }

 private:
  void run();
  void rest();
  void receive(TimePoint now);
  void cut_endless(TimePoint now);
  void send(ForWorker& mail);
  void send(std::string_view identity, const ZmqSocket::Bytes& bytes);
  void reach(const WorkerId& worker, bool is);

  std::mutex mutex_;
  std::unordered_set<WorkerId> reachable_;  // guarded by mutex_

  // Of the thread.
  std::unique_ptr<ZmqSocket> socket_;
  bool more_ = false;    // there may be more to read
  TimePoint read_{};     // when the last message was
  bool gather_ = false;  // before the next look
  TimePoint tick_due_{};
  TimePoint look_due_{};
  TimePoint complaint_due_{};
  Refusals refusals_;
  WorkerPeers peers_;

  std::thread thread_;  // last: it uses all of the above
};

void ZmqFleetLink::Wire::run() {
  for (bool last = false; !last;) {
    auto [mail, closed] = outbox.take();
    last = closed;
    for (ForWorker& each : mail) send(each);
    if (last) break;
    const TimePoint now = read_clock();
    receive(now);
    refusals_.add(socket_->notices());
    // Peers are read in turn: after a while, each had its turn although there is more.
    if (look_due_ <= now && (!more_ || look_due_ + kTick <= now)) cut_endless(now);
    if (tick_due_ <= now) {
      tick_due_ = now + kTick;
      refusals_.say(now);
      peers_.tick(now);
      inbox->send_off();
    }
    rest();
  }
  socket_.reset();  // what was sent leaves
}

void ZmqFleetLink::Wire::rest() {
  if (gather_) return std::this_thread::sleep_for(kGather);
  socket_->wait(outbox.bell(), more_ ? Duration{} : std::min(tick_due_, look_due_) - read_clock());
}

void ZmqFleetLink::Wire::receive(TimePoint now) {
  int read = 0;
  while (const auto received = socket_->receive()) {
    peers_.receive(received->peer, received->bytes, received->whole, now, calendar_seconds());
    if (++read == kReadAtOnce) break;
  }
  more_ = read == kReadAtOnce;
  gather_ = read > 0 && !more_ && now - std::exchange(read_, now) < 2 * kGather;
  if (read > 0) inbox->send_off();
}

void ZmqFleetLink::Wire::cut_endless(TimePoint now) {
  look_due_ = now + kLookForEndless;
  const unsigned count = socket_->cut_endless();
  if (count == 0) return;
  log(LogLevel::Warning, kLogger,
      fmt::format("Cut {} connection{}: more than {} MiB came without the end of a message", count,
                  count > 1 ? "s" : "", ZmqSocket::kMasterMessageBytes >> 20));
}

void ZmqFleetLink::Wire::send(ForWorker& mail) {
  if (auto* const order = std::get_if<Spawn>(&mail.message)) {
    order->delayed(read_clock() - mail.written);
  }
  peers_.send(mail.worker, mail.message, calendar_seconds());
}

void ZmqFleetLink::Wire::send(std::string_view identity, const ZmqSocket::Bytes& bytes) {
  switch (socket_->send(identity, bytes)) {
    case ZmqSocket::Sent::Yes:
      return;
    case ZmqSocket::Sent::NoSuchPeer:
      return log(LogLevel::Debug, kLogger, "A message was not sent: its worker is not connected");
    case ZmqSocket::Sent::QueueFull:
      const TimePoint now = read_clock();
      if (now < complaint_due_) return;
      complaint_due_ = now + seconds{1};
      log(LogLevel::Warning, kLogger,
          fmt::format("A message was not sent: worker {} takes none", identity));
  }
}

void ZmqFleetLink::Wire::reach(const WorkerId& worker, bool is) {
  const std::lock_guard lock(mutex_);
  if (is) {
    reachable_.insert(worker);
  } else {
    reachable_.erase(worker);
  }
}

Result<std::unique_ptr<ZmqFleetLink>> ZmqFleetLink::bind(Loop& loop, Settings settings) {
  SWARM_TRY_ASSIGN(auto socket,
                   ZmqSocket::bind({settings.host, settings.port, "", settings.token}));
  if (!settings.token && !is_loopback(settings.host)) {
    log(LogLevel::Warning, kLogger,
        fmt::format("Whoever reaches port {} of this machine can join and read along: encrypt with "
                    "`swarm token` and --join-token-file, or see --master-bind-host",
                    socket->port()));
  }
  auto wire = std::make_unique<Wire>(loop, std::move(socket), settings);
  return std::unique_ptr<ZmqFleetLink>(new ZmqFleetLink(std::move(wire)));
}

ZmqFleetLink::ZmqFleetLink(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}
ZmqFleetLink::~ZmqFleetLink() = default;

std::uint16_t ZmqFleetLink::port() const { return wire_->port; }

Result<void> ZmqFleetLink::send(const WorkerId& worker, ToWorker message) {
  if (!wire_->reaches(worker)) return Error{"no worker " + worker + " is connected"};
  wire_->outbox.put({worker, std::move(message), wire_->loop.now()});
  return {};
}

void ZmqFleetLink::on_receive(std::function<void(const WorkerId&, ToMaster)> receiver) {
  if (!receiver) return wire_->inbox->set_receiver(nullptr);
  wire_->inbox->set_receiver([receiver = std::move(receiver)](Wire::FromWorker mail) {
    receiver(mail.first, std::move(mail.second));
  });
}

}  // namespace swarm::proto
