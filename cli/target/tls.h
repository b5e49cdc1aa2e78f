#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/result.h"

struct ssl_ctx_st;
struct ssl_st;
struct bio_st;

namespace swarm::target {

// Certificate, key and settings of all TLS connections.
// Thread  loop
class TlsContext {
 public:
  // From PEM files; the certificate file may hold the chain.
  // Errors: a file that cannot be read, a key that does not belong to the certificate
  static Result<TlsContext> load(const std::string& cert_file, const std::string& key_file);

  // With a new certificate that signs itself, for localhost, 127.0.0.1, ::1 and `host`.
  static Result<TlsContext> self_signed(const std::string& host);

 private:
  friend class TlsSession;
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  TlsContext();
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

// One connection's encryption, apart from its socket.
//
// Flow    received bytes -> [TlsSession] -> plain bytes; plain bytes -> [TlsSession] -> bytes to
// send Thread  loop
class TlsSession {
 public:
  explicit TlsSession(const TlsContext& context);

  // Fills `plain` and returns how much of it, or nothing if the client does not speak TLS with us.
  // Output may be due in either case. REQUIRES: plain has room for 16 KiB more than received.
  std::optional<std::size_t> decrypt(std::string_view received, std::span<char> plain);
  void encrypt(std::string_view plain);
  // Says goodbye, so that the client can tell the end from a cut.
  void close();

  // What is due to be sent; valid until the next call.
  std::string_view output() const;
  void clear_output();

 private:
  struct Free {
    void operator()(ssl_st* session) const;
  };
  std::unique_ptr<ssl_st, Free> session_;
  bio_st* received_;  // both belong to session_
  bio_st* output_;
};

}  // namespace swarm::target
