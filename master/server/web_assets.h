#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace swarm::master {

// A file of the page, as the program holds it. What is empty is not there.
struct WebAsset {
  std::string_view path;  // "index.html", "assets/main-1a2b.js"
  std::string_view type;  // text/html; charset=utf-8
  std::string_view plain;
  std::string_view gzip{};
  std::string_view brotli{};
  std::string_view tag{};  // changes with the contents
};

// All of them; empty if the program was built without the page.
std::span<const WebAsset> built_in_assets();

// What report_html() fills in; none without the page.
inline std::optional<std::string_view> report_page() {
  for (const WebAsset& each : built_in_assets()) {
    if (each.path == "report.html") return each.plain;
  }
  return std::nullopt;
}

}  // namespace swarm::master
