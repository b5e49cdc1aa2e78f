#include "cli/target/tls.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "common/assert.h"

namespace swarm::target {
namespace {

constexpr long kValidSeconds = 365L * 24 * 3600;

// The reason that OpenSSL remembers, and forgets with this.
std::string openssl_reason() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

// Whatever the client would rather speak: h2 is not spoken here.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned offered_length, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  const int found = SSL_select_next_proto(const_cast<unsigned char**>(chosen), length, kOurs,
                                          sizeof(kOurs) - 1, offered, offered_length);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

bool is_address(const std::string& host) {
  std::array<unsigned char, 16> bytes;
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

bool add_extension(X509* certificate, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool fill_certificate(X509* certificate, EVP_PKEY* key, const std::string& host) {
  std::uint64_t serial = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return false;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1);
  // An hour back: the client's clock may be behind.
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), kValidSeconds);
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);

  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  if (host != "localhost") names += (is_address(host) ? ",IP:" : ",DNS:") + host;
  return add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         add_extension(certificate, NID_subject_alt_name, names) &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }
void TlsSession::Free::operator()(ssl_st* session) const { SSL_free(session); }

TlsContext::TlsContext() : context_(SSL_CTX_new(TLS_server_method())) {
  SWARM_ASSERT(context_ != nullptr);
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context_.get(), SSL_OP_NO_RENEGOTIATION);
  // An idle connection keeps no buffers: there may be tens of thousands.
  SSL_CTX_set_mode(context_.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context_.get(), choose_protocol, nullptr);
}

Result<TlsContext> TlsContext::load(const std::string& cert_file, const std::string& key_file) {
  TlsContext made;
  SSL_CTX* const context = made.context_.get();
  if (SSL_CTX_use_certificate_chain_file(context, cert_file.c_str()) != 1) {
    return Error{fmt::format("cannot use the certificate {}: {}; it must be a PEM file", cert_file,
                             openssl_reason())};
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return Error{fmt::format("cannot use the key {}: {}; it must be a PEM file with the key of {}",
                             key_file, openssl_reason(), cert_file)};
  }
  return made;
}

Result<TlsContext> TlsContext::self_signed(const std::string& host) {
  TlsContext made;
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  const bool usable = key != nullptr && certificate != nullptr &&
                      fill_certificate(certificate, key, host) &&
                      SSL_CTX_use_certificate(made.context_.get(), certificate) == 1 &&
                      SSL_CTX_use_PrivateKey(made.context_.get(), key) == 1;
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!usable) {
    return Error{
        fmt::format("cannot make a certificate for {}: {}; give one with --tls-cert and "
                    "--tls-key",
                    host, openssl_reason())};
  }
  return made;
}

TlsSession::TlsSession(const TlsContext& context)
    : session_(SSL_new(context.context_.get())),
      received_(BIO_new(BIO_s_mem())),
      output_(BIO_new(BIO_s_mem())) {
  SWARM_ASSERT(session_ && received_ != nullptr && output_ != nullptr);
  SSL_set_bio(session_.get(), received_, output_);
  SSL_set_accept_state(session_.get());
}

std::optional<std::size_t> TlsSession::decrypt(std::string_view received, std::span<char> plain) {
  BIO_write(received_, received.data(), static_cast<int>(received.size()));
  std::size_t filled = 0;
  for (;;) {
    std::size_t count = 0;
    const int read =
        SSL_read_ex(session_.get(), plain.data() + filled, plain.size() - filled, &count);
    if (read == 1) {
      filled += count;
      continue;
    }
    const int reason = SSL_get_error(session_.get(), read);
    ERR_clear_error();
    if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_ZERO_RETURN) return std::nullopt;
    return filled;
  }
}

void TlsSession::encrypt(std::string_view plain) {
  // Into memory: it takes all or is broken, and then the client will find out.
  std::size_t written = 0;
  if (!plain.empty()) SSL_write_ex(session_.get(), plain.data(), plain.size(), &written);
  ERR_clear_error();
}

void TlsSession::close() {
  SSL_shutdown(session_.get());
  ERR_clear_error();
}

std::string_view TlsSession::output() const {
  char* bytes = nullptr;
  const long count = BIO_get_mem_data(output_, &bytes);
  return {bytes, static_cast<std::size_t>(std::max(count, 0L))};
}

void TlsSession::clear_output() { (void)BIO_reset(output_); }

}  // namespace swarm::target
