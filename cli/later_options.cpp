#include "cli/later_options.h"

#include <utility>

namespace swarm {
namespace {

OptionSpec refused(std::vector<std::string_view> names, Takes takes, std::string_view variable,
                   std::string_view why) {
  OptionSpec option;
  option.names = std::move(names);
  option.takes = takes;
  option.variable = variable;
  option.refused = why;
  return option;
}

}  // namespace

OptionTable later_options() {
  constexpr std::string_view kNoWeb =
      "this version has no web UI yet; leave it out, use --headless";
  constexpr std::string_view kNoReports =
      "this version cannot write it yet; leave it out, --json prints the totals";
  constexpr Takes Nothing = Takes::Nothing;
  constexpr Takes One = Takes::One;
  return {
      refused({"--web-host"}, One, "WEB_HOST", kNoWeb),
      refused({"--web-host-display-name"}, One, "WEB_HOST_DISPLAY_NAME", kNoWeb),
      refused({"-P", "--web-port", "--port"}, One, "WEB_PORT", kNoWeb),
      refused({"--web-base-path"}, One, "WEB_BASE_PATH", kNoWeb),
      refused({"--autostart"}, Nothing, "AUTOSTART", kNoWeb),
      refused({"--autoquit"}, One, "AUTOQUIT", kNoWeb),
      refused({"--web-login"}, Nothing, "WEB_LOGIN", kNoWeb),
      refused({"--web-auth"}, One, "WEB_AUTH", kNoWeb),
      refused({"--tls-cert"}, One, "TLS_CERT", kNoWeb),
      refused({"--tls-key"}, One, "TLS_KEY", kNoWeb),
      refused({"--class-picker"}, Nothing, "USERCLASS_PICKER", kNoWeb),
      refused({"--build-path"}, One, "BUILD_PATH", kNoWeb),
      refused({"--legacy-ui"}, Nothing, "LEGACY_UI", kNoWeb),
      refused({"--csv"}, One, "CSV", kNoReports),
      refused({"--csv-full-history"}, Nothing, "CSV_FULL_HISTORY", kNoReports),
      refused({"--html"}, One, "HTML", kNoReports),
      refused({"--json-file"}, One, "", kNoReports),
      refused({"--otel"}, Nothing, "ENABLE_OPENTELEMETRY", kNoReports),
  };
}

}  // namespace swarm
