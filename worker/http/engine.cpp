#include "worker/http/engine.h"

#include <utility>

namespace swarm::http {

Engine::Engine(Loop& loop, EngineOptions options)
    : loop_(loop), resolver_(loop), options_(std::move(options)), tls_(2) {
  tls_[static_cast<std::size_t>(Trust::Engine)].ca_file = options_.ca_file;
}

Result<std::unique_ptr<Engine>> Engine::create(Loop& loop, EngineOptions options) {
  std::unique_ptr<TlsContext> verifying;
  if (!options.ca_file.empty()) {  // so that a file that cannot be read is told before the run
    SWARM_TRY_ASSIGN(verifying, TlsContext::create({.verify = true, .ca_file = options.ca_file}));
  }
  std::unique_ptr<Engine> engine(new Engine(loop, std::move(options)));
  engine->tls_[static_cast<std::size_t>(Trust::Engine)].context = std::move(verifying);
  return engine;
}

TlsContext& Engine::tls(Trust trust) {
  auto& context = tls_.at(static_cast<std::size_t>(trust)).context;
  // Without a file of the user's there is nothing to fail: no system certificates means that
  // nobody is trusted, which each connection says for itself.
  if (!context) {
    const bool verify = trust != Trust::Anybody;
    context = std::move(TlsContext::create({.verify = verify, .ca_file = {}})).value();
  }
  return *context;
}

Result<Trust> Engine::trust_file(std::string_view ca_file) {
  for (std::size_t known = 1; known < tls_.size(); ++known) {
    if (!tls_[known].ca_file.empty() && tls_[known].ca_file == ca_file)
      return Trust{static_cast<std::uint16_t>(known)};
  }
  const std::string file(ca_file);
  SWARM_TRY_ASSIGN(auto context, TlsContext::create({.verify = true, .ca_file = file}));
  tls_.push_back({file, std::move(context)});
  return Trust{static_cast<std::uint16_t>(tls_.size() - 1)};
}

}  // namespace swarm::http
