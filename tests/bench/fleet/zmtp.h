#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The little of ZeroMQ's own protocol that a DEALER without encryption needs: thousands of them fit
// into one process so, where a library would need a thread's attention and its buffers for each.
// Source  ZMTP 3.0 (RFC 23), the NULL mechanism; PING of 3.1 is answered
namespace swarm::bench {

// What a peer sends first.
inline std::string zmtp_greeting() {
  std::string bytes("\xff\0\0\0\0\0\0\0\0\x7f\x03\0NULL", 16);
  bytes.resize(64, '\0');
  return bytes;
}

inline std::string zmtp_frame(std::uint8_t flags, std::string_view body) {
  std::string frame;
  if (body.size() <= 255) {
    frame = {static_cast<char>(flags), static_cast<char>(body.size())};
  } else {
    frame = {static_cast<char>(flags | 2)};
    for (int shift = 56; shift >= 0; shift -= 8) {
      frame += static_cast<char>(body.size() >> shift);
    }
  }
  return frame += body;
}

inline std::string zmtp_message(std::string_view body) { return zmtp_frame(0, body); }

inline std::string zmtp_ready(std::string_view identity) {
  const auto property = [](std::string_view name, std::string_view value) {
    std::string bytes{static_cast<char>(name.size())};
    bytes += name;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value.size() >> shift);
    return bytes += value;
  };
  return zmtp_frame(4,
                    "\5READY" + property("Socket-Type", "DEALER") + property("Identity", identity));
}

// Takes a peer's bytes apart.
class ZmtpReader {
 public:
  struct Frame {
    bool command = false;
    std::string body;
  };

  void add(std::string_view bytes) { bytes_ += bytes; }
  // The next whole frame behind the greeting.
  std::optional<Frame> next() {
    if (!greeted_) {
      if (bytes_.size() < 64) return std::nullopt;
      at_ = 64;
      greeted_ = true;
    }
    const std::string_view rest = std::string_view(bytes_).substr(at_);
    const bool is_long = !rest.empty() && (rest[0] & 2) != 0;
    const std::size_t head = is_long ? 9 : 2;
    if (rest.size() < head) return compact();
    std::size_t size = 0;
    for (std::size_t i = 1; i < head; ++i) size = size << 8 | static_cast<std::uint8_t>(rest[i]);
    if (rest.size() < head + size) return compact();
    at_ += head + size;
    return Frame{(rest[0] & 4) != 0, std::string(rest.substr(head, size))};
  }

 private:
  std::nullopt_t compact() {
    bytes_.erase(0, at_);
    at_ = 0;
    return std::nullopt;
  }

  std::string bytes_;
  std::size_t at_ = 0;
  bool greeted_ = false;
};

}  // namespace swarm::bench
