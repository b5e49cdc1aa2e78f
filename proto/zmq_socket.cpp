#include "proto/zmq_socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>
#include <zmq.hpp>

#include "proto/zmq_address.h"
#include "proto/zmq_unfinished.h"

namespace swarm::proto {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kMonitor = "inproc://swarm.monitor";
constexpr auto kZap = "inproc://zeromq.zap.01";
// Joining takes a few round trips; thousands of workers may do it at once.
constexpr int kBacklog = 4096;
// Messages towards, or from, one peer. A worker has a few under way; what a peer does not read, or
// sends without end, must not pile up here.
constexpr int kQueued = 10'000;
constexpr int kUnread = 64;
// Nothing is heard of a master although it is asked every kPing: the connection is made anew. The
// master closes one that it heard nothing on for kSilence.
constexpr milliseconds kPing{5000};
constexpr milliseconds kPong{10000};
constexpr milliseconds kSilence{30000};
constexpr milliseconds kConnect{3000};
constexpr milliseconds kReconnectFirst{100};
constexpr milliseconds kReconnectLast{2000};
// Of a message of the largest size: its frames' heads, the identity, what encryption adds.
constexpr std::size_t kAroundMessage = std::size_t{1} << 20;

int count(milliseconds duration) { return static_cast<int>(duration.count()); }

Error bind_error(const ZmqSocket::Settings& settings, int error) {
  const std::string where = fmt::format("{}:{}", settings.host, settings.port);
  switch (error) {
    case EADDRINUSE:
      return {
          fmt::format("cannot listen for workers on {}: another program has the port; choose "
                      "another one with --master-bind-port",
                      where)};
    case EADDRNOTAVAIL:
    case ENODEV:
    case EINVAL:
      return {
          fmt::format("cannot listen for workers on {}: that is no address of this machine; "
                      "see --master-bind-host",
                      where)};
    default:
      return {fmt::format("cannot listen for workers on {}: {}", where, zmq_strerror(error))};
  }
}

void release_bytes(void*, void* hint) { delete static_cast<ZmqSocket::Bytes*>(hint); }

zmq::message_t message_of(const ZmqSocket::Bytes& bytes) {
  // Below this, a copy is cheaper than a second owner.
  static constexpr std::size_t kShared = 4096;
  if (bytes->size() < kShared) return {bytes->data(), bytes->size()};
  auto owner = std::make_unique<ZmqSocket::Bytes>(bytes);
  // ZeroMQ does not write there.
  zmq::message_t message(const_cast<char*>(bytes->data()), bytes->size(), release_bytes,
                         owner.get());
  owner.release();
  return message;
}

}  // namespace

struct ZmqSocket::State {
  // Sockets are closed before the context that they live in.
  zmq::context_t context{1};
  zmq::socket_t zap;  // a master's with a token: asked who may join
  zmq::socket_t socket;
  zmq::socket_t monitor;
  const bool master;
  std::string joining_key;               // bytes: whoever has it may join
  std::optional<Unfinished> unfinished;  // a master's
  zmq::message_t peer;
  zmq::message_t bytes;

  State(zmq::socket_type type, const Settings& settings)
      : socket(context, type), master(type == zmq::socket_type::router) {
    socket.set(zmq::sockopt::linger, count(kLinger));
    socket.set(zmq::sockopt::tcp_keepalive, 1);
    socket.set(zmq::sockopt::tcp_keepalive_idle, 30);
    socket.set(zmq::sockopt::tcp_keepalive_intvl, 5);
    socket.set(zmq::sockopt::tcp_keepalive_cnt, 4);
    // What nobody acknowledges for so long has no reader any more.
    socket.set(zmq::sockopt::tcp_maxrt, count(kSilence));
    socket.set(zmq::sockopt::sndhwm, kQueued);
    socket.set(zmq::sockopt::rcvhwm, kUnread);
    if (master) {
      as_master(settings);
    } else {
      as_worker(settings);
    }
    watch();
  }

