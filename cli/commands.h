#pragma once

#include <array>
#include <string_view>

namespace swarm {

// What `swarm` does besides a run, if its first argument is this name.
struct Command {
  std::string_view name;
  std::string_view arguments;
  std::string_view help;
};
inline constexpr std::array kCommands{
    Command{"target", "[options]", "a web server to aim at"},
    Command{"token", "", "a new secret for --join-token-file"},
    Command{"passwd", "FILE USER", "a password for --web-login"},
    Command{"completion", "SHELL", "completions for bash, zsh or fish"},
};

// A command line that somebody may want to copy, and what comes of it.
struct Example {
  std::string_view command;  // lines apart by \n
  std::string_view meaning;
};
inline constexpr std::array kExamples{
    Example{"swarm -f shop.py --headless -u 100 -r 10 -t 5m -H https://shop.example",
            "100 users, 10 more each second, for 5 minutes"},
    Example{"swarm -f shop.py -H https://shop.example",
            "the same from a browser, at http://localhost:8089"},
    Example{"swarm -f shop.py --headless -u 5 -n 1000 -H 127.0.0.1:8080 --json",
            "exactly 1000 requests; the totals as JSON on stdout"},
    Example{"swarm -f shop.py --headless --processes -1 -u 5000 -r 100 -H shop.example",
            "one worker on each core"},
    Example{"swarm -f shop.py --master --headless --expect-workers 3 -u 3000 -r 100 -t 5m\n"
            "swarm --worker --master-host 10.0.0.5",
            "a run over three workers, which get the scenario from the master"},
    Example{"swarm -f shop.py --list", "the user classes that a scenario offers"},
    Example{"swarm -f shop.py --help", "all options, with those that the scenario adds"},
};

inline constexpr std::string_view kWhereOptionsAreSet =
    "Options can also be set in ./swarm.conf or ~/.swarm.conf (spawn-rate = 10), in pyproject.toml "
    "under [tool.swarm], and in the environment (SWARM_SPAWN_RATE=10). Locust's files and LOCUST_ "
    "variables are read as well. The command line counts before the environment, the environment "
    "before --config, --config before others.";

// What a process tells the one that started it.
struct ExitCode {
  std::string_view code;
  std::string_view meaning;
};
inline constexpr std::array kExitCodes{
    ExitCode{"0", "The run had no failures."},
    ExitCode{"1",
             "It had some (--exit-code-on-error chooses another code), or could not go on; the log "
             "says why."},
    ExitCode{"2", "The command line makes no sense; one line says what to change."},
    ExitCode{"130", "A second Ctrl-C or SIGTERM ended it at once."},
};

}  // namespace swarm
