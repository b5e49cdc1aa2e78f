#include "cli/with_workers.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "cli/master_run.h"
#include "cli/reserved_port.h"
#include "common/log.h"
#include "common/loop.h"
#include "proto/zmq_link.h"

namespace swarm {
namespace {

constexpr std::string_view kLogger = "swarm.main";
constexpr int kFailed = 1;
constexpr int kNobody = -1;      // no descriptor
constexpr int kForEver = -1;     // ms
constexpr int kAbandoned = 130;  // a second Ctrl-C
// Workers that were sent away still run the hooks of their scenario.
constexpr int kLeaveMs = 10'000;
constexpr int kObeyMs = 5'000;
// In the end, all workers are gone a moment before their master is.
constexpr int kMasterEndsMs = 2'000;

int fail(const std::string& text) {
  log(LogLevel::Error, kLogger, text);
  return kFailed;
}

void log_end(const ChildWorkers::End& end) {
  if (end.signal != 0) {
    log(LogLevel::Error, kLogger,
        fmt::format("Child worker with pid #{} was killed by signal {} ({})", end.pid, end.signal,
                    ::strsignal(end.signal)));
  } else {
    log(end.code == 0 ? LogLevel::Debug : LogLevel::Error, kLogger,
        fmt::format("Child worker with pid #{} ended with exit code {}", end.pid, end.code));
  }
}

struct Start {
  const Arguments& arguments;
  ChildPlan plan;
  std::vector<std::string> names;  // of the children
  std::vector<std::string> variables{};
};

// Which process has which name.
using Names = std::map<pid_t, std::string>;

Result<Names> start_all(ChildWorkers& children, const Start& start) {
  SWARM_TRY_ASSIGN(const ChildCommand own, own_command(start.arguments, real_surroundings()));
  Names names;
  for (const std::string& name : start.names) {
    ChildCommand command = own;
    for (std::string& word : child_arguments(start.arguments, start.plan, name)) {
      command.words.push_back(std::move(word));
    }
    SWARM_TRY_ASSIGN(const pid_t pid, children.start(command, start.variables));
    log(LogLevel::Debug, kLogger, fmt::format("Started child worker with pid #{}", pid));
    names.emplace(pid, name);
  }
  return names;
}

// Those that are left get the chance to end, and another one by signal.
void end_all(ChildWorkers& children, int patience_ms) {
  for (const auto& [wait_ms, then] : {std::pair{patience_ms, SIGTERM}, {kObeyMs, SIGKILL}}) {
    while (children.alive() > 0) {
      const auto end = children.wait(kNobody, wait_ms);
      if (!end) break;
      log_end(*end);
    }
    children.signal(then);
  }
  while (children.alive() > 0) children.wait(kNobody, kForEver);
}

// What a master is told of its workers' ends, on its own thread.
class Tidings : public std::enable_shared_from_this<Tidings> {
 public:
  explicit Tidings(Loop& loop) : loop_(loop) {}

  LoadScenario noting(LoadScenario load) {
    return [self = shared_from_this(), load = std::move(load)](
               const Options& options, ScenarioHost& host, const RunControl& control) {
      self->control_ = &control;
      return load(options, host, control);
    };
  }
  // From any thread.
  void all_lost() {
    loop_.post([self = shared_from_this()] {
      if (self->control_ != nullptr) self->control_->quit();
    });
  }
  // The same; a moment later, since the last that it said may still be under way.
  void lost(const std::string& name) {
    loop_.post([self = shared_from_this(), name] {
      if (self->control_ == nullptr) return;
      auto later = std::make_unique<CallbackTimer>(
          self->loop_, [me = self.get(), name] { me->control_->worker_died(name); });
      later->schedule(self->loop_.now() + kUnderWay);
      self->timers_.push_back(std::move(later));
    });
  }
  // The run is over; on the loop's thread.
  void forget() {
    control_ = nullptr;
    timers_.clear();
  }

 private:
  static constexpr Duration kUnderWay = std::chrono::seconds{1};
  Loop& loop_;
  const RunControl* control_ = nullptr;  // on the loop's thread, as are the timers
  std::vector<std::unique_ptr<CallbackTimer>> timers_;
};

// Looks after a master's workers while the master is busy, on a thread of its own.
class Watchman {
 public:
  struct Outlets {
    std::function<void(pid_t)> lost;
    std::function<void()> all_lost;
  };

