#include "cli/process_options.h"

#include "cli/stores.h"

namespace swarm {
namespace {

constexpr std::string_view kMaster = "Master options";
constexpr std::string_view kWorker = "Worker options";

OptionTable master_options() {
  constexpr Takes One = Takes::One;
  return {
      {.names = {"--master"},
       .variable = "MODE_MASTER",
       .early = true,
       .group = kMaster,
       .help = "Spread the run over workers, which connect to this process",
       .store = keep_role<Role::Master>},
      {.names = {"--master-bind-host"},
       .takes = One,
       .metavar = "HOST",
       .variable = "MASTER_BIND_HOST",
       .group = kMaster,
       .help = "Where to listen for workers [default: everywhere]",
       .store = keep_text<&Options::master_bind_host>},
      {.names = {"--master-bind-port"},
       .takes = One,
       .metavar = "PORT",
       .variable = "MASTER_BIND_PORT",
       .group = kMaster,
       .help = "The port for it; 0: any [default: 5557]",
       .store = keep_whole<&Options::master_bind_port, 0, 65535>},
      {.names = {"--expect-workers"},
       .old_names = {"--expect-slaves"},
       .takes = One,
       .metavar = "N",
       .variable = "EXPECT_WORKERS",
       .group = kMaster,
       .help = "Start when so many are connected [default: 1]",
       .store = keep_whole<&Options::expect_workers, 1, UINT32_MAX>},
      {.names = {"--expect-workers-max-wait"},
       .takes = One,
       .metavar = "TIME",
       .variable = "EXPECT_WORKERS_MAX_WAIT",
       .group = kMaster,
       .help = "Give up after that [default: never]",
       .store = keep_expect_workers_max_wait},
      {.names = {"--no-rebalancing"},
       .variable = "NO_REBALANCING",
       .group = kMaster,
       .help = "Move no users when workers come and go",
       .store = switch_off<&Options::rebalancing>},
      // Locust must be told to; here it is the default.
      {.names = {"--enable-rebalancing"}, .store = keep_switch<&Options::rebalancing>},
      {.names = {"--include"},
       .takes = One,
       .repeats = true,
       .metavar = "PATTERN",
       .variable = "INCLUDE",
       .early = true,
       .group = kMaster,
       .help = "Send files like data/*.csv to workers along with the scenario; repeat it for more",
       .store = keep_list<&Options::include>},
  };
}

OptionTable worker_options() {
  constexpr Takes One = Takes::One;
  return {
      {.names = {"--worker"},
       .old_names = {"--slave"},
       .variable = "MODE_WORKER",
       .early = true,
       .group = kWorker,
       .help = "Run users for a master; without -f, its scenario",
       .store = keep_role<Role::Worker>},
      {.names = {"--processes"},
       .takes = One,
       .metavar = "N",
       .variable = "PROCESSES",
       .early = true,
       .group = kWorker,
       .help = "Run N workers here, -1: one for each core; without --worker also their master",
       .store = keep_whole<&Options::processes, -1, 1024>},
      {.names = {"--master-host"},
       .takes = One,
       .metavar = "HOST",
       .variable = "MASTER_NODE_HOST",
       .early = true,
       .group = kWorker,
       .help = "Where the master is [default: 127.0.0.1]",
       .store = keep_text<&Options::master_host>},
      {.names = {"--master-port"},
       .takes = One,
       .metavar = "PORT",
       .variable = "MASTER_NODE_PORT",
       .early = true,
       .group = kWorker,
       .help = "Its port [default: 5557]",
       .store = keep_whole<&Options::master_port, 1, 65535>},
      {.names = {"--worker-id"},
       .takes = One,
       .metavar = "NAME",
       .variable = "WORKER_ID",
       .early = true,
       .group = kWorker,
       .help = "What the master calls this worker [default: host name and a random number]",
       .store = keep_worker_id},
      {.names = {"--report-interval"},
       .takes = One,
       .metavar = "SECONDS",
       .variable = "REPORT_INTERVAL",
       .group = kWorker,
       .help = "Time between two reports; given to a master, that of its workers [default: 2]",
       .store = keep_report_interval},
      {.names = {"--orphan-after"},
       .takes = One,
       .metavar = "TIME",
       .variable = "ORPHAN_AFTER",
       .group = kWorker,
       .help =
           "End the users when the master is silent for so long, at least 5 seconds [default: 60]",
       .store = keep_orphan_after},
      {.names = {"--master-wait"},
       .takes = One,
       .metavar = "TIME",
       .variable = "MASTER_WAIT",
       .early = true,
       .group = kWorker,
       .help = "Give up when the master is not there for so long [default: 10m]",
       .store = keep_master_wait},
      {.names = {"--exit-code-on-leave"},
       .takes = One,
       .metavar = "N",
       .variable = "EXIT_CODE_ON_LEAVE",
       .group = kWorker,
       .help = "Exit code of a worker that a signal sends away, not its master [default: 0]",
       .store = keep_whole<&Options::exit_code_on_leave, 0, 255>},
      {.names = {"--join-token-file"},
       .takes = One,
       .metavar = "FILE",
       .variable = "JOIN_TOKEN_FILE",
       .early = true,
       .group = kWorker,
       .help = "Encrypt, and admit only who has the token in this file, as made by 'swarm token'; "
               "for the master too [default: SWARM_JOIN_TOKEN]",
       .store = keep_text<&Options::join_token_file>},
  };
}

}  // namespace

OptionTable process_options() {
  OptionTable table = master_options();
  for (OptionSpec& each : worker_options()) table.push_back(std::move(each));
  return table;
}

}  // namespace swarm
