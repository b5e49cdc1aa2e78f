#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace swarm::test {

// A worker's end of the wire without ZeroMQ: its bytes (ZMTP 3.0, no encryption) are the test's, so
// that they can be what no ZeroMQ sends.
class ZmtpPeer {
 public:
  ZmtpPeer(std::uint16_t port, std::string_view identity);
  ~ZmtpPeer();
  ZmtpPeer(const ZmtpPeer&) = delete;
  ZmtpPeer& operator=(const ZmtpPeer&) = delete;

  static std::string frame(std::string_view body, bool more);

  // False: the other end has closed.
  bool send(std::string_view bytes);
  // Reads until the other end closes. False: it went on for half a minute.
  bool is_cut();
  // Reads until `text` is there. False: the other end closed, or went on for half a minute.
  bool hears(std::string_view text);

 private:
  enum class Read { Bytes, Closed, Nothing };
  Read read();

  int socket_;
  std::string heard_;  // the last two reads
};

}  // namespace swarm::test