  Watchman(ChildWorkers& children, Outlets outlets)
      : children_(children), outlets_(std::move(outlets)), thread_([this] { watch(); }) {}
  ~Watchman() {
    ::eventfd_write(over_, 1);
    thread_.join();
    ::close(over_);
  }

 private:
  void watch() {
    while (children_.alive() > 0) {
      const auto end = children_.wait(over_, kForEver);
      if (!end) return;
      log_end(*end);
      if (end->code != 0) outlets_.lost(end->pid);
    }
    pollfd over{.fd = over_, .events = POLLIN, .revents = 0};
    if (::poll(&over, 1, kMasterEndsMs) == 0) outlets_.all_lost();
  }

  ChildWorkers& children_;
  const Outlets outlets_;
  const int over_ = ::eventfd(0, EFD_CLOEXEC);
  std::thread thread_;
};

// The port that the children are told. Without the reservation, it is the one that is asked for.
Result<std::optional<ReservedPort>> reserve_port(const Meeting& meeting, std::uint16_t wanted) {
  in_addr digits{};
  const std::string address = meeting.bind_host == "*" ? "0.0.0.0" : meeting.bind_host;
  if (::inet_pton(AF_INET, address.c_str(), &digits) != 1) {
    if (wanted != 0) return std::optional<ReservedPort>{};
    return Error{"argument --master-bind-port: name one, workers of --processes must know it"};
  }
  auto port = ReservedPort::take(address, wanted);
  if (!port && meeting.any_port) {
    log(LogLevel::Info, kLogger, port.error().message + "; taking another port");
    port = ReservedPort::take(address, 0);
  }
  if (!port) return port.error();
  return std::optional{std::move(*port)};
}

}  // namespace

int supervise_workers(const Arguments& arguments, const EarlyOptions& options,
                      std::uint32_t count) {
  sigset_t passed_on;
  ::sigemptyset(&passed_on);
  ::sigaddset(&passed_on, SIGINT);
  ::sigaddset(&passed_on, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &passed_on, nullptr);
  const int signals = ::signalfd(-1, &passed_on, SFD_CLOEXEC | SFD_NONBLOCK);

  // Their master lives elsewhere: they can still take leave of it.
  ChildWorkers children{SIGTERM};
  const Start start{
      .arguments = arguments, .plan = {}, .names = child_names(options.worker_id, count)};
  if (const auto started = start_all(children, start); !started) {
    const int code = fail(started.error().message);
    end_all(children, 0);
    return code;
  }
  while (children.alive() > 0) {
    if (const auto end = children.wait(signals, kForEver)) log_end(*end);
    signalfd_siginfo signal{};
    while (::read(signals, &signal, sizeof signal) == sizeof signal) {
      children.signal(static_cast<int>(signal.ssi_signo));
    }
  }
  ::close(signals);
  return children.code();
}

int run_master_with_workers(Options options, const Arguments& arguments, std::uint32_t count,
                            const FrontEnd& front_end) {
  const Surroundings around = real_surroundings();
  const Meeting meeting = meeting_of(options, arguments, around);
  const auto port = reserve_port(meeting, options.master_bind_port);
  if (!port) return fail(port.error().message);
  options.role = Role::Master;
  options.master_bind_host = meeting.bind_host;
  if (*port) options.master_bind_port = (*port)->port();
  if (!options.expect_workers) options.expect_workers = count;

  // A run without its master is nobody's.
  ChildWorkers children{SIGKILL};
  Start start{.arguments = arguments,
              .plan = {.master = {{meeting.host, options.master_bind_port}},
                       .locustfiles = found_locustfiles(options, arguments, around)},
              .names = child_names(options.worker_id, count),
              .variables = {"SWARM_MODE_MASTER=false"}};
  for (std::string& name : start.names) {
    if (name.empty()) name = proto::new_worker_id();
  }
  const auto names = start_all(children, start);
  if (!names) return fail(names.error().message);
  const LoopRunner runner = front_end.runner();
  const auto tidings = std::make_shared<Tidings>(runner.loop);
  int code = 0;
  {
    const auto lost = [&](pid_t pid) { tidings->lost(names->at(pid)); };
    const auto all_lost = [&] {
      if (!meeting.private_) return;
      fail("All workers of this process are gone: the run ends");
      tidings->all_lost();
    };
    const Watchman watchman{children, {.lost = lost, .all_lost = all_lost}};
    code = run_master(options, tidings->noting(front_end.load), runner);
    tidings->forget();
  }
  end_all(children, code == kAbandoned ? 0 : kLeaveMs);
  return std::max(code, children.code());
}

}  // namespace swarm
