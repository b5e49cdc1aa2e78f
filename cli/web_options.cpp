#include "cli/web_options.h"

#include <utility>
#include <vector>

#include "cli/stores.h"

namespace swarm {
namespace {

using Names = std::vector<std::string_view>;

OptionSpec flag(Names names, std::string_view variable, std::string_view help,
                OptionSpec::Store store) {
  return {.names = std::move(names),
          .variable = variable,
          .group = "Web UI options",
          .help = help,
          .store = std::move(store)};
}

OptionSpec value(Names names, std::string_view metavar, std::string_view variable,
                 std::string_view help, OptionSpec::Store store) {
  OptionSpec option = flag(std::move(names), variable, help, std::move(store));
  option.takes = Takes::One;
  option.metavar = metavar;
  return option;
}

}  // namespace

OptionTable web_options() {
  OptionSpec port =
      value({"-P", "--web-port"}, "PORT", "WEB_PORT", "The port for it; 0: any [default: 8089]",
            keep_whole<&Options::web_port, 0, 65535>);
  port.old_names = {"--port"};
  OptionSpec cors =
      value({"--web-cors"}, "ORIGIN", "WEB_CORS",
            "Let pages of this origin read it, as https://dash.example; repeat it for "
            "more",
            keep_list<&Options::web_cors>);
  cors.repeats = true;
  return {
      value({"--web-host"}, "HOST", "WEB_HOST", "Where to serve the web UI [default: everywhere]",
            keep_text<&Options::web_host>),
      std::move(port),
      value({"--web-base-path"}, "PATH", "WEB_BASE_PATH", "Serve it below this path, as /load",
            keep_text<&Options::web_base_path>),
      flag({"--autostart"}, "AUTOSTART", "Start a run at once, and serve the web UI",
           keep_switch<&Options::autostart>),
      value({"--autoquit"}, "S", "AUTOQUIT",
            "With --autostart: quit S seconds after the run is over", keep_autoquit),
      flag({"--class-picker"}, "USERCLASS_PICKER",
           "Let the web UI choose user classes and the shape", keep_switch<&Options::class_picker>),
      value({"--tls-cert"}, "FILE", "TLS_CERT",
            "Serve it by HTTPS with this certificate (PEM); needs --tls-key",
            keep_text<&Options::tls_cert>),
      value({"--tls-key"}, "FILE", "TLS_KEY", "The certificate's private key (PEM)",
            keep_text<&Options::tls_key>),
      value({"--web-login"}, "FILE", "WEB_LOGIN",
            "Serve it only to the users in this file; see swarm passwd",
            keep_text<&Options::web_login>),
      std::move(cors),
      flag({"--legacy-get"}, "LEGACY_GET", "Allow GET /stop and GET /stats/reset, as Locust does",
           keep_switch<&Options::legacy_get>),
  };
}

}  // namespace swarm
