#include "cli/completion.h"

#include <fmt/ranges.h>

#include <vector>

#include "cli/commands.h"
#include "cli/values.h"

namespace swarm {
namespace {

bool takes_file(const OptionSpec& option) {
  return option.metavar == "FILE" || option.metavar == "PREFIX" || option.metavar == "PATTERN";
}

// In single quotes, as all three shells read it.
std::string quoted(std::string_view text) {
  std::string out{'\''};
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return out += '\'';
}

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const Command& each : kCommands) names.push_back(each.name);
  return names;
}

template <typename Wanted>
std::string names_of(const OptionTable& table, std::string_view between, const Wanted& wanted) {
  std::vector<std::string_view> names;
  for (const OptionSpec& option : table) {
    if (option.hidden() || option.positional() || !wanted(option)) continue;
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return fmt::format("{}", fmt::join(names, between));
}

std::string bash(const OptionTable& table) {
  const auto any = [](const OptionSpec&) { return true; };
  const auto other = [](const OptionSpec& option) {
    return option.takes == Takes::One && !takes_file(option) && option.choices.empty();
  };
  std::string choices;
  for (const OptionSpec& option : table) {
    if (option.choices.empty()) continue;
    choices += fmt::format("    {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n",
                           fmt::join(option.names, "|"), fmt::join(option.choices, " "));
  }
  return fmt::format(R"(# bash completion for swarm: source <(swarm completion bash)
_swarm() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  COMPREPLY=()
  case $before in
    {0}) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
{1}    {2}) return ;;
    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")); return ;;
  esac
  if [[ $COMP_CWORD -gt 1 && " {4} " == *" ${{COMP_WORDS[1]}} "* ]]; then
    compopt -o default 2>/dev/null
  elif [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W '{3}' -- "$word"))
  elif [[ $COMP_CWORD == 1 ]]; then
    COMPREPLY=($(compgen -W '{4}' -- "$word"))
  fi
}}
complete -F _swarm swarm
)",
                     names_of(table, "|", takes_file), choices, names_of(table, "|", other),
                     names_of(table, " ", any), fmt::join(command_names(), " "));
}

// One specification of zsh's _arguments: the names that exclude each other, the help, the value.
std::string zsh_option(const OptionSpec& option, std::string_view name) {
  std::string help;
  for (const char c : option.help) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') help += '\\';
    help += c;
  }
  std::string value;
  if (!option.metavar.empty()) {
    value = fmt::format(":{}:", option.metavar);
    if (takes_file(option)) value += "_files";
    if (!option.choices.empty()) value += fmt::format("({})", fmt::join(option.choices, " "));
  }
  const std::string others = option.repeats || option.takes == Takes::Many
                                 ? std::string{"*"}
                                 : fmt::format("({})", fmt::join(option.names, " "));
  return quoted(fmt::format("{}{}[{}]{}", others, name, help, value));
}

std::string zsh(const OptionTable& table) {
  std::string options;
  for (const OptionSpec& option : table) {
    if (option.hidden() || option.positional()) continue;
    for (const std::string_view name : option.names) {
      options += fmt::format("  {}\n", zsh_option(option, name));
    }
  }
  std::string commands;
  for (const Command& each : kCommands) {
    commands += ' ' + quoted(fmt::format("{}:{}", each.name, each.help));
  }
  return fmt::format(R"(#compdef swarm
# zsh completion for swarm: source <(swarm completion zsh), or as _swarm in a folder of $fpath
_swarm() {{
  local -a options=(
{}  )
  local -a commands=({})
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
  elif (( CURRENT == 3 )) && [[ $words[2] == completion ]]; then
    compadd bash zsh fish
  elif (( CURRENT > 2 && ${{commands[(I)$words[2]:*]}} )); then
    _files
  else
    _arguments -S $options
  fi
}}
if [[ $funcstack[1] == _swarm ]]; then
  _swarm "$@"
else
  compdef _swarm swarm
fi
)",
                     options, commands);
}

std::string fish_option(const OptionSpec& option) {
  std::string line = "complete -c swarm";
  for (const std::string_view name : option.names) {
    line += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                   : fmt::format(" -s {}", name.substr(1));
  }
  if (!option.metavar.empty()) line += takes_file(option) ? " -r -F" : " -x";
  if (!option.choices.empty()) {
    line += fmt::format(" -a {}", quoted(fmt::format("{}", fmt::join(option.choices, " "))));
  }
  return fmt::format("{} -n __swarm_runs -d {}\n", line, quoted(option.help));
}

std::string fish(const OptionTable& table) {
  std::string out =
      "# fish completion for swarm: swarm completion fish | source\ncomplete -c swarm -f\n";
  out += fmt::format("function __swarm_runs\n  not __fish_seen_subcommand_from {}\nend\n",
                     fmt::join(command_names(), " "));
  for (const Command& each : kCommands) {
    out += fmt::format("complete -c swarm -n __fish_use_subcommand -a {} -d {}\n", each.name,
                       quoted(each.help));
  }
  out += "complete -c swarm -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'\n";
  for (const OptionSpec& option : table) {
    if (!option.hidden() && !option.positional()) out += fish_option(option);
  }
  return out;
}

}  // namespace

Result<std::string> completion(const OptionTable& table, std::string_view shell) {
  if (shell == "bash") return bash(table);
  if (shell == "zsh") return zsh(table);
  if (shell == "fish") return fish(table);
  return Error{
      fmt::format("there are completions for bash, zsh and fish, not for {}", in_quotes(shell))};
}

}  // namespace swarm
