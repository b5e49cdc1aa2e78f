#pragma once

#include "common/result.h"
#include "common/value.h"
#include "proto/messages.h"

namespace swarm::proto {

// How the scenario travels between processes of Locust's: as texts without folders, and without the
// modules that it imports.
//
// Thread  any
// Source  locust-reference 3.4

// The data of a `locustfile` for a worker; `several`: it takes more than one (2.31 and later).
Value locustfiles_value(const ScenarioFiles& files, bool several);
// The data of a master's `locustfile`, of either form. Errors: it is none.
Result<ScenarioFiles> read_locustfiles(const Value& data);

// Which of a master's parsed_options are the scenario's own: a map; nil if there are no options.
Value scenario_options(const Value* parsed_options);

}  // namespace swarm::proto
