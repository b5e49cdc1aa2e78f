#include "cli/completion_command.h"

#include <string>
#include <string_view>

#include "cli/completion.h"
#include "cli/option_table.h"
#include "cli/scenario_main.h"

namespace swarm {
namespace {

constexpr std::string_view kUsage =
    R"(Usage: swarm completion SHELL

Prints completions for bash, zsh or fish. An installed swarm has them where the
shells look for them; otherwise:

  source <(swarm completion bash)       in ~/.bashrc; for zsh the same in ~/.zshrc
  swarm completion fish | source        in ~/.config/fish/config.fish

Options:
  -h, --help  Show this and exit
)";

}  // namespace

int completion_main(std::span<const char* const> args) {
  const std::string_view first = args.empty() ? std::string_view{} : args.front();
  if (first == "-h" || first == "--help") return say({0, std::string{kUsage}});
  if (args.size() != 1) {
    return say(refuse(2, "swarm completion: needs one SHELL. See 'swarm completion --help'"));
  }
  const auto text = completion(option_table(), first);
  return text ? say({0, *text}) : say(refuse(2, "swarm completion: " + text.error().message));
}

}  // namespace swarm
