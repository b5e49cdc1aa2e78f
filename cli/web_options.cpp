#include "cli/web_options.h"

#include "cli/stores.h"

namespace swarm {
namespace {

constexpr std::string_view kWeb = "Web UI options";

OptionTable page_options() {
  constexpr Takes One = Takes::One;
  return {
      {.names = {"--web-host"},
       .takes = One,
       .metavar = "HOST",
       .variable = "WEB_HOST",
       .group = kWeb,
       .help = "Where to serve the web UI [default: everywhere]",
       .store = keep_text<&Options::web_host>},
      {.names = {"-P", "--web-port"},
       .old_names = {"--port"},
       .takes = One,
       .metavar = "PORT",
       .variable = "WEB_PORT",
       .group = kWeb,
       .help = "The port for it; 0: any [default: 8089]",
       .store = keep_whole<&Options::web_port, 0, 65535>},
      {.names = {"--web-base-path"},
       .takes = One,
       .metavar = "PATH",
       .variable = "WEB_BASE_PATH",
       .group = kWeb,
       .help = "Serve it below this path, as /load",
       .store = keep_text<&Options::web_base_path>},
      {.names = {"--autostart"},
       .variable = "AUTOSTART",
       .group = kWeb,
       .help = "Start a run at once, and serve the web UI",
       .store = keep_switch<&Options::autostart>},
      {.names = {"--autoquit"},
       .takes = One,
       .metavar = "S",
       .variable = "AUTOQUIT",
       .group = kWeb,
       .help = "With --autostart: quit S seconds after the run is over",
       .store = keep_autoquit},
      {.names = {"--class-picker"},
       .variable = "USERCLASS_PICKER",
       .group = kWeb,
       .help = "Let the web UI choose user classes",
       .store = keep_switch<&Options::class_picker>},
  };
}

OptionTable guard_options() {
  constexpr Takes One = Takes::One;
  return {
      {.names = {"--tls-cert"},
       .takes = One,
       .metavar = "FILE",
       .variable = "TLS_CERT",
       .group = kWeb,
       .help = "Serve it by HTTPS with this certificate (PEM); needs --tls-key",
       .store = keep_text<&Options::tls_cert>},
      {.names = {"--tls-key"},
       .takes = One,
       .metavar = "FILE",
       .variable = "TLS_KEY",
       .group = kWeb,
       .help = "The certificate's private key (PEM)",
       .store = keep_text<&Options::tls_key>},
      {.names = {"--web-login"},
       .takes = One,
       .metavar = "FILE",
       .variable = "WEB_LOGIN",
       .group = kWeb,
       .help = "Serve it only to the users in this file; see swarm passwd",
       .store = keep_text<&Options::web_login>},
      {.names = {"--web-cors"},
       .takes = One,
       .repeats = true,
       .metavar = "ORIGIN",
       .variable = "WEB_CORS",
       .group = kWeb,
       .help = "Let pages of this origin read it, as https://dash.example; repeat it for more",
       .store = keep_list<&Options::web_cors>},
      {.names = {"--legacy-get"},
       .variable = "LEGACY_GET",
       .group = kWeb,
       .help = "Allow GET /stop and GET /stats/reset, as Locust does",
       .store = keep_switch<&Options::legacy_get>},
  };
}

}  // namespace

OptionTable web_options() {
  OptionTable table = page_options();
  const OptionTable guards = guard_options();
  table.insert(table.end(), guards.begin(), guards.end());
  return table;
}

}  // namespace swarm
