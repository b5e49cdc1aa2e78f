#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/loop.h"
#include "worker/http/arrivals.h"
#include "worker/http/buffer.h"
#include "worker/http/head_cache.h"
#include "worker/http/resolver.h"
#include "worker/http/tls.h"

namespace swarm::http {

// Whose certificates a client accepts: anybody's, those that the engine's CA vouches for, or those
// that a CA file named to Engine::trust_file() vouches for.
enum class Trust : std::uint16_t { Anybody = 0, Engine = 1 };
constexpr Trust trust_if(bool verify) { return verify ? Trust::Engine : Trust::Anybody; }

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
  TlsContext& tls(Trust trust);
  // The same file gives the same Trust. Errors: a file that cannot be read.
  Result<Trust> trust_file(std::string_view ca_file);
  void opened() {
    if (options_.connection_opened) options_.connection_opened();
  }

  // Where the next socket is read to. What was there until now is gone, but for what was lent.
  std::array<char, kReceive>& to_receive() {
    loan_.end();
    return *received_;
  }
  // How it is read, and when it had come.
  Arrivals& arrivals() { return arrivals_; }
  HeadCache& heads() { return heads_; }
  // Of what was last received, decrypted or not.
  Loan& loan() { return loan_; }
  std::array<char, kReceive + TlsSession::kRecord>& decrypted() { return *decrypted_; }
  std::string& encrypted() { return encrypted_; }

 private:
  Engine(Loop& loop, EngineOptions options);

  Loop& loop_;
  Resolver resolver_;
  EngineOptions options_;
  struct Vouching {
    std::string ca_file;
    std::unique_ptr<TlsContext> context;
  };
  std::vector<Vouching> tls_;  // by Trust
  using Received = std::array<char, kReceive>;
  using Decrypted = std::array<char, kReceive + TlsSession::kRecord>;
  std::unique_ptr<Received> received_ = std::make_unique<Received>();
  std::unique_ptr<Decrypted> decrypted_ = std::make_unique<Decrypted>();
  std::string encrypted_;
  Arrivals arrivals_;
  HeadCache heads_;
  Loan loan_;  // goes first: who holds it copies
};

}  // namespace swarm::http
