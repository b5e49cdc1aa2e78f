// A target that knows how long it took: the truth that a load generator's figures are held against.
//
//   stamper --port N [--delay-us D]
//
// Answers each request D microseconds after it came. A request came when the kernel put its bytes
// into the socket (SO_TIMESTAMPNS), however late they are read here; an answer went when send(),
// which on loopback puts it into the client's socket, returned. The time between is what a client
// that is never late would measure. Ended by SIGTERM, it prints one line of JSON: how many requests
// were answered, and percentiles of those times, each at rank int(n * p), in milliseconds.
//
// Errors  anything unexpected ends the program: an instrument that is out of order says nothing
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <string_view>
#include <vector>

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;  // every time here is in nanoseconds
constexpr std::size_t kMostDescriptors = 65'536;
constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n"
    R"({"status":"success!!"})";

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "stamper: %s%s%s\n", what, errno ? ": " : "",
               errno ? std::strerror(errno) : "");
  std::exit(1);
}

int checked(int result, const char* what) {
  if (result < 0) die(what);
  return result;
}

std::int64_t in_nanoseconds(const timespec& t) { return t.tv_sec * kSecond + t.tv_nsec; }

// The kernel's stamps are of this clock.
std::int64_t now() {
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return in_nanoseconds(t);
}

void set(int fd, int level, int option) {
  const int on = 1;
  checked(setsockopt(fd, level, option, &on, sizeof on), "setsockopt");
}

class Stamper {
 public:
  Stamper(int port, std::int64_t delay) : delay_(delay), listener_(listen_on(port)) {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, nullptr);
    end_ = checked(signalfd(-1, &ends, SFD_NONBLOCK), "signalfd");
    watch(listener_);
    watch(end_);
  }

  void run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const timespec timeout = until_next();
      const int count = epoll_pwait2(epoll_, events.data(), events.size(),
                                     waiting_.empty() ? nullptr : &timeout, nullptr);
      if (count < 0 && errno != EINTR) die("epoll_pwait2");
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == end_) return;
        fd == listener_ ? accept_all() : receive(fd);
      }
      answer_due();
    }
  }

  void report() {
    std::sort(taken_.begin(), taken_.end());
    std::printf(R"({"requests": %zu, "p50": %.6f, "p99": %.6f, "max": %.6f})"
                "\n",
                taken_.size(), milliseconds(0.5), milliseconds(0.99), milliseconds(1));
  }

 private:
  struct Waiting {
    int fd;
    std::uint32_t generation;
    std::int64_t came;
  };

  static int listen_on(int port) {
    const int fd = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    set(fd, SOL_SOCKET, SO_REUSEADDR);
    set(fd, SOL_SOCKET, SO_TIMESTAMPNS);  // those that it accepts have it from the first byte on
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    checked(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
    checked(listen(fd, 4096), "listen");
    return fd;
  }

  void watch(int fd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }

  timespec until_next() const {
    if (waiting_.empty()) return {};
    const std::int64_t left = std::max<std::int64_t>(waiting_.front().came + delay_ - now(), 0);
    return {left / kSecond, left % kSecond};
  }

  void accept_all() {
    for (int fd; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      if (static_cast<std::size_t>(fd) >= kMostDescriptors) die("too many connections");
      set(fd, IPPROTO_TCP, TCP_NODELAY);
      set(fd, SOL_SOCKET, SO_TIMESTAMPNS);
      watch(fd);
    }
  }

  // A request has no body and comes in one piece, and the next one only after its answer.
  void receive(int fd) {
    std::array<char, 4096> bytes;
    std::array<char, 256> control;
    iovec place{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &place;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t length = recvmsg(fd, &message, 0);
    if (length <= 0) {
      if (length < 0 && errno == EAGAIN) return;
      ++generations_[static_cast<std::size_t>(fd)];
      close(fd);
      return;
    }
    errno = 0;
    if (!std::string_view(bytes.data(), static_cast<std::size_t>(length)).ends_with("\r\n\r\n")) {
      die("a request in pieces or with a body");
    }
    waiting_.push_back({fd, generations_[static_cast<std::size_t>(fd)], stamp_of(message)});
  }

  static std::int64_t stamp_of(msghdr& message) {
    for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
      timespec stamp;
      std::memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
      return in_nanoseconds(stamp);
    }
    die("the kernel gave no time stamp");
  }

  // All wait equally long, so the first that came is the first that is due.
  void answer_due() {
    while (!waiting_.empty() && waiting_.front().came + delay_ <= now()) {
      const Waiting request = waiting_.front();
      waiting_.pop_front();
      if (generations_[static_cast<std::size_t>(request.fd)] != request.generation) continue;
      if (send(request.fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(kAnswer.size())) {
        continue;  // the client has gone
      }
      taken_.push_back(now() - request.came);
    }
  }

  double milliseconds(double p) const {
    if (taken_.empty()) return 0;
    const auto rank = static_cast<std::size_t>(static_cast<double>(taken_.size()) * p);
    return static_cast<double>(taken_[std::min(rank, taken_.size() - 1)]) / 1e6;
  }

  const std::int64_t delay_;
  const int epoll_ = checked(epoll_create1(0), "epoll_create1");
  const int listener_;
  int end_ = -1;
  std::deque<Waiting> waiting_;
  std::vector<std::uint32_t> generations_ = std::vector<std::uint32_t>(kMostDescriptors);
  std::vector<std::int64_t> taken_;
};

}  // namespace

int main(int argc, char** argv) {
  int port = 0;
  std::int64_t delay = 2'000'000;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--port") port = std::atoi(argv[i + 1]);
    if (name == "--delay-us") delay = std::int64_t{1000} * std::atoi(argv[i + 1]);
  }
  if (port == 0) die("usage: stamper --port N [--delay-us D]");
  Stamper stamper(port, delay);
  std::puts("ready");
  std::fflush(stdout);
  stamper.run();
  stamper.report();
  return 0;
}
