// Plays any number of workers to a real master, in one process, and says as JSON what reached them
// and when. Ends when the master has sent all away, or after --seconds.
//
//   fleet_simulator PORT WORKERS --join SECONDS --seconds SECONDS [--locust] [--endpoints N [--of
//   M]]

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/clock.h"
#include "tests/bench/fleet/simulated_worker.h"

namespace swarm::bench {
namespace {

using namespace std::chrono_literals;

struct Arguments {
  int port = 0;
  std::size_t workers = 0;
  double join_s = 1;
  double seconds = 60;
  SimulatedWorker::Settings worker;
};

Arguments read(int argc, char** argv) {
  Arguments given;
  std::vector<std::string> words(argv + 1, argv + argc);
  std::size_t place = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto value = [&] { return std::atof(words.at(++i).c_str()); };
    if (words[i] == "--join") {
      given.join_s = value();
    } else if (words[i] == "--seconds") {
      given.seconds = value();
    } else if (words[i] == "--endpoints") {
      given.worker.endpoints = static_cast<std::size_t>(value());
      given.worker.of = std::max(given.worker.of, given.worker.endpoints);
    } else if (words[i] == "--of") {
      given.worker.of = static_cast<std::size_t>(value());
    } else if (words[i] == "--locust") {
      given.worker.locust = true;
      given.worker.interval = 3s;
    } else {
      const int number = std::atoi(words[i].c_str());
      if (place++ == 0) given.port = number;
      if (place == 2) given.workers = static_cast<std::size_t>(number);
    }
  }
  return given;
}

// Reads what has come, and says when the last of it came, by the kernel's clock: one process plays
// all workers, and the time that it needs for the others is not this one's delay.
ssize_t receive(int fd, std::vector<char>& buffer, TimePoint& arrived) {
  alignas(cmsghdr) char control[256];
  iovec place{.iov_base = buffer.data(), .iov_len = buffer.size()};
  msghdr message{};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t got = ::recvmsg(fd, &message, MSG_DONTWAIT);
  arrived = read_clock();
  for (cmsghdr* each = CMSG_FIRSTHDR(&message); got > 0 && each != nullptr;
       each = CMSG_NXTHDR(&message, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec then{};
    std::memcpy(&then, CMSG_DATA(each), sizeof then);
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const auto ago = std::chrono::seconds{now.tv_sec - then.tv_sec} +
                     std::chrono::nanoseconds{now.tv_nsec - then.tv_nsec};
    arrived -= std::max<Duration>(ago, Duration{});
  }
  return got;
}

class Fleet {
 public:
  explicit Fleet(const Arguments& given) : given_(given), epoll_(::epoll_create1(0)) {}

  void run() {
    const TimePoint start = read_clock();
    const TimePoint end =
        start + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(given_.seconds));
    std::size_t gone = 0;
    while (read_clock() < end && gone < given_.workers) {
      join(start);
      serve(next_wait());
      const TimePoint now = read_clock();
      while (!due_.empty() && due_.top().at <= now) {
        const Due due = due_.top();
        due_.pop();
        Peer& peer = *peers_[due.peer];
        if (peer.fd < 0 || due.at != peer.queued) continue;
        peer.queued = TimePoint::max();
        peer.worker.tick(now);
        settle(due.peer);
      }
      gone = gone_;
    }
  }

  const FleetLog& log() const { return log_; }

 private:
  struct Peer {
    Peer(std::string id, unsigned seed, const SimulatedWorker::Settings& settings, FleetLog& log)
        : worker(std::move(id), seed, settings, log) {}
    SimulatedWorker worker;
    int fd = -1;
    TimePoint queued = TimePoint::max();
    bool wants_out = false;
  };
  struct Due {
    TimePoint at;
    std::size_t peer;
    friend bool operator<(const Due& a, const Due& b) { return a.at > b.at; }
  };

  // Evenly over the time to join.
  void join(TimePoint start) {
    const double passed = std::chrono::duration<double>(read_clock() - start).count();
    const double part = given_.join_s <= 0 ? 1 : std::min(1.0, passed / given_.join_s);
    const auto wanted = static_cast<std::size_t>(part * static_cast<double>(given_.workers));
    while (peers_.size() < wanted) connect_one();
  }

  void connect_one() {
    const std::size_t index = peers_.size();
    char id[64];
    std::snprintf(id, sizeof id, "host%zu_%032zx", index / 8, index);
    peers_.push_back(
        std::make_unique<Peer>(id, static_cast<unsigned>(index + 1), given_.worker, log_));
    Peer& peer = *peers_.back();
    peer.fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const int one = 1;
    ::setsockopt(peer.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    ::setsockopt(peer.fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(given_.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(peer.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      std::perror("connect");
      std::exit(1);
    }
    epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, peer.fd, &event);
    peer.worker.connected();
    settle(index);
  }

  int next_wait() const {
    if (peers_.size() < given_.workers) return 1;
    if (due_.empty()) return 100;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(due_.top().at - read_clock());
    return static_cast<int>(std::clamp<std::int64_t>(wait.count(), 0, 100));
  }

  void serve(int wait_ms) {
    epoll_event events[512];
    const int count = ::epoll_wait(epoll_, events, 512, wait_ms);
    static std::vector<char> buffer(1 << 18);
    for (int i = 0; i < count; ++i) {
      const std::size_t index = events[i].data.u64;
      Peer& peer = *peers_[index];
      if ((events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
        TimePoint arrived;
        const ssize_t got = receive(peer.fd, buffer, arrived);
        if (got == 0 || (got < 0 && errno != EAGAIN)) {
          close_peer(peer);
          continue;
        }
        if (got > 0) {
          peer.worker.receive({buffer.data(), static_cast<std::size_t>(got)}, arrived);
        }
      }
      settle(index);
    }
  }

  // Sends what can be sent, and notes when the worker has something to do.
  void settle(std::size_t index) {
    Peer& peer = *peers_[index];
    std::string& out = peer.worker.output();
    while (!out.empty()) {
      const ssize_t sent = ::send(peer.fd, out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent <= 0) break;
      out.erase(0, static_cast<std::size_t>(sent));
    }
    if (peer.worker.gone() && out.empty()) return close_peer(peer);
    if (const bool wants_out = !out.empty(); wants_out != peer.wants_out) {
      peer.wants_out = wants_out;
      epoll_event event{.events = EPOLLIN | (wants_out ? EPOLLOUT : 0U), .data = {.u64 = index}};
      ::epoll_ctl(epoll_, EPOLL_CTL_MOD, peer.fd, &event);
    }
    const TimePoint due = peer.worker.due();
    if (due < peer.queued) {
      peer.queued = due;
      due_.push({due, index});
    }
  }

  void close_peer(Peer& peer) {
    ::close(peer.fd);
    peer.fd = -1;
    ++gone_;
  }

  const Arguments given_;
  const int epoll_;
  FleetLog log_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::priority_queue<Due> due_;
  std::size_t gone_ = 0;
};

void print(const FleetLog& log) {
  const auto arrivals = [](const FleetLog::Arrivals& each) {
    std::printf("{\"first_s\": %.6f, \"last_s\": %.6f, \"count\": %llu}", each.first_s, each.last_s,
                static_cast<unsigned long long>(each.count));
  };
  std::printf("{\"acks\": ");
  arrivals(log.acks);
  std::printf(", \"stops\": ");
  arrivals(log.stops);
  std::printf(", \"orders\": [");
  bool first = true;
  for (const auto& [number, each] : log.orders) {
    if (!std::exchange(first, false)) std::printf(", ");
    arrivals(each);
  }
  std::printf("], \"changes\": [");
  first = true;
  for (const auto& [ms, classes] : log.changes) {
    for (const auto& [name, users] : classes) {
      if (users == 0) continue;
      if (!std::exchange(first, false)) std::printf(", ");
      std::printf("[%lld, \"%s\", %lld]", static_cast<long long>(ms), name.c_str(),
                  static_cast<long long>(users));
    }
  }
  std::printf(
      "], \"reports\": %llu, \"acknowledged\": %llu, \"requests\": %llu, \"unreadable\": %llu}\n",
      static_cast<unsigned long long>(log.reports),
      static_cast<unsigned long long>(log.acknowledged),
      static_cast<unsigned long long>(log.requests),
      static_cast<unsigned long long>(log.unreadable));
}

}  // namespace
}  // namespace swarm::bench

int main(int argc, char** argv) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (argc < 3) {
    std::fprintf(stderr,
                 "usage: fleet_simulator PORT WORKERS [--join S] [--seconds S] [--locust]\n");
    return 2;
  }
  swarm::bench::Fleet fleet(swarm::bench::read(argc, argv));
  fleet.run();
  swarm::bench::print(fleet.log());
}
