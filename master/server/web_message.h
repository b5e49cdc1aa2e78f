#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace swarm::master {

// A request as routes see it: what of its header fields counts, by name.
struct WebRequest {
  std::string method;  // GET, HEAD, POST, ...
  std::string target;  // as it was sent: path and query
  std::string path{};  // decoded, below the base path
  std::multimap<std::string, std::string> query{};
  std::string host{};
  std::string origin{};      // empty: none was sent
  std::string fetch_site{};  // Sec-Fetch-Site
  std::string cookie{};
  std::string content_type{};
  std::string accept{};
  std::string accept_encoding{};
  std::string if_none_match{};
  std::string body{};
  std::string peer{};  // its address
  bool upgrade = false;
};

struct WebResponse {
  unsigned status = 200;
  std::string type = "application/json";
  std::string body{};
  std::vector<std::pair<std::string, std::string>> fields{};
};

// `{"error": "..."}`
WebResponse refusal(unsigned status, std::string_view reason);

// Percent-decoded; no value: it does not decode, or holds a zero byte.
bool decode_percent(std::string_view text, std::string& decoded);
// name=value&name=value, decoded; what does not decode is left out.
std::multimap<std::string, std::string> decode_form(std::string_view text);

}  // namespace swarm::master
