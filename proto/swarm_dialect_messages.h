#pragma once

#include <string_view>
#include <vector>

#include "proto/messages.h"
#include "proto/swarm_dialect_fields.h"

// Each message of SwarmDialect as its type on the wire and the list of its fields, in the order
// that README.md gives. read() takes what write() made, or fails the reading; a message that was
// read has every property that messages.h promises.
namespace swarm::proto {

inline constexpr std::string_view kSwarmPrefix = "swarm.";

// The type, without the prefix.
constexpr std::string_view type_of(const Ack*) { return "ack"; }
constexpr std::string_view type_of(const Refused*) { return "refused"; }
constexpr std::string_view type_of(const Spawn*) { return "spawn"; }
constexpr std::string_view type_of(const Permits*) { return "permits"; }
constexpr std::string_view type_of(const SpawningComplete*) { return "spawning_complete"; }
constexpr std::string_view type_of(const ReportAck*) { return "report_ack"; }
constexpr std::string_view type_of(const Stop*) { return "stop"; }
constexpr std::string_view type_of(const Quit*) { return "quit"; }
constexpr std::string_view type_of(const ScenarioFiles*) { return "scenario_files"; }
constexpr std::string_view type_of(const ClientReady*) { return "client_ready"; }
constexpr std::string_view type_of(const OrderDone*) { return "order_done"; }
constexpr std::string_view type_of(const Heartbeat*) { return "heartbeat"; }
constexpr std::string_view type_of(const Report*) { return "report"; }
constexpr std::string_view type_of(const StopRequest*) { return "stop_request"; }
constexpr std::string_view type_of(const ClientStopped*) { return "client_stopped"; }
constexpr std::string_view type_of(const Goodbye*) { return "goodbye"; }
constexpr std::string_view type_of(const ScenarioRequest*) { return "scenario_request"; }
constexpr std::string_view type_of(const ScenarioFailed*) { return "scenario_failed"; }
constexpr std::string_view type_of(const Logs*) { return "logs"; }
constexpr std::string_view type_of(const CustomMessage*) { return "message"; }

Value::Array write(const Ack& message);
Value::Array write(const Refused& message);
Value::Array write(const Spawn& message);
Value::Array write(const Permits& message);
Value::Array write(const SpawningComplete& message);
Value::Array write(const ReportAck& message);
Value::Array write(const Stop& message);
Value::Array write(const Quit& message);
Value::Array write(const ScenarioFiles& message);
Value::Array write(const ClientReady& message);
Value::Array write(const OrderDone& message);
Value::Array write(const Heartbeat& message);
Value::Array write(const Report& message);
Value::Array write(const StopRequest& message);
Value::Array write(const ClientStopped& message);
Value::Array write(const Goodbye& message);
Value::Array write(const ScenarioRequest& message);
Value::Array write(const ScenarioFailed& message);
Value::Array write(const Logs& message);
Value::Array write(const CustomMessage& message);

void read(FieldReader& fields, Ack& message);
void read(FieldReader& fields, Refused& message);
void read(FieldReader& fields, Spawn& message);
void read(FieldReader& fields, Permits& message);
void read(FieldReader& fields, SpawningComplete& message);
void read(FieldReader& fields, ReportAck& message);
void read(FieldReader& fields, Stop& message);
void read(FieldReader& fields, Quit& message);
void read(FieldReader& fields, ScenarioFiles& message);
void read(FieldReader& fields, ClientReady& message);
void read(FieldReader& fields, OrderDone& message);
void read(FieldReader& fields, Heartbeat& message);
void read(FieldReader& fields, Report& message);
void read(FieldReader& fields, StopRequest& message);
void read(FieldReader& fields, ClientStopped& message);
void read(FieldReader& fields, Goodbye& message);
void read(FieldReader& fields, ScenarioRequest& message);
void read(FieldReader& fields, ScenarioFailed& message);
void read(FieldReader& fields, Logs& message);
void read(FieldReader& fields, CustomMessage& message);

// What several messages hold.
Value::Array write(const std::vector<ClassCount>& users);
std::vector<ClassCount> read_counts(FieldReader& fields);
Value::Array write(const RunFacts& facts);
void read(FieldReader& fields, RunFacts& facts);
Value::Array write(const Delta& delta);
void read(FieldReader& fields, Delta& delta);
Value::Array write(const WorkerHealth& health);
void read(FieldReader& fields, WorkerHealth& health);

}  // namespace swarm::proto
