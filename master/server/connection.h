#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "common/net_fwd.h"
#include "master/server/live_hub.h"
#include "master/server/web_site.h"

namespace boost::asio::ssl {
class context;
}

namespace swarm::master {

// What one client may take of the server.
struct WebLimits {
  std::size_t header_bytes = 8 * 1024;
  std::size_t body_bytes = 256 * 1024;
  std::size_t message_bytes = 16 * 1024;           // of a WebSocket, from the page
  std::size_t connections = 256;                   // at a time
  std::size_t viewers = 64;                        // of them
  std::chrono::milliseconds request_time{10'000};  // for a request to arrive
  std::chrono::milliseconds answer_time{30'000};   // for its answer to be made, and to be read
  std::chrono::milliseconds keep_alive{60'000};    // between two requests
};

// What all connections of a server share.
struct WebHouse {
  boost::asio::io_context& io;
  boost::asio::ssl::context* tls;  // null: none
  WebSite& site;
  LiveHub& hub;
  WebLimits limits;
  std::size_t connections = 0;
};

// Serves one client until it is done, or too slow, or sends what is no HTTP. `socket` is a
// descriptor that is connected, and this function's to close.
// Thread  the server's
// Errors  none: what a client does wrong ends its connection
void serve_connection(const std::shared_ptr<WebHouse>& house, int socket, bool ipv6,
                      std::string peer);

}  // namespace swarm::master
