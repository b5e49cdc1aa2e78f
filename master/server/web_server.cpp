#include "master/server/web_server.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <boost/beast/ssl.hpp>
#include <csignal>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "common/log.h"
#include "common/net.h"
#include "master/server/passwords.h"

namespace swarm::master {
namespace {

constexpr std::chrono::seconds kLookAgain{1};
constexpr std::chrono::seconds kLookAgainAtLeast{5};  // pages take more for a silence
// When there is no descriptor for a connection.
constexpr std::chrono::milliseconds kAcceptAgain{100};

using asio::ip::tcp;

Result<tcp::endpoint> address_of(const std::string& host, std::uint16_t port) {
  if (host.empty() || host == "*") return tcp::endpoint{tcp::v4(), port};
  asio::io_context io;
  tcp::resolver resolver{io};
  error_code failed;
  const auto found = resolver.resolve(
      host, std::to_string(port), tcp::resolver::passive | tcp::resolver::numeric_service, failed);
  if (failed || found.empty()) {
    return Error{fmt::format("argument --web-host: {} is no address of this machine", host)};
  }
  return found.begin()->endpoint();
}

}  // namespace

struct WebServer::State : std::enable_shared_from_this<State> {
  State(Settings with, std::span<const WebAsset> assets, RunFeed from)
      : settings(std::move(with)),
        feed(std::move(from)),
        site(settings.site, assets, feed_here()),
        acceptor(io),
        again(io),
        house(std::make_shared<WebHouse>(WebHouse{
            .io = io, .tls = nullptr, .site = site, .hub = hub, .limits = settings.limits})) {
    if (!settings.users.empty()) site.ask_for_login({settings.users, is_password, random_key});
  }

  Result<void> listen();
  Result<void> load_certificate();
  void accept();
  void show(std::shared_ptr<const Scene> scene);
  void look_again();
  RunFeed feed_here();
  // The answers of the feed, on this server's thread; none once it is closed. What waits for them
  // is kept here: the feed may outlive the connections' io_context.
  template <typename Value>
  std::function<void(Value)> here(std::function<void(Value)> done);

  const Settings settings;
  const RunFeed feed;
  // Connections that are left leave the hub, and need their io_context until they are gone: it goes
  // after all that may hold one, and before the hub.
  LiveHub hub;
  asio::io_context io{1};
  std::set<std::shared_ptr<void>> waiting;
  WebSite site;
  tcp::acceptor acceptor;
  asio::steady_timer again;
  Duration pause = kLookAgain;  // between two looks
  std::optional<asio::ssl::context> tls;
  std::shared_ptr<WebHouse> house;
  std::thread thread;
};

template <typename Value>
std::function<void(Value)> WebServer::State::here(std::function<void(Value)> done) {
  const auto kept = std::make_shared<std::function<void(Value)>>(std::move(done));
  waiting.insert(kept);
  return [weak = weak_from_this(), call = std::weak_ptr(kept)](Value value) {
    const auto self = weak.lock();
    if (!self) return;
    asio::post(self->io, [self = self.get(), call, value = std::move(value)]() mutable {
      const auto once = call.lock();
      if (!once) return;
      self->waiting.erase(once);
      (*once)(std::move(value));
    });
  };
}

RunFeed WebServer::State::feed_here() {
  return {.look =
              [this](std::function<void(std::shared_ptr<const Scene>)> done) {
                feed.look(here(std::move(done)));
              },
          .recall =
              [this](Recall what, std::function<void(std::shared_ptr<const Recalled>)> done) {
                feed.recall(what, here(std::move(done)));
              },
          .command =
              [this](Command command, std::function<void(CommandAnswer)> done) {
                feed.command(std::move(command), here(std::move(done)));
              }};
}

Result<void> WebServer::State::load_certificate() {
  if (settings.certificate_file.empty() || settings.key_file.empty()) return {};
  tls.emplace(asio::ssl::context::tls_server);
  error_code failed;
  tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                       asio::ssl::context::no_tlsv1_1,
                   failed);
  tls->use_certificate_chain_file(settings.certificate_file, failed);
  if (failed) {
    return Error{fmt::format("argument --tls-cert: cannot use {}: {}", settings.certificate_file,
                             failed.message())};
  }
  tls->use_private_key_file(settings.key_file, asio::ssl::context::pem, failed);
  if (failed) {
    return Error{
        fmt::format("argument --tls-key: cannot use {}: {}", settings.key_file, failed.message())};
  }
  house->tls = &*tls;
  return {};
}

