#pragma once

// The one door to Asio: for .cpp files only. Headers of ours name `boost::asio::io_context` by a
// forward declaration (common/net_fwd.h).

#include <utility>  // Boost 1.74's awaitable.hpp forgets it

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

namespace swarm {

namespace asio = boost::asio;
using error_code = boost::system::error_code;

}  // namespace swarm
