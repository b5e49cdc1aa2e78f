// The floor that swarm is compared with: the least that an epoll client can do for a request.
//
//   floor --port N [--host IP] [--connections N] [--seconds S] [--rate R] [--tls] [--path P]
//
// A closed loop: a connection sends again when its response is complete. With --rate, request k of
// the run is due at start + k/rate, on connection k % connections; one whose connection is busy
// goes out late, as soon as its response has come. The end of a response is found by its length,
// which the first answer tells and all later ones must match; a response may come in pieces.
// Prints one line of JSON; `interrupted` are the requests that had no complete answer at the end.
//
// Errors  anything unexpected ends the program: a floor has no error path to pay for
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;  // every time here is in nanoseconds

struct Options {
  std::string host = "127.0.0.1";
  int port = 0;
  int connections = 1;
  double seconds = 2;
  double rate = 0;  // requests/s over all connections; 0: saturated
  bool tls = false;
  std::string path = "/success";
};

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "floor: %s%s%s\n", what, errno ? ": " : "",
               errno ? std::strerror(errno) : "");
  std::exit(1);
}

std::int64_t now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * kSecond + t.tv_nsec;
}

// How late requests went out: one bucket a power of two, so that counting costs nothing.
struct Lag {
  std::array<std::uint64_t, 64> buckets{};
  std::uint64_t count = 0;
  std::int64_t max = 0;

  void add(std::int64_t lag) {
    ++buckets[std::bit_width(static_cast<std::uint64_t>(lag))];
    ++count;
    if (lag > max) max = lag;
  }
  // An upper bound of the percentile, at most twice its value.
  std::int64_t percentile(double p) const {
    auto rank = static_cast<std::uint64_t>(static_cast<double>(count) * p);
    for (std::size_t bits = 0; bits < buckets.size(); ++bits) {
      if (rank < buckets[bits]) return std::min((std::int64_t{1} << bits) - 1, max);
      rank -= buckets[bits];
    }
    return 0;
  }
};

// 64 KiB holds any response of the bench, so that one receive empties the socket.
std::array<char, 65536> buffer;

struct Plain {
  explicit Plain(int socket) : fd(socket) {}
  ssize_t receive() { return recv(fd, buffer.data(), buffer.size(), 0); }
  // Whether a receive of `n` bytes left nothing behind in the socket.
  static bool emptied(std::size_t n) { return n < buffer.size(); }
  void send(std::string_view request) {
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      die("a request was not sent whole");
    }
  }
  int fd;
};

struct Tls {
  explicit Tls(int socket) : fd(socket) {
    static SSL_CTX* const context = [] {
      SSL_CTX* made = SSL_CTX_new(TLS_client_method());
      // Reading ahead fetches a record's header and body with one system call, and the two
      // records of a 20 KB body as well.
      SSL_CTX_set_read_ahead(made, 1);
      SSL_CTX_set_default_read_buffer_len(made, 32768);
      return made;
    }();
    ssl.reset(SSL_new(context));
    SSL_set_fd(ssl.get(), fd);
    if (SSL_connect(ssl.get()) != 1) die("TLS handshake failed");
  }
  ssize_t receive() {
    const int n = SSL_read(ssl.get(), buffer.data(), buffer.size());
    if (n > 0) return n;
    if (SSL_get_error(ssl.get(), n) != SSL_ERROR_WANT_READ) return 0;
    errno = EAGAIN;
    return -1;
  }
  static bool emptied(std::size_t) { return false; }  // a record a call: only asking tells
  void send(std::string_view request) {
    if (SSL_write(ssl.get(), request.data(), static_cast<int>(request.size())) <= 0) {
      die("a request was not sent whole");
    }
  }
  int fd;
  struct Free {
    void operator()(SSL* unused) const { SSL_free(unused); }
  };
  std::unique_ptr<SSL, Free> ssl;
};