  void as_master(const Settings& settings) {
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(kMasterMessageBytes));
    socket.set(zmq::sockopt::backlog, kBacklog);
    socket.set(zmq::sockopt::router_mandatory, true);
    // A worker that comes back by another connection is heard on that one: the old one may be
    // half-open for a long time.
    socket.set(zmq::sockopt::router_handover, true);
    socket.set(zmq::sockopt::ipv6, speaks_ipv6());
    if (!settings.token) return;
    const Token::KeyPair keys = settings.token->master_keys();
    socket.set(zmq::sockopt::curve_server, true);
    socket.set(zmq::sockopt::curve_secretkey, keys.secret_key);
    socket.set(zmq::sockopt::zap_domain, "swarm");
    std::array<std::uint8_t, 32> key{};
    zmq_z85_decode(key.data(), settings.token->worker_keys().public_key.c_str());
    joining_key.assign(key.begin(), key.end());
    zap = zmq::socket_t(context, zmq::socket_type::rep);
    zap.set(zmq::sockopt::linger, 0);
    zap.bind(kZap);
  }

  void as_worker(const Settings& settings) {
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(kWorkerMessageBytes));
    socket.set(zmq::sockopt::immediate, true);
    socket.set(zmq::sockopt::routing_id, settings.identity);
    socket.set(zmq::sockopt::heartbeat_ivl, count(kPing));
    socket.set(zmq::sockopt::heartbeat_timeout, count(kPong));
    socket.set(zmq::sockopt::heartbeat_ttl, count(kSilence));
    socket.set(zmq::sockopt::connect_timeout, count(kConnect));
    socket.set(zmq::sockopt::reconnect_ivl, count(kReconnectFirst));
    socket.set(zmq::sockopt::reconnect_ivl_max, count(kReconnectLast));
    // ZeroMQ tries one address of a name only: masters listen on IPv4 in any case.
    socket.set(zmq::sockopt::ipv6, !has_ipv4(settings.host));
    if (!settings.token) return;
    const Token::KeyPair keys = settings.token->worker_keys();
    socket.set(zmq::sockopt::curve_serverkey, settings.token->master_keys().public_key);
    socket.set(zmq::sockopt::curve_publickey, keys.public_key);
    socket.set(zmq::sockopt::curve_secretkey, keys.secret_key);
  }

  void watch() {
    const int failures = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                         ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
    const int coming = master ? ZMQ_EVENT_ACCEPTED : ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
    if (zmq_socket_monitor(socket.handle(), kMonitor, failures | coming | ZMQ_EVENT_DISCONNECTED) !=
        0) {
      throw zmq::error_t();
    }
    monitor = zmq::socket_t(context, zmq::socket_type::pair);
    monitor.set(zmq::sockopt::linger, 0);
    // ZeroMQ's thread would wait for the reader, and all connections with it.
    monitor.set(zmq::sockopt::rcvhwm, 0);
    monitor.connect(kMonitor);
  }

  // Who asks has shown that he has the secret to the key that he shows.
  void answer_zap() {
    std::vector<std::string> frames;
    for (zmq::message_t frame; zap.recv(frame, zmq::recv_flags::dontwait);) {
      frames.push_back(frame.to_string());
      if (frame.more()) continue;
      const bool known = frames.size() == 7 && frames[5] == "CURVE" && frames[6] == joining_key;
      const std::string request = frames.size() > 1 ? frames[1] : "";
      const std::array<std::string, 6> answer{
          "1.0", request, known ? "200" : "400", known ? "OK" : "another token", "", ""};
      for (std::size_t at = 0; at < answer.size(); ++at) {
        const bool more = at + 1 < answer.size();
        zap.send(zmq::buffer(answer[at]), more ? zmq::send_flags::sndmore : zmq::send_flags::none);
      }
      frames.clear();
    }
  }
};

ZmqSocket::ZmqSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}

ZmqSocket::~ZmqSocket() {
  // Closing the context waits for what lingers.
  state_->monitor.close();
  state_->zap.close();
  state_->socket.close();
}

void ZmqSocket::hurry() { zmq_setsockopt(state_->socket.handle(), ZMQ_LINGER, "\0\0\0", 4); }

Result<std::unique_ptr<ZmqSocket>> ZmqSocket::bind(const Settings& settings) {
  try {
    auto state = std::make_unique<State>(zmq::socket_type::router, settings);
    state->socket.bind(tcp_endpoint(numeric_address(settings.host), settings.port));
    std::unique_ptr<ZmqSocket> socket(new ZmqSocket(std::move(state)));
    socket->state_->unfinished.emplace(socket->port(), kMasterMessageBytes + kAroundMessage);
    return socket;
  } catch (const zmq::error_t& error) {
    return bind_error(settings, error.num());
  }
}

