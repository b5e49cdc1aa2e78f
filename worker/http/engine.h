#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "common/loop.h"
#include "worker/http/resolver.h"
#include "worker/http/tls.h"

namespace swarm::http {

struct EngineOptions {
  bool verify = true;   // certificates, unless a client says otherwise
  std::string ca_file;  // PEM; empty: the system's
  // Called for each connection that was opened. May be empty.
  std::function<void()> connection_opened;
};

// What all HTTP clients of a process share: names, TLS settings, and one set of buffers, since on
// one thread only one socket is read at a time.
// Thread  loop
class Engine {
 public:
  static constexpr std::size_t kReceive = 64 * 1024;

  // Errors: a CA file that cannot be read.
  static Result<std::unique_ptr<Engine>> create(Loop& loop, EngineOptions options);

  Loop& loop() { return loop_; }
  Resolver& resolver() { return resolver_; }
  const EngineOptions& options() const { return options_; }
  // Made when first asked for: reading the system's certificates takes 60 ms.
  TlsContext& tls(bool verify);
  void opened() {
    if (options_.connection_opened) options_.connection_opened();
  }

  // Valid until the next socket is read.
  std::array<char, kReceive>& received() { return *received_; }
  std::array<char, kReceive + TlsSession::kRecord>& decrypted() { return *decrypted_; }
  std::string& encrypted() { return encrypted_; }

 private:
  Engine(Loop& loop, EngineOptions options) : loop_(loop), resolver_(loop), options_(options) {}

  Loop& loop_;
  Resolver resolver_;
  EngineOptions options_;
  std::unique_ptr<TlsContext> verifying_;
  std::unique_ptr<TlsContext> trusting_;
  using Received = std::array<char, kReceive>;
  using Decrypted = std::array<char, kReceive + TlsSession::kRecord>;
  std::unique_ptr<Received> received_ = std::make_unique<Received>();
  std::unique_ptr<Decrypted> decrypted_ = std::make_unique<Decrypted>();
  std::string encrypted_;
};

}  // namespace swarm::http