int open_socket(const Options& options) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) die("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(options.port));
  if (inet_pton(AF_INET, options.host.c_str(), &address.sin_addr) != 1) die("--host is no IPv4");
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("connect");
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

template <typename Transport>
class Floor {
 public:
  explicit Floor(const Options& options) : options_(options), epoll_(epoll_create1(0)) {
    request_ = "GET " + options.path + " HTTP/1.1\r\nHost: " + options.host + ":" +
               std::to_string(options.port) + "\r\nAccept: application/json\r\n\r\n";
    connections_.reserve(static_cast<std::size_t>(options.connections));
    for (int i = 0; i < options.connections; ++i) add_connection();
  }

  // Sends as fast as answers come, until `stop` is set by a signal: not even a clock is read.
  void saturate(const volatile std::sig_atomic_t& stop) {
    for (Connection& connection : connections_) send(connection);
    while (!stop) {
      const int n = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), -1);
      for (int i = 0; i < n; ++i) {
        Connection& connection = connections_[events_[static_cast<std::size_t>(i)].data.u32];
        if (response_complete(connection)) send(connection);
      }
    }
  }

  // Sends each request when it is due. One periodic timer tells, and the loop never spins. (In a
  // virtual machine setting a timer is dear. A timeout of epoll_pwait2 is set anew with each wait:
  // at 10,000 requests/s it cost 53 us a request instead of 48, at 50,000 the same.)
  void pace() {
    const auto interval = static_cast<std::int64_t>(static_cast<double>(kSecond) / options_.rate);
    const auto slots = static_cast<std::int64_t>(options_.seconds * options_.rate);
    const std::int64_t start = now() + interval;
    const int timer = start_timer(start, interval);
    std::int64_t slot = 0;  // the next request that is not due yet
    while (slot < slots) {
      const int n = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), -1);
      const std::int64_t t = now();
      std::uint64_t fallen_due = 0;
      for (int i = 0; i < n; ++i) {
        const std::uint32_t index = events_[static_cast<std::size_t>(i)].data.u32;
        if (index == kTimer) {
          if (read(timer, &fallen_due, sizeof fallen_due) < 0) die("timerfd");
          continue;
        }
        Connection& connection = connections_[index];
        // Its next request may have come due, and been passed over, while it was busy.
        if (response_complete(connection) && connection.slot < slot) {
          send_due(connection, t - start, interval);
        }
      }
      for (; fallen_due > 0 && slot < slots; --fallen_due, ++slot) {
        Connection& connection = connections_[static_cast<std::size_t>(slot) % connections_.size()];
        if (connection.remaining == 0) send_due(connection, t - start, interval);
      }
    }
  }

  std::uint64_t requests() const { return requests_; }
  std::uint64_t interrupted() const {
    std::uint64_t n = 0;
    for (const Connection& connection : connections_) n += connection.remaining != 0;
    return n;
  }
  const Lag& lag() const { return lag_; }

 private:
  struct Connection {
    Transport transport;
    std::size_t remaining = 0;  // bytes of the response that are still to come; 0: idle
    std::int64_t slot = 0;      // of its next paced request: due at start + slot * interval
  };

  static constexpr std::uint32_t kTimer = UINT32_MAX;

  int start_timer(std::int64_t first, std::int64_t interval) {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].slot = static_cast<std::int64_t>(i);
    }
    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    const itimerspec times{.it_interval = {interval / kSecond, interval % kSecond},
                           .it_value = {first / kSecond, first % kSecond}};
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.u32 = kTimer}};
    if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &times, nullptr) != 0 ||
        epoll_ctl(epoll_, EPOLL_CTL_ADD, timer, &event) != 0) {
      die("timerfd");
    }
    return timer;
  }

  // `t`, `interval`: since the first request was due, and between two, in ns.
  void send_due(Connection& connection, std::int64_t t, std::int64_t interval) {
    // `t` was read when the loop woke; requests that fell due since are sent by it as well.
    lag_.add(std::max<std::int64_t>(t - connection.slot * interval, 0));
    connection.slot += static_cast<std::int64_t>(connections_.size());
    send(connection);
  }

  // Blocking while it connects and learns the length, edge-triggered from then on.
  void add_connection() {
    const int fd = open_socket(options_);
    Connection& connection = connections_.emplace_back(Connection{Transport{fd}});
    if (length_ == 0) learn_length(connection);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) die("fcntl");
    epoll_event event{.events = EPOLLIN | EPOLLET,
                      .data = {.u32 = static_cast<std::uint32_t>(connections_.size() - 1)}};
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl");
  }

  void learn_length(Connection& connection) {
    connection.transport.send(request_);
    std::string answer;
    std::size_t length = 0;
    while (length == 0 || answer.size() < length) {
      const ssize_t n = connection.transport.receive();
      if (n <= 0) die("no whole first answer");
      answer.append(buffer.data(), static_cast<std::size_t>(n));
      const auto head = answer.find("\r\n\r\n");
      if (head == std::string::npos) continue;
      constexpr std::string_view kField = "Content-Length: ";
      const auto field = answer.find(kField);
      if (!answer.starts_with("HTTP/1.1 200") || field > head) die("first answer is not usable");
      length = head + 4 + std::strtoull(answer.c_str() + field + kField.size(), nullptr, 10);
    }
    length_ = length;
    ++requests_;
  }

  void send(Connection& connection) {
    connection.transport.send(request_);
    connection.remaining = length_;
  }

  // Receives what is there. An edge comes once, so a receive that may have left bytes behind is
  // repeated; past the end of a response there is nothing to look for, for nothing was asked.
  bool response_complete(Connection& connection) {
    while (true) {
      const ssize_t n = connection.transport.receive();
      if (n < 0 && errno == EAGAIN) return false;
      const auto got = static_cast<std::size_t>(n);
      if (n <= 0 || got > connection.remaining)
        die("the server closed, or sent what was not asked");
      connection.remaining -= got;
      if (connection.remaining == 0) {
        ++requests_;
        return true;
      }
      if (Transport::emptied(got)) return false;
    }
  }

  const Options& options_;
  int epoll_;
  std::string request_;
  std::size_t length_ = 0;  // of every response, head and body, bytes
  std::vector<Connection> connections_;
  std::array<epoll_event, 512> events_;
  std::uint64_t requests_ = 0;
  Lag lag_;
};

