#include "master/server/connection.h"

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>
#include <optional>
#include <utility>

#include "common/net.h"

namespace swarm::master {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

// Of one kind of executor: Beast's own aliases hold any, at several times the compiler's work.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Plain = beast::basic_stream<asio::ip::tcp, Executor>;
using Secure = beast::ssl_stream<Plain>;
using Parser = http::request_parser<http::string_body>;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

WebRequest request_of(const Parser::value_type& message, const std::string& peer) {
  return {.method = text(message.method_string()),
          .target = text(message.target()),
          .host = text(message[http::field::host]),
          .origin = text(message[http::field::origin]),
          .fetch_site = text(message["Sec-Fetch-Site"]),
          .cookie = text(message[http::field::cookie]),
          .content_type = text(message[http::field::content_type]),
          .accept = text(message[http::field::accept]),
          .accept_encoding = text(message[http::field::accept_encoding]),
          .if_none_match = text(message[http::field::if_none_match]),
          .body = message.body(),
          .peer = peer,
          .upgrade = websocket::is_upgrade(message)};
}

// Counted while it lives.
class Guest {
 public:
  explicit Guest(std::shared_ptr<WebHouse> house) : house_(std::move(house)) {
    ++house_->connections;
  }
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;
  ~Guest() { --house_->connections; }
  WebHouse* operator->() const { return house_.get(); }
  WebHouse& operator*() const { return *house_; }

 private:
  std::shared_ptr<WebHouse> house_;
};

// A page that watches: sends what its LiveViewer has, one frame after the other.
template <typename Stream>
class LiveSession : public std::enable_shared_from_this<LiveSession<Stream>> {
 public:
  LiveSession(std::shared_ptr<Guest> guest, Stream stream)
      : guest_(std::move(guest)), socket_(std::move(stream)), deadline_((*guest_)->io) {}

  void run(Parser::value_type request) {
    request_ = std::move(request);
    cookie_ = text(request_[http::field::cookie]);
    beast::get_lowest_layer(socket_).expires_never();
    socket_.set_option(websocket::stream_base::timeout{(*guest_)->limits.request_time,
                                                       (*guest_)->limits.keep_alive, true});
    socket_.read_message_max((*guest_)->limits.message_bytes);
    // Frames of 4 KB, one call of the kernel each, would cost more than what is in them.
    socket_.auto_fragment(false);
    socket_.async_accept(request_, [self = this->shared_from_this()](const error_code& failed) {
      if (!failed) self->accepted();
    });
  }

 private:
  void accepted() {
    viewer_.emplace((*guest_)->hub, [this] { send(); });
    // The newest scene, so that the page is not empty until the next one.
    (*guest_)->site.look([self = this->shared_from_this()](std::shared_ptr<const Scene> scene) {
      (*self->guest_)->hub.show(std::move(scene));
      self->send();
    });
    read();
  }

  void read() {
    socket_.async_read(incoming_,
                       [self = this->shared_from_this()](const error_code& failed, std::size_t) {
                         if (failed) return self->close();
                         self->viewer_->hear(beast::buffers_to_string(self->incoming_.data()));
                         self->incoming_.clear();
                         self->read();
                       });
  }

  void send() {
    if (sending_ || closed_ || !viewer_) return;
    // Its log-in may be over.
    if (!(*guest_)->site.admits(cookie_)) return close();
    if (outgoing_.empty()) {
      for (std::string& frame : viewer_->take()) outgoing_.push_back(std::move(frame));
    }
    if (outgoing_.empty()) return;
    sending_ = true;
    socket_.text(true);
    // A page that does not read is not waited for.
    deadline_.expires_after((*guest_)->limits.answer_time);
    deadline_.async_wait([weak = this->weak_from_this()](const error_code& cancelled) {
      const auto self = weak.lock();
      if (!cancelled && self && self->sending_) beast::get_lowest_layer(self->socket_).close();
    });
    socket_.async_write(asio::buffer(outgoing_.front()),
                        [self = this->shared_from_this()](const error_code& failed, std::size_t) {
                          self->sending_ = false;
                          self->deadline_.cancel();
                          if (failed) return self->close();
                          self->outgoing_.pop_front();
                          self->send();
                        });
  }

  void close() {
    closed_ = true;
    viewer_.reset();
    deadline_.cancel();
    beast::get_lowest_layer(socket_).close();
  }

  std::shared_ptr<Guest> guest_;
  websocket::stream<Stream> socket_;
  Timer deadline_;
  Parser::value_type request_;
  std::string cookie_;
  beast::flat_buffer incoming_;
  std::deque<std::string> outgoing_;
  std::optional<LiveViewer> viewer_;
  bool sending_ = false;
  bool closed_ = false;
};

// Requests of one client, one after the other.
template <typename Stream>
class WebSession : public std::enable_shared_from_this<WebSession<Stream>> {
 public:
  WebSession(std::shared_ptr<Guest> guest, Stream stream, std::string peer)
      : guest_(std::move(guest)), stream_(std::move(stream)), peer_(std::move(peer)) {}

