#include "proto/swarm_dialect.h"

#include <charconv>
#include <type_traits>
#include <utility>

#include "proto/swarm_dialect_messages.h"

namespace swarm::proto {
namespace {

// What the version in a greeting ends with: this, the dialect's number, '/', the program's version.
constexpr std::string_view kSuffix = "+swarm.";
// In the map of a welcome: the dialect's number.
constexpr std::string_view kWelcomeKey = "swarm";

template <typename Variant>
Envelope encode_any(const Variant& any, const WorkerId& worker) {
  return std::visit(
      [&worker]<typename Message>(const Message& message) -> Envelope {
        if constexpr (std::is_same_v<Message, Introduce>) {
          // Has no form of its own: the link that it reaches greets, and makes it anew.
          return {"reconnect", {}, worker};
        } else {
          std::string type(kSwarmPrefix);
          return {type.append(type_of(&message)), write(message), worker};
        }
      },
      any);
}

// Tries the kinds of message in Variant from the Index-th on.
template <typename Variant, std::size_t Index = 0>
Result<Variant> decode_any(const Envelope& envelope, std::string_view type) {
  if constexpr (Index == std::variant_size_v<Variant>) {
    return Error{"'" + envelope.type.substr(0, 60) + "' is no message to this side"};
  } else {
    using Message = std::variant_alternative_t<Index, Variant>;
    if constexpr (!std::is_same_v<Message, Introduce>) {
      if (type == type_of(static_cast<const Message*>(nullptr))) {
        Reading reading;
        FieldReader fields(envelope.data, reading);
        Message message;
        read(fields, message);
        if (!reading.problem.empty()) return Error{envelope.type + ": " + reading.problem};
        return Variant{std::move(message)};
      }
    }
    return decode_any<Variant, Index + 1>(envelope, type);
  }
}

std::string_view type_in(const Envelope& envelope) {
  if (!SwarmDialect::speaks(envelope)) return {};
  return std::string_view(envelope.type).substr(kSwarmPrefix.size());
}

}  // namespace

Envelope SwarmDialect::encode(const ToMaster& message, const WorkerId& worker) {
  return encode_any(message, worker);
}

Envelope SwarmDialect::encode(const ToWorker& message, const WorkerId& worker) {
  return encode_any(message, worker);
}

Result<ToMaster> SwarmDialect::decode_to_master(const Envelope& envelope) {
  return decode_any<ToMaster>(envelope, type_in(envelope));
}

Result<ToWorker> SwarmDialect::decode_to_worker(const Envelope& envelope) {
  return decode_any<ToWorker>(envelope, type_in(envelope));
}

bool SwarmDialect::speaks(const Envelope& envelope) {
  return envelope.type.starts_with(kSwarmPrefix);
}

Envelope SwarmDialect::greeting(const WorkerId& worker, std::string_view version) {
  std::string both(kLocustVersion);
  both.append(kSuffix).append(std::to_string(kNumber)).append("/").append(version);
  return {"client_ready", std::move(both), worker};
}

unsigned SwarmDialect::offered(const Envelope& client_ready) {
  const std::string* const version = client_ready.data.as_text();
  if (client_ready.type != "client_ready" || version == nullptr) return 0;
  const std::size_t suffix = version->find(kSuffix);
  if (suffix == std::string::npos) return 0;
  const char* const end = version->data() + version->size();
  unsigned number = 0;
  const auto parsed = std::from_chars(version->data() + suffix + kSuffix.size(), end, number);
  const bool complete = parsed.ec == std::errc{} && (parsed.ptr == end || *parsed.ptr == '/');
  return complete ? number : 0;
}

Envelope SwarmDialect::welcome(const WorkerId& worker) {
  Value data{Value::Map{}};
  data.set(kWelcomeKey, kNumber);
  return {"ack", std::move(data), worker};
}

bool SwarmDialect::is_welcome(const Envelope& ack) {
  if (ack.type != "ack") return false;
  const Value* const number = ack.data.find(kWelcomeKey);
  return number != nullptr && *number == Value(kNumber);
}

}  // namespace swarm::proto
