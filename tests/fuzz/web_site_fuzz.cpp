// Whatever is asked of the web server is answered once, with a status that there is; and nothing is
// done for a GET or a page from elsewhere. The input: method, target, Origin, content type, cookie,
// and the body, divided by line feeds; its first byte chooses the settings.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "master/server/live_hub.h"
#include "tests/fuzz/check.h"
#include "tests/support/recorded_feed.h"

namespace swarm::master {
namespace {

constexpr std::array kAssets{WebAsset{"index.html", "text/html", "<p>", {}, {}, "1"},
                             WebAsset{"assets/a.js", "text/javascript", "1", {}, {}, "2"}};

constexpr int kMostLines = 16;  // that a page says

std::string next(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string line{text.substr(0, end)};
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// A page that says anything, line by line, is told well-formed things or nothing.
void listen(test::RecordedFeed& run, std::string_view text) {
  for (const char* name : {"/a", "/b"}) {
    run.snapshot.endpoints.push_back({{"GET", name}, {}, {}, {}});
  }
  LiveHub hub;
  LiveViewer viewer{hub, [] {}};
  for (int line = 0; line < kMostLines && !text.empty(); ++line) {
    hub.show(run.scene());
    viewer.hear(next(text));
    for (const std::string& frame : viewer.take()) {
      FUZZ_CHECK(frame.starts_with("{\"kind\":\"") && frame.ends_with('}'));
    }
    ++run.snapshot.endpoints.front().stats.requests;
  }
}

void check(std::string_view text, unsigned settings) {
  test::RecordedFeed run;
  WebSite site{{.base_path = (settings & 1) != 0 ? "/load" : "", .legacy_get = (settings & 2) != 0},
               kAssets,
               run.feed()};
  const bool asks_for_login = (settings & 4) != 0;
  if (asks_for_login) {
    site.ask_for_login({{{"ann", "hash"}},
                        [](const auto&, const auto&) { return false; },
                        [] { return std::string{"key"}; }});
  }
  WebRequest request{.method = next(text), .target = next(text), .host = "x"};
  request.origin = next(text);
  request.content_type = next(text);
  request.cookie = next(text);
  request.body = text;

  auto live = request;
  const auto refused = site.refuse_live(live);
  FUZZ_CHECK(refused || !asks_for_login);
  int answers = 0;
  WebResponse answer;
  site.answer(request, [&](WebResponse given) {
    ++answers;
    answer = std::move(given);
  });
  FUZZ_CHECK(answers == 1);
  FUZZ_CHECK(answer.status >= 200 && answer.status < 500);
  for (const auto& [name, value] : answer.fields) {
    FUZZ_CHECK(value.find_first_of("\r\n") == std::string::npos);
  }
  if (!run.commands.empty()) {
    FUZZ_CHECK(!asks_for_login);
    FUZZ_CHECK(request.method == "POST" || (settings & 2) != 0);
    FUZZ_CHECK(request.origin.empty() || request.origin.find("x") != std::string::npos ||
               request.origin.find("X") != std::string::npos);
  }

  listen(run, request.body);
}

}  // namespace
}  // namespace swarm::master

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  swarm::master::check({reinterpret_cast<const char*>(bytes) + 1, size - 1}, bytes[0]);
  return 0;
}
