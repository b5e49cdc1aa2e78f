#include "worker/http/tls.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace swarm::http {

// The two ends of a session towards OpenSSL. They belong to the call that is under way, so a quiet
// session holds no buffers; the exception is what arrived together with the handshake's end.
struct TlsSession::Wire {
  std::string_view in;
  std::string* out = nullptr;
  std::string kept;

  static int read(BIO* bio, char* to, int capacity) {
    auto& wire = *static_cast<Wire*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (wire.in.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t count = std::min(wire.in.size(), static_cast<std::size_t>(capacity));
    std::memcpy(to, wire.in.data(), count);
    wire.in.remove_prefix(count);
    return static_cast<int>(count);
  }

  static int write(BIO* bio, const char* from, int count) {
    auto& wire = *static_cast<Wire*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    wire.out->append(from, static_cast<std::size_t>(count));
    return count;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
};

struct TlsContext::State {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "swarm");
  bool verify = true;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    SSL_CTX_free(context);
    BIO_meth_free(method);
  }
};

namespace {

bool is_numeric(const std::string& host) {
  std::array<unsigned char, 16> address;
  return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

}  // namespace

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsContext::~TlsContext() = default;

Result<std::unique_ptr<TlsContext>> TlsContext::create(const TlsOptions& options) {
  auto state = std::make_unique<State>();
  SWARM_ASSERT(state->context != nullptr && state->method != nullptr);
  BIO_meth_set_read(state->method, TlsSession::Wire::read);
  BIO_meth_set_write(state->method, TlsSession::Wire::write);
  BIO_meth_set_ctrl(state->method, TlsSession::Wire::control);

  SSL_CTX* context = state->context;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // Ten thousand idle connections hold no record buffers; many servers close without notice.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  // One look at the wire for a record, not one for its length and one for the rest.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  static constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context, kHttp11.data(), kHttp11.size());

  state->verify = options.verify;
  if (options.verify) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    bool loaded = true;
    if (options.ca_file.empty()) {
      SSL_CTX_set_default_verify_paths(context);
    } else {
      loaded = SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) == 1;
    }
    ERR_clear_error();
    if (!loaded) {
      return Error{"cannot read the certificates in '" + options.ca_file +
                   "': give a PEM file of CA certificates"};
    }
  }
  return std::unique_ptr<TlsContext>(new TlsContext(std::move(state)));
}

TlsSession::TlsSession(TlsContext& context, const std::string& host)
    : wire_(std::make_unique<Wire>()) {
  SSL* ssl = SSL_new(context.state_->context);
  SWARM_ASSERT(ssl != nullptr);
  ssl_ = ssl;
  BIO* bio = BIO_new(context.state_->method);
  SWARM_ASSERT(bio != nullptr);
  BIO_set_data(bio, wire_.get());
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_connect_state(ssl);
  if (is_numeric(host)) {
    if (context.state_->verify) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl, host.c_str());
    if (context.state_->verify) SSL_set1_host(ssl, host.c_str());
  }
}

TlsSession::~TlsSession() { SSL_free(static_cast<SSL*>(ssl_)); }

TlsSession::Status TlsSession::fail() {
  auto* ssl = static_cast<SSL*>(ssl_);
  const long verified = SSL_get_verify_result(ssl);
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  error_ = reason != nullptr ? reason : "the peer broke the TLS connection";
  if (verified != X509_V_OK) {
    error_ = std::string("certificate verify failed: ") + X509_verify_cert_error_string(verified);
  }
  return Status::Failed;
}

TlsSession::Status TlsSession::handshake(std::string_view ciphertext, std::string& out) {
  auto* ssl = static_cast<SSL*>(ssl_);
  wire_->in = ciphertext;
  wire_->out = &out;
  const int result = SSL_do_handshake(ssl);
  established_ = result == 1;
  wire_->kept.assign(wire_->in);
  wire_->in = {};
  if (result == 1 || SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ) return Status::Ok;
  return fail();
}

TlsSession::Status TlsSession::decrypt(std::string_view ciphertext, char* plaintext,
                                       std::size_t capacity, std::size_t& length,
                                       std::string& out) {
  auto* ssl = static_cast<SSL*>(ssl_);
  std::string joined;
  wire_->in = ciphertext;
  if (!wire_->kept.empty()) {
    joined = std::exchange(wire_->kept, {}).append(ciphertext);
    wire_->in = joined;
  }
  wire_->out = &out;
  length = 0;
  for (;;) {
    SWARM_ASSERT(length < capacity);
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl, plaintext + length, capacity - length, &count);
    if (result == 1) {
      length += count;
      // Another call only learns that nothing is left, unless something is.
      if (wire_->in.empty() && SSL_has_pending(ssl) == 0) return Status::Ok;
      continue;
    }
    switch (SSL_get_error(ssl, result)) {
      case SSL_ERROR_WANT_READ:
        return Status::Ok;
      case SSL_ERROR_ZERO_RETURN:
        return Status::Closed;
      default:
        return fail();
    }
  }
}

TlsSession::Status TlsSession::encrypt(std::string_view plaintext, std::string& out) {
  wire_->in = {};
  wire_->out = &out;
  std::size_t written = 0;
  if (plaintext.empty()) return Status::Ok;
  if (SSL_write_ex(static_cast<SSL*>(ssl_), plaintext.data(), plaintext.size(), &written) != 1) {
    return fail();
  }
  return written == plaintext.size() ? Status::Ok : fail();
}

}  // namespace swarm::http
