#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "common/result.h"

namespace swarm::http {

struct TlsOptions {
  bool verify = true;
  std::string ca_file;  // PEM; empty: the system's
};

// What all TLS connections with the same options share.
// Thread  loop
class TlsContext {
 public:
  // Errors: a CA file that cannot be read.
  static Result<std::unique_ptr<TlsContext>> create(const TlsOptions& options);
  ~TlsContext();

 private:
  friend class TlsSession;
  struct State;
  explicit TlsContext(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// One TLS connection without its socket: bytes of the wire go in and come out.
//
// Flow    ciphertext -> [TlsSession] -> plaintext, and the other way
// Thread  loop
// Errors  Status::Failed with error() in OpenSSL's words; the session is of no use afterwards
class TlsSession {
 public:
  // What a session may hold back: one record that is not complete.
  static constexpr std::size_t kRecord = 32 * 1024;
  enum class Status : unsigned char { Ok, Closed, Failed };

  // `host` is sent as server name (SNI, unless numeric) and verified if the context verifies.
  TlsSession(TlsContext& context, const std::string& host);
  ~TlsSession();

  // Goes on with the handshake after `ciphertext` (empty: begins it). What is to be sent is
  // appended to `out`. Ok does not mean that it is over: see established().
  Status handshake(std::string_view ciphertext, std::string& out);
  bool established() const { return established_; }

  // Decrypts into [plaintext, plaintext + capacity); `length` is what came out, also when the
  // session ended behind it. REQUIRES: capacity >= ciphertext.size() + kRecord.
  Status decrypt(std::string_view ciphertext, char* plaintext, std::size_t capacity,
                 std::size_t& length, std::string& out);
  // Appends the encrypted `plaintext` to `out`. REQUIRES: established().
  Status encrypt(std::string_view plaintext, std::string& out);

  const std::string& error() const { return error_; }

 private:
  friend class TlsContext;
  struct Wire;
  Status fail();

  std::unique_ptr<Wire> wire_;
  void* ssl_ = nullptr;  // SSL*; OpenSSL is named in the source only
  bool established_ = false;
  std::string error_;
};

}  // namespace swarm::http
