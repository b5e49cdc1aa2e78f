// A URL that parses is safe to send and parses again to itself; links resolve to such URLs.
// The input: a URL and a reference to resolve against it, divided by a line feed.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/check.h"
#include "worker/http/basic_auth.h"
#include "worker/http/request_writer.h"
#include "worker/http/url.h"

namespace swarm {
namespace {

using http::Url;

void check(const Url& url) {
  FUZZ_CHECK(url.port() != 0);
  FUZZ_CHECK(!url.host().empty());
  FUZZ_CHECK(url.target().starts_with('/'));
  FUZZ_CHECK(url.target().starts_with(url.path()));
  FUZZ_CHECK(std::all_of(url.target().begin(), url.target().end(),
                         [](char c) { return c > ' ' && c < 0x7f && c != '#'; }));

  const auto again = Url::parse(url.to_string());
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(again->origin() == url.origin());
  FUZZ_CHECK(std::hash<http::Origin>{}(again->origin()) == std::hash<http::Origin>{}(url.origin()));
  // Dot segments that were escaped show only now, as in `requests`; one more turn is the last.
  FUZZ_CHECK(Url::parse(again->to_string())->target() == again->target());
  http::basic_auth_from_userinfo(url.userinfo());

  const auto defaults = http::RequestDefaults::create(url.host_header());
  FUZZ_CHECK(defaults.ok());
  std::string request;
  FUZZ_CHECK(http::write_request(request, *defaults, {.target = url.target()}).ok());
  FUZZ_CHECK(std::count(request.begin(), request.end(), '\n') == 7);
}

}  // namespace
}  // namespace swarm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using swarm::http::Url;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::size_t division = std::min(text.find('\n'), text.size());
  const std::string_view reference = text.substr(std::min(division + 1, text.size()));
  const auto base = Url::parse(text.substr(0, division));
  if (!base.ok()) {
    FUZZ_CHECK(!base.error().message.empty());
    return 0;
  }
  swarm::check(*base);
  if (const auto url = Url::resolve(*base, reference); url.ok()) swarm::check(*url);
  Url joined;
  if (Url::join(*base, reference, joined).ok()) swarm::check(joined);
  return 0;
}
