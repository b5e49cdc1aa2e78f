#include "worker/http/basic_auth.h"

#include <cstdint>

#include "worker/http/url_encoding.h"

namespace swarm::http {
namespace {

void append_base64(std::string& out, std::string_view bytes) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= count ? kAlphabet[group >> (18 - 6 * i) & 63] : '=';
    }
  }
}

}  // namespace

std::string basic_auth(std::string_view user, std::string_view password) {
  std::string credentials(user);
  credentials += ':';
  credentials += password;
  std::string out = "Basic ";
  append_base64(out, credentials);
  return out;
}

std::string basic_auth_from_userinfo(std::string_view userinfo) {
  if (userinfo.empty()) return {};
  const std::size_t colon = userinfo.find(':');
  const std::string_view password =
      colon == std::string_view::npos ? std::string_view{} : userinfo.substr(colon + 1);
  return basic_auth(percent_decoded(userinfo.substr(0, colon)), percent_decoded(password));
}

}  // namespace swarm::http