  void run() {
    if constexpr (std::is_same_v<Stream, Secure>) {
      expire((*guest_)->limits.request_time);
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](const error_code& failed) {
                                if (!failed) self->read((*self->guest_)->limits.request_time);
                              });
    } else {
      read((*guest_)->limits.request_time);
    }
  }

 private:
  void expire(std::chrono::milliseconds after) {
    beast::get_lowest_layer(stream_).expires_after(after);
  }

  void read(std::chrono::milliseconds patience) {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>((*guest_)->limits.header_bytes));
    parser_->body_limit((*guest_)->limits.body_bytes);
    expire(patience);
    // What a client has begun to say, it is to end in time.
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](const error_code& failed, std::size_t) {
          self->read_header(failed);
        });
  }

  void read_header(const error_code& failed) {
    if (failed) return refuse(failed);
    expire((*guest_)->limits.request_time);
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](const error_code& broken, std::size_t) {
                       broken ? self->refuse(broken) : self->answer();
                     });
  }

  // Says what is wrong to whom it may help, and closes.
  void refuse(const error_code& failed) {
    unsigned status = 0;
    if (failed == http::error::header_limit) status = 431;
    if (failed == http::error::body_limit) status = 413;
    if (status == 0 && failed.category() == make_error_code(http::error::bad_method).category() &&
        failed != http::error::end_of_stream && failed != http::error::partial_message) {
      status = 400;
    }
    if (status == 0) return close();
    parser_->get().keep_alive(false);
    keep_alive_ = false;
    send(refusal(status, status == 400   ? "this is no HTTP request"
                         : status == 413 ? "the body of this request is too long"
                                         : "the header fields of this request are too long"));
  }

  void answer() {
    auto& message = parser_->get();
    keep_alive_ = message.keep_alive();
    head_ = message.method() == http::verb::head;
    WebRequest request = request_of(message, peer_);
    if (message.version() == 11 && request.host.empty()) {
      keep_alive_ = false;
      return send(refusal(400, "a request names its host"));
    }
    if (request.upgrade) return upgrade(std::move(request));
    // Nothing is read meanwhile; the answer has its time.
    expire((*guest_)->limits.answer_time);
    (*guest_)->site.answer(std::move(request),
                           [self = this->shared_from_this()](WebResponse response) {
                             self->send(std::move(response));
                           });
  }

  void upgrade(WebRequest request) {
    auto refused = (*guest_)->site.refuse_live(request);
    if (!refused && (*guest_)->hub.viewers() >= (*guest_)->limits.viewers) {
      refused = refusal(503, "too many pages watch this run");
    }
    if (refused) {
      keep_alive_ = false;
      return send(std::move(*refused));
    }
    std::make_shared<LiveSession<Stream>>(guest_, std::move(stream_))->run(parser_->release());
  }

  void send(WebResponse response) {
    response_ = {};
    response_.result(response.status);
    response_.version(11);
    response_.keep_alive(keep_alive_);
    for (const auto& [name, value] : response.fields) response_.insert(name, value);
    if (!response.type.empty()) response_.set(http::field::content_type, response.type);
    const bool bodiless = response.status == 204 || response.status == 304;
    if (!bodiless) response_.content_length(response.body.size());
    if (!head_ && !bodiless) response_.body() = std::move(response.body);
    expire((*guest_)->limits.answer_time);
    http::async_write(stream_, response_,
                      [self = this->shared_from_this()](const error_code& failed, std::size_t) {
                        if (failed || !self->keep_alive_) return self->close();
                        self->read((*self->guest_)->limits.keep_alive);
                      });
  }

  void close() {
    expire(std::chrono::seconds{2});
    if constexpr (std::is_same_v<Stream, Secure>) {
      stream_.async_shutdown([self = this->shared_from_this()](const error_code&) {});
    } else {
      error_code ignored;
      stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
      drain();
    }
  }

  // A connection that is closed with bytes unread is reset, and its peer may miss the answer.
  void drain() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(4096), [self = this->shared_from_this()](
                                                       const error_code& ended, std::size_t) {
      if (!ended && ++self->drained_ < 64) self->drain();
    });
  }

  std::shared_ptr<Guest> guest_;
  Stream stream_;
  const std::string peer_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  http::response<http::string_body> response_;
  bool keep_alive_ = false;
  bool head_ = false;
  int drained_ = 0;
};

}  // namespace

void serve_connection(const std::shared_ptr<WebHouse>& house, int socket, bool ipv6,
                      std::string peer) {
  auto guest = std::make_shared<Guest>(house);
  Socket connected{house->io};
  connected.assign(ipv6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), socket);
  if (house->tls != nullptr) {
    std::make_shared<WebSession<Secure>>(std::move(guest),
                                         Secure{std::move(connected), *house->tls}, std::move(peer))
        ->run();
  } else {
    std::make_shared<WebSession<Plain>>(std::move(guest), Plain{std::move(connected)},
                                        std::move(peer))
        ->run();
  }
}

}  // namespace swarm::master
