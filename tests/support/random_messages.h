#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>

#include "proto/messages.h"

// Messages with something in every field, and their comparison field by field.
namespace swarm::test {

using Random = std::mt19937_64;

// How many fields a message has. A wrong number does not compile: who adds a field must come here.
template <typename Message>
inline constexpr std::size_t kFields = 1;
template <>
inline constexpr std::size_t kFields<proto::Quit> = 0;
template <>
inline constexpr std::size_t kFields<proto::Goodbye> = 0;
template <>
inline constexpr std::size_t kFields<proto::Ack> = 3;
template <>
inline constexpr std::size_t kFields<proto::Spawn> = 9;
template <>
inline constexpr std::size_t kFields<proto::Permits> = 3;
template <>
inline constexpr std::size_t kFields<proto::SpawningComplete> = 3;
template <>
inline constexpr std::size_t kFields<proto::ReportAck> = 2;
template <>
inline constexpr std::size_t kFields<proto::ScenarioFiles> = 3;
template <>
inline constexpr std::size_t kFields<proto::RunFacts> = 8;
template <>
inline constexpr std::size_t kFields<proto::ClientReady> = 2;
template <>
inline constexpr std::size_t kFields<proto::OrderDone> = 3;
template <>
inline constexpr std::size_t kFields<proto::Heartbeat> = 5;
template <>
inline constexpr std::size_t kFields<proto::Report> = 11;
template <>
inline constexpr std::size_t kFields<proto::CustomMessage> = 2;

// References to all fields of a message, in order.
template <typename Message>
auto fields_of(Message& message) {
  constexpr std::size_t kCount = kFields<std::remove_const_t<Message>>;
  if constexpr (kCount == 0) {
    static_assert(std::is_empty_v<Message>);
    return std::tuple<>();
  } else if constexpr (kCount == 1) {
    auto& [a] = message;
    return std::tie(a);
  } else if constexpr (kCount == 2) {
    auto& [a, b] = message;
    return std::tie(a, b);
  } else if constexpr (kCount == 3) {
    auto& [a, b, c] = message;
    return std::tie(a, b, c);
  } else if constexpr (kCount == 5) {
    auto& [a, b, c, d, e] = message;
    return std::tie(a, b, c, d, e);
  } else if constexpr (kCount == 8) {
    auto& [a, b, c, d, e, f, g, h] = message;
    return std::tie(a, b, c, d, e, f, g, h);
  } else if constexpr (kCount == 9) {
    auto& [a, b, c, d, e, f, g, h, i] = message;
    return std::tie(a, b, c, d, e, f, g, h, i);
  } else {
    static_assert(kCount == 11);
    auto& [a, b, c, d, e, f, g, h, i, j, k] = message;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k);
  }
}

template <typename Field>
bool equal(const Field& a, const Field& b) {
  if constexpr (requires { a == b; }) {
    return a == b;
  } else if constexpr (requires { a.has_value(); }) {
    return a.has_value() == b.has_value() && (!a.has_value() || equal(*a, *b));
  } else {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      [[maybe_unused]] const auto fields_a = fields_of(a);
      [[maybe_unused]] const auto fields_b = fields_of(b);
      return (equal(std::get<I>(fields_a), std::get<I>(fields_b)) && ...);
    }
    (std::make_index_sequence<kFields<Field>>());
  }
}

template <typename... Messages>
bool equal_messages(const std::variant<Messages...>& a, const std::variant<Messages...>& b) {
  return a.index() == b.index() && std::visit(
                                       [&b]<typename Message>(const Message& message) {
                                         return equal(message, std::get<Message>(b));
                                       },
                                       a);
}

// A number with a random length: small ones are as likely as large ones.
std::uint64_t any_whole(Random& random, unsigned most_bits = 64);
std::string any_text(Random& random);
Value any_value(Random& random, unsigned depth);
Delta any_delta(Random& random);

// The `kind`-th kind of message, with anything in it that it may hold. Introduce, which never
// travels, is not among them.
inline constexpr std::size_t kKindsToMaster = std::variant_size_v<proto::ToMaster>;
inline constexpr std::size_t kKindsToWorker = std::variant_size_v<proto::ToWorker> - 1;
proto::ToMaster any_to_master(Random& random, std::size_t kind);
proto::ToWorker any_to_worker(Random& random, std::size_t kind);

}  // namespace swarm::test