std::int64_t microseconds(const timeval& t) { return t.tv_sec * 1'000'000 + t.tv_usec; }

volatile std::sig_atomic_t time_is_up = 0;

void stop_after(double seconds) {
  std::signal(SIGALRM, [](int) { time_is_up = 1; });
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(seconds);
  timer.it_value.tv_usec =
      static_cast<suseconds_t>((seconds - static_cast<double>(timer.it_value.tv_sec)) * 1e6);
  setitimer(ITIMER_REAL, &timer, nullptr);
}

template <typename Transport>
void run(const Options& options) {
  Floor<Transport> floor(options);
  const std::int64_t started = now();
  if (options.rate > 0) {
    floor.pace();
  } else {
    stop_after(options.seconds);
    floor.saturate(time_is_up);
  }
  const std::int64_t ended = now();
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  const Lag& lag = floor.lag();
  std::printf(R"({"requests": %llu, "interrupted": %llu, "seconds": %.6f, "user_us": %lld, )"
              R"("system_us": %lld, "lag_us": {"p50": %.1f, "p99": %.1f, "max": %.1f}})"
              "\n",
              static_cast<unsigned long long>(floor.requests()),
              static_cast<unsigned long long>(floor.interrupted()),
              static_cast<double>(ended - started) / kSecond,
              static_cast<long long>(microseconds(used.ru_utime)),
              static_cast<long long>(microseconds(used.ru_stime)),
              static_cast<double>(lag.percentile(0.5)) / 1e3,
              static_cast<double>(lag.percentile(0.99)) / 1e3, static_cast<double>(lag.max) / 1e3);
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--tls") {
      options.tls = true;
      continue;
    }
    if (i + 1 == argc) die("an option lacks its value");
    const char* value = argv[++i];
    if (name == "--port")
      options.port = std::atoi(value);
    else if (name == "--host")
      options.host = value;
    else if (name == "--connections")
      options.connections = std::atoi(value);
    else if (name == "--seconds")
      options.seconds = std::atof(value);
    else if (name == "--rate")
      options.rate = std::atof(value);
    else if (name == "--path")
      options.path = value;
    else
      die("unknown option");
  }
  if (options.port <= 0 || options.connections <= 0) die("needs --port and --connections > 0");
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  if (options.tls) {
    run<Tls>(options);
  } else {
    run<Plain>(options);
  }
}
