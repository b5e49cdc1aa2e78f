#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace swarm {

// Any value that MessagePack, JSON and Python have in common: what custom messages carry, and what
// Locust's dictionaries are here.
// Thread  any
// Errors  the as_*() of another kind give null
class Value {
 public:
  struct Nil {
    friend bool operator==(Nil, Nil) = default;
  };
  struct Bytes {
    std::string bytes;
    friend bool operator==(const Bytes&, const Bytes&) = default;
  };
  struct Entry;
  using Array = std::vector<Value>;
  // In the order in which they were added; keys may be anything and are not compared.
  using Map = std::vector<Entry>;

  Value();
  Value(Nil);
  // Nothing that merely converts: a pointer is not true.
  template <std::same_as<bool> Bool>
  Value(Bool value);
  Value(int value);
  Value(unsigned value);
  Value(std::int64_t value);
  // One that fits into 63 bits is kept as a signed one: equal numbers are equal values.
  Value(std::uint64_t value);
  Value(double value);
  Value(const char* text);
  Value(std::string_view text);
  Value(std::string text);
  Value(Bytes bytes);
  Value(Array array);
  Value(Map map);
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();

  bool is_nil() const { return std::holds_alternative<Nil>(any_); }
  const bool* as_bool() const { return std::get_if<bool>(&any_); }
  const std::string* as_text() const { return std::get_if<std::string>(&any_); }
  const Bytes* as_bytes() const { return std::get_if<Bytes>(&any_); }
  const Array* as_array() const { return std::get_if<Array>(&any_); }
  Array* as_array() { return std::get_if<Array>(&any_); }
  const Map* as_map() const { return std::get_if<Map>(&any_); }
  Map* as_map() { return std::get_if<Map>(&any_); }
  // Whole numbers only.
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&any_); }
  const std::uint64_t* as_big() const { return std::get_if<std::uint64_t>(&any_); }  // >= 2^63
  const double* as_double() const { return std::get_if<double>(&any_); }

  // The value of a map's text key; null if there is none, or this is no map.
  const Value* find(std::string_view key) const;
  // Sets or adds it. REQUIRES: a map.
  void set(std::string_view key, Value value);

  template <typename Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), any_);
  }

  friend bool operator==(const Value&, const Value&);

 private:
  std::variant<Nil, bool, std::int64_t, std::uint64_t, double, std::string, Bytes, Array, Map> any_;
};

struct Value::Entry {
  Value key;
  Value value;
  friend bool operator==(const Entry&, const Entry&) = default;
};

// Here, where an Entry is known: before, nobody can tell how a Map is destroyed.
inline Value::Value() = default;
inline Value::Value(Nil) {}
template <std::same_as<bool> Bool>
Value::Value(Bool value) : any_(value) {}
inline Value::Value(int value) : any_(std::int64_t{value}) {}
inline Value::Value(unsigned value) : any_(std::int64_t{value}) {}
inline Value::Value(std::int64_t value) : any_(value) {}
inline Value::Value(double value) : any_(value) {}
inline Value::Value(const char* text) : any_(std::string(text)) {}
inline Value::Value(std::string_view text) : any_(std::string(text)) {}
inline Value::Value(std::string text) : any_(std::move(text)) {}
inline Value::Value(Bytes bytes) : any_(std::move(bytes)) {}
inline Value::Value(Array array) : any_(std::move(array)) {}
inline Value::Value(Map map) : any_(std::move(map)) {}
inline Value::Value(const Value& other) = default;
inline Value::Value(Value&& other) noexcept = default;
inline Value& Value::operator=(const Value& other) = default;
inline Value& Value::operator=(Value&& other) noexcept = default;
inline Value::~Value() = default;

}  // namespace swarm
