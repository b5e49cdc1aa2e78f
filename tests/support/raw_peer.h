#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "proto/codec.h"

namespace swarm::test {

// One end of the wire that is the test: a ZeroMQ socket without anything of ours around it, which
// sends and receives whatever the test says.
class RawPeer {
 public:
  // A worker's end.
  RawPeer(std::uint16_t port, const std::string& identity) : socket_(context_, ZMQ_DEALER) {
    prepare();
    if (!identity.empty()) socket_.set(zmq::sockopt::routing_id, identity);
    socket_.connect("tcp://127.0.0.1:" + std::to_string(port));
  }
  // A master's end; port 0: any.
  explicit RawPeer(std::uint16_t port = 0) : socket_(context_, ZMQ_ROUTER) {
    prepare();
    socket_.set(zmq::sockopt::router_handover, true);
    socket_.bind("tcp://127.0.0.1:" + (port == 0 ? "*" : std::to_string(port)));
  }

  std::uint16_t port() const {
    const std::string bound = socket_.get(zmq::sockopt::last_endpoint);
    return static_cast<std::uint16_t>(std::stoul(bound.substr(bound.rfind(':') + 1)));
  }

  // `to`: of a master's end only.
  void send(const proto::Envelope& envelope, const std::string& to = "") {
    send_frames(to.empty() ? std::vector{proto::encode(envelope)}
                           : std::vector{to, proto::encode(envelope)});
  }
  void send_frames(const std::vector<std::string>& frames) {
    for (std::size_t at = 0; at < frames.size(); ++at) {
      socket_.send(zmq::buffer(frames[at]),
                   at + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
  }

  // Null: nothing came for `longest`. The envelope, and at a master's end who sent it.
  std::optional<std::pair<std::string, proto::Envelope>> receive(
      std::chrono::milliseconds longest) {
    socket_.set(zmq::sockopt::rcvtimeo, static_cast<int>(longest.count()));
    std::vector<std::string> frames;
    do {
      zmq::message_t frame;
      if (!socket_.recv(frame)) return std::nullopt;
      frames.push_back(frame.to_string());
    } while (socket_.get(zmq::sockopt::rcvmore));
    auto envelope = proto::decode(frames.back(), {.bytes = frames.back().size()});
    if (!envelope) return std::nullopt;
    return std::pair{frames.size() > 1 ? frames.front() : "", std::move(envelope).value()};
  }

  // The next of this type, within `longest`; others are skipped.
  std::optional<std::pair<std::string, proto::Envelope>> receive_type(
      const std::string& type, std::chrono::milliseconds longest = std::chrono::seconds{20}) {
    const auto end = std::chrono::steady_clock::now() + longest;
    while (std::chrono::steady_clock::now() < end) {
      auto received = receive(std::chrono::milliseconds{100});
      if (received && received->second.type == type) return received;
    }
    return std::nullopt;
  }

 private:
  void prepare() { socket_.set(zmq::sockopt::linger, 1000); }

  zmq::context_t context_;
  zmq::socket_t socket_;
};

}  // namespace swarm::test
