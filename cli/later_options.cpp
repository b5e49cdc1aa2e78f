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
  constexpr std::string_view kNotHere = "swarm does not have it; leave it out";
  constexpr std::string_view kLogin = "use --web-login FILE, with a file that swarm passwd writes";
  constexpr Takes Nothing = Takes::Nothing;
  constexpr Takes One = Takes::One;
  return {
      refused({"--web-host-display-name"}, One, "WEB_HOST_DISPLAY_NAME", kNotHere),
      refused({"--web-auth"}, One, "WEB_AUTH", kLogin),
      refused({"--build-path"}, One, "BUILD_PATH", kNotHere),
      refused({"--legacy-ui"}, Nothing, "LEGACY_UI", kNotHere),
      refused({"--otel"}, Nothing, "ENABLE_OPENTELEMETRY", kNotHere),
  };
}

}  // namespace swarm