Result<void> WebServer::State::listen() {
  SWARM_TRY_ASSIGN(const tcp::endpoint at, address_of(settings.host, settings.port));
  error_code failed;
  acceptor.open(at.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(at, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (!failed) return {};
  return Error{fmt::format("cannot serve the web interface at {}:{}: {}; choose another --web-port",
                           at.address().to_string(), at.port(), failed.message())};
}

void WebServer::State::accept() {
  acceptor.async_accept([this](const error_code& failed, tcp::socket socket) {
    if (failed == asio::error::operation_aborted) return;
    if (failed) {
      again.expires_after(kAcceptAgain);
      again.async_wait([this](const error_code& ended) {
        if (!ended) accept();
      });
      return;
    }
    error_code gone;
    const auto peer = socket.remote_endpoint(gone);
    if (!gone && house->connections < settings.limits.connections) {
      socket.set_option(tcp::no_delay(true), gone);
      const bool ipv6 = peer.protocol() == tcp::v6();
      const int descriptor = socket.release(gone);
      if (!gone) serve_connection(house, descriptor, ipv6, peer.address().to_string());
    }
    accept();
  });
}

// However large the run: its loop is not held up for more than a fiftieth of the time on account of
// those who watch, and this thread is not busy for more than a twenty-fifth.
void WebServer::State::show(std::shared_ptr<const Scene> scene) {
  // A look costs the loop about as much again: what it shares with the scene is copied when it
  // changes.
  constexpr int kLoopShare = 100;
  constexpr int kOwnShare = 25;
  const TimePoint began = read_clock();
  const Duration took = scene->took;
  hub.show(std::move(scene));
  const Duration rendered = read_clock() - began;
  pause = std::clamp(std::max(kLoopShare * took, kOwnShare * rendered), Duration{kLookAgain},
                     Duration{kLookAgainAtLeast});
}

void WebServer::State::look_again() {
  const auto timer = std::make_shared<asio::steady_timer>(io);
  const auto tick = std::make_shared<std::function<void()>>();
  *tick = [this, timer, weak = std::weak_ptr(tick)] {
    timer->expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(pause));
    timer->async_wait([this, again = weak.lock()](const error_code& ended) {
      if (ended) return;
      if (hub.watched()) {
        site.look([this](std::shared_ptr<const Scene> scene) { show(std::move(scene)); });
      }
      (*again)();
    });
  };
  (*tick)();
}

Result<std::unique_ptr<WebServer>> WebServer::open(Settings settings,
                                                   std::span<const WebAsset> assets, RunFeed feed) {
  settings.site.tls = !settings.certificate_file.empty() && !settings.key_file.empty();
  auto state = std::make_shared<State>(std::move(settings), assets, std::move(feed));
  SWARM_TRY(state->load_certificate());
  SWARM_TRY(state->listen());
  return std::unique_ptr<WebServer>{new WebServer{std::move(state)}};
}

WebServer::WebServer(std::shared_ptr<State> state) : state_(std::move(state)) {
  state_->accept();
  state_->look_again();
  // Signals are the loop's.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  state_->thread = std::thread([state = state_.get()] { state->io.run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::pthread_setname_np(state_->thread.native_handle(), "swarm-web");
}

WebServer::~WebServer() {
  state_->io.stop();
  state_->thread.join();
}

std::uint16_t WebServer::port() const { return state_->acceptor.local_endpoint().port(); }

std::string WebServer::url() const {
  const auto at = state_->acceptor.local_endpoint();
  const std::string address = at.address().to_string();
  return fmt::format("{}://{}:{}{}", state_->tls ? "https" : "http",
                     at.address().is_v6() ? "[" + address + "]" : address, at.port(),
                     state_->settings.site.base_path);
}

}  // namespace swarm::master
