// The page and its files.

#include <algorithm>

#include "master/server/web_route.h"

namespace swarm::master {
namespace {

constexpr std::string_view kNoPage =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>swarm</title>\n"
    "<p>This swarm was built without its page (SWARM_WEB=OFF, or there was no npm).\n"
    "<p>What the page would show: <a href=\"api/v1/stats\">api/v1/stats</a>, "
    "<a href=\"stats/requests\">stats/requests</a>, <a href=\"metrics\">metrics</a>; all routes: "
    "<a href=\"api/v1/openapi.json\">api/v1/openapi.json</a>.\n</html>\n";

}  // namespace

const WebAsset* WebSite::asset(std::string_view path) const {
  const auto found = std::ranges::find(assets_, path, &WebAsset::path);
  return found == assets_.end() ? nullptr : &*found;
}

WebResponse WebSite::file(const WebRequest& request, const WebAsset& asset) const {
  WebResponse response{.type = std::string(asset.type)};
  const std::string tag = "\"" + std::string(asset.tag) + "\"";
  // Names of assets change with their contents, that of the page does not.
  const bool named_by_contents = asset.path.starts_with("assets/");
  response.fields.emplace_back(
      "Cache-Control", named_by_contents ? "public, max-age=31536000, immutable" : "no-cache");
  response.fields.emplace_back("ETag", tag);
  response.fields.emplace_back("Vary", "Accept-Encoding");
  if (!asset.tag.empty() && request.if_none_match == tag) {
    response.status = 304;
    return response;
  }
  const auto accepts = [&request](std::string_view coding) {
    return request.accept_encoding.find(coding) != std::string::npos;
  };
  if (!asset.brotli.empty() && accepts("br")) {
    response.fields.emplace_back("Content-Encoding", "br");
    response.body = asset.brotli;
  } else if (!asset.gzip.empty() && accepts("gzip")) {
    response.fields.emplace_back("Content-Encoding", "gzip");
    response.body = asset.gzip;
  } else {
    response.body = asset.plain;
  }
  return response;
}

WebResponse WebSite::page(const WebRequest& request) const {
  if (const WebAsset* found = asset("index.html")) return file(request, *found);
  return {.type = "text/html; charset=utf-8", .body = std::string(kNoPage)};
}

void WebSite::get_index(const WebRequest& request, const Respond& respond) {
  respond(page(request));
}

void WebSite::get_asset(const WebRequest& request, const Respond& respond) {
  const WebAsset* found = asset(std::string_view{request.path}.substr(1));
  respond(found != nullptr ? file(request, *found) : refusal(404, "there is no such file"));
}

}  // namespace swarm::master
