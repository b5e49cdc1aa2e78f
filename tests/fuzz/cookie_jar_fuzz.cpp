// Whatever servers set, what is sent back is one line within the limits, and only to them.
// The input: lines. The first is the host and path of the URL, all others are Set-Cookie values.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/check.h"
#include "worker/http/cookie_jar.h"

namespace swarm {
namespace {

using http::CookieJar;
using http::Url;

constexpr http::WallTime kNow{std::chrono::seconds{1'800'000'000}};

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

void check(std::string_view text) {
  const auto url = Url::parse("https://" + std::string(next_line(text)));
  if (!url.ok()) return;
  CookieJar jar;
  http::WallTime now = kNow;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    jar.store(*url, line, now);
    (void)http::parse_cookie_date(line);
    now += std::chrono::seconds{1};
  }
  FUZZ_CHECK(jar.cookies().size() <= CookieJar::kMaxCookies);
  for (const http::Cookie& cookie : jar.cookies()) {
    FUZZ_CHECK(!cookie.name.empty());
    FUZZ_CHECK(cookie.name.size() + cookie.value.size() <= CookieJar::kMaxCookie);
    FUZZ_CHECK(cookie.path.starts_with('/'));
    FUZZ_CHECK(url->host().ends_with(cookie.domain));
  }

  std::string sent;
  jar.write(*url, sent, now);
  FUZZ_CHECK(std::none_of(sent.begin(), sent.end(),
                          [](char c) { return c == '\r' || c == '\n' || c == '\0'; }));
  std::string stranger;
  jar.write(*Url::parse("https://stranger.invalid" + url->target()), stranger, now);
  FUZZ_CHECK(stranger.empty() || url->host().ends_with("invalid"));
}

}  // namespace
}  // namespace swarm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  swarm::check({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