Result<std::unique_ptr<ZmqSocket>> ZmqSocket::connect(const Settings& settings) {
  try {
    auto state = std::make_unique<State>(zmq::socket_type::dealer, settings);
    state->socket.connect(tcp_endpoint(settings.host, settings.port));
    return std::unique_ptr<ZmqSocket>(new ZmqSocket(std::move(state)));
  } catch (const zmq::error_t& error) {
    return Error{fmt::format("cannot connect to a master at {}:{}: {}", settings.host,
                             settings.port, error.what())};
  }
}

std::uint16_t ZmqSocket::port() const {
  const std::string bound = state_->socket.get(zmq::sockopt::last_endpoint);
  return static_cast<std::uint16_t>(std::stoul(bound.substr(bound.rfind(':') + 1)));
}

void ZmqSocket::wait(const Bell& bell, Duration longest) {
  std::array<zmq::pollitem_t, 4> items{{{state_->socket.handle(), 0, ZMQ_POLLIN, 0},
                                        {nullptr, bell.fd(), ZMQ_POLLIN, 0},
                                        {state_->monitor.handle(), 0, ZMQ_POLLIN, 0},
                                        {state_->zap.handle(), 0, ZMQ_POLLIN, 0}}};
  const auto whole_ms = std::chrono::ceil<milliseconds>(std::max(longest, Duration{}));
  try {
    zmq::poll(items.data(), state_->zap.handle() != nullptr ? 4 : 3, whole_ms);
    if (items[3].revents != 0) state_->answer_zap();
  } catch (const zmq::error_t&) {
    // A signal: the caller looks at everything anyway.
  }
}

std::optional<ZmqSocket::Received> ZmqSocket::receive() {
  State& state = *state_;
  try {
    zmq::message_t& first = state.master ? state.peer : state.bytes;
    if (!state.socket.recv(first, zmq::recv_flags::dontwait)) return std::nullopt;
    Received received;
    bool more = first.more();
    if (state.master) {
      received.whole = more && state.socket.recv(state.bytes, zmq::recv_flags::dontwait);
      more = received.whole && state.bytes.more();
      received.peer = state.peer.to_string_view();
      if (received.whole) state.unfinished->heard(zmq_msg_get(state.bytes.handle(), ZMQ_SRCFD));
    }
    if (more) received.whole = false;
    for (zmq::message_t rest; more; more = rest.more()) {
      if (!state.socket.recv(rest, zmq::recv_flags::dontwait)) break;
    }
    if (received.whole) received.bytes = state.bytes.to_string_view();
    return received;
  } catch (const zmq::error_t&) {
    return std::nullopt;
  }
}

ZmqSocket::Sent ZmqSocket::send(std::string_view peer, const Bytes& bytes) {
  State& state = *state_;
  try {
    const auto flags = zmq::send_flags::dontwait;
    if (state.master && !state.socket.send(zmq::buffer(peer), flags | zmq::send_flags::sndmore)) {
      return Sent::QueueFull;
    }
    return state.socket.send(message_of(bytes), flags) ? Sent::Yes : Sent::QueueFull;
  } catch (const zmq::error_t& error) {
    return error.num() == EHOSTUNREACH ? Sent::NoSuchPeer : Sent::QueueFull;
  }
}

ZmqSocket::Notices ZmqSocket::notices() {
  Notices notices;
  try {
    for (zmq::message_t event, where;
         state_->monitor.recv(event, zmq::recv_flags::dontwait) && event.size() >= 6;) {
      std::uint16_t kind = 0;
      std::uint32_t value = 0;
      std::memcpy(&kind, event.data(), sizeof kind);
      std::memcpy(&value, event.data<char>() + sizeof kind, sizeof value);
      while (event.more() && state_->monitor.recv(where, zmq::recv_flags::dontwait) && where.more())
        ;
      switch (kind) {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
          notices.joined = true;
          notices.lost = false;
          break;
        case ZMQ_EVENT_ACCEPTED:
          state_->unfinished->accepted(static_cast<int>(value));
          break;
        case ZMQ_EVENT_DISCONNECTED:
          if (state_->unfinished) state_->unfinished->closed(static_cast<int>(value));
          notices.lost = true;
          notices.joined = false;
          break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
          ++notices.wrong_keys;
          break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
          if (value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH) {
            ++notices.other_security;
          } else if (value == ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC) {
            ++notices.wrong_keys;
          } else {
            ++notices.broken;
          }
          break;
        default:
          ++notices.broken;
      }
    }
  } catch (const zmq::error_t&) {
    // Only what was noticed so far.
  }
  return notices;
}

unsigned ZmqSocket::cut_endless() { return state_->unfinished->shut_down(); }

}  // namespace swarm::proto
