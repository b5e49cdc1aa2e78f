#include "common/value.h"

#include <algorithm>

#include "common/assert.h"

namespace swarm {

Value::Value(std::uint64_t value) {
  if (value <= INT64_MAX) {
    any_ = static_cast<std::int64_t>(value);
  } else {
    any_ = value;
  }
}

namespace {

template <typename Map>
auto entry_of(Map& map, std::string_view key) {
  return std::ranges::find_if(map, [key](const Value::Entry& entry) {
    const std::string* const text = entry.key.as_text();
    return text != nullptr && *text == key;
  });
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  const Map* const map = as_map();
  if (map == nullptr) return nullptr;
  const auto entry = entry_of(*map, key);
  return entry == map->end() ? nullptr : &entry->value;
}

void Value::set(std::string_view key, Value value) {
  Map* const map = as_map();
  SWARM_ASSERT(map != nullptr);
  if (const auto entry = entry_of(*map, key); entry != map->end()) {
    entry->value = std::move(value);
  } else {
    map->push_back({Value(key), std::move(value)});
  }
}

bool operator==(const Value& a, const Value& b) { return a.any_ == b.any_; }

}  // namespace swarm
