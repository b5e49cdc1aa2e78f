#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "common/assert.h"

namespace swarm {

// Why we could not do something, in one line that says what to do. Not for what a target does:
// its failures are data (Sample).
struct Error {
  std::string message;
};

// A value, or the reason why there is none.
// Thread  any
// Errors  value() of a failed result, and error() of a good one, assert
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }

  T& value() & { return SWARM_ASSERT(ok()), *std::get_if<0>(&state_); }
  const T& value() const& { return SWARM_ASSERT(ok()), *std::get_if<0>(&state_); }
  T&& value() && { return SWARM_ASSERT(ok()), std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { return SWARM_ASSERT(!ok()), *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_; }
  bool ok() const { return !error_; }
  const Error& error() const { return SWARM_ASSERT(error_), *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace swarm

// Evaluates a Result<void>; a failure is returned to the caller.
#define SWARM_TRY(expression)                                   \
  do {                                                          \
    if (auto swarm_result = (expression); !swarm_result.ok()) { \
      return ::swarm::Error{std::move(swarm_result).error()};   \
    }                                                           \
  } while (false)

// SWARM_TRY_ASSIGN(auto value, expression): the same, and keeps the value.
#define SWARM_TRY_ASSIGN(declaration, expression) \
  SWARM_TRY_ASSIGN_(declaration, expression, SWARM_CONCAT(swarm_result_, __LINE__))
#define SWARM_TRY_ASSIGN_(declaration, expression, result) \
  auto result = (expression);                              \
  if (!result.ok()) return ::swarm::Error{result.error()}; \
  declaration = std::move(result).value()
#define SWARM_CONCAT(a, b) SWARM_CONCAT_(a, b)
#define SWARM_CONCAT_(a, b) a##b
