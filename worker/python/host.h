#pragma once

namespace swarm {
class ScenarioHost;
struct RunControl;
namespace http {
class Engine;
struct EngineOptions;
}  // namespace http
}  // namespace swarm

namespace swarm::python {

// What the process offers to its scenario. Null where there is no run: as a library, while files
// are loaded, after the end. Then nothing is counted.
// Thread  main
ScenarioHost* host();
const RunControl* run_control();

// What all HTTP clients of the process share. Made when first asked for, with Locust's defaults
// unless set_engine_options() came before.
http::Engine& engine();

// --- for the entry ---

// Errors  of the options: a CA file that cannot be read is told when the engine is made
void set_engine_options(const http::EngineOptions& options);
// From now on there is a run, until null.
void set_host(ScenarioHost* host, const RunControl* control);

}  // namespace swarm::python
