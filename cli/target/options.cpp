#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "cli/target/target.h"

namespace swarm {
namespace {

struct Option {
  std::string_view flag;
  std::string_view wants;  // empty: it stands alone
  std::string_view help;
  Result<void> (*set)(TargetOptions& options, std::string_view value);
};

Result<void> set_port(TargetOptions& options, std::string_view value) {
  const char* const end = value.data() + value.size();
  const auto [stop, failed] = std::from_chars(value.data(), end, options.port);
  if (failed == std::errc{} && stop == end) return {};
  return Error{fmt::format("--port wants a number from 0 to 65535, not '{}'", value)};
}

template <std::string TargetOptions::*field>
Result<void> set_text(TargetOptions& options, std::string_view value) {
  options.*field = value;
  return {};
}

Result<void> set_tls(TargetOptions& options, std::string_view) {
  options.tls = true;
  return {};
}

constexpr std::array kOptions{
    Option{"--port", "N", "where to listen (8080); 0: any free port", &set_port},
    Option{"--host", "IP", "address to listen at (127.0.0.1); 0.0.0.0: all",
           &set_text<&TargetOptions::host>},
    Option{"--tls", "", "https, with a certificate of its own for localhost", &set_tls},
    Option{"--tls-cert", "FILE", "https with this certificate (PEM)",
           &set_text<&TargetOptions::cert_file>},
    Option{"--tls-key", "FILE", "and its key (PEM)", &set_text<&TargetOptions::key_file>},
};

const Option* find_option(std::string_view flag) {
  for (const Option& option : kOptions) {
    if (option.flag == flag) return &option;
  }
  return nullptr;
}

}  // namespace

std::string target_usage() {
  std::string text =
      "usage: swarm target [options]\n\n"
      "An HTTP/1.1 server to aim load at. Its page / lists what it serves.\n\noptions:\n";
  for (const Option& option : kOptions) {
    text +=
        fmt::format("  {:<20} {}\n", fmt::format("{} {}", option.flag, option.wants), option.help);
  }
  text += fmt::format("  {:<20} {}\n", "--help", "this text");
  return text;
}

Result<std::optional<TargetOptions>> parse_target_options(std::span<const char* const> args) {
  TargetOptions options;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string_view word = args[i];
    if (word == "--help" || word == "-h") return std::optional<TargetOptions>{};
    const std::size_t equals = word.find('=');
    const std::string_view flag = word.substr(0, equals);
    const Option* const option = find_option(flag);
    if (option == nullptr) {
      return Error{fmt::format("unknown argument '{}'; see swarm target --help", word)};
    }
    std::string_view value;
    if (option->wants.empty()) {
      if (equals != std::string_view::npos) return Error{fmt::format("{} takes no value", flag)};
    } else if (equals != std::string_view::npos) {
      value = word.substr(equals + 1);
    } else if (++i < args.size()) {
      value = args[i];
    }
    if (!option->wants.empty() && value.empty()) {
      return Error{fmt::format("{} wants {} behind it", flag, option->wants)};
    }
    SWARM_TRY(option->set(options, value));
  }
  if (options.cert_file.empty() != options.key_file.empty()) {
    return Error{"--tls-cert and --tls-key belong together: give both, or neither"};
  }
  if (!options.cert_file.empty()) options.tls = true;
  return std::optional<TargetOptions>{std::move(options)};
}

}  // namespace swarm
