#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace swarm {

// A direct-mapped cache: one entry in each of few slots, so that all of it stays in the processor's
// nearest cache, too. An entry that is asked for stays when others come past that are never asked
// for twice.
// Thread  one at a time
template <typename Entry>
class Cache {
 public:
  static constexpr std::size_t kSlots = 64;
  // So many misses in a row, and an entry gives way.
  static constexpr std::uint8_t kPatience = 4;

  // The entry in the slot of `key` if it is the one: `is_it(entry)`. Else nullptr.
  template <typename IsIt>
  Entry* find(std::size_t key, const IsIt& is_it) {
    if (slots_.empty()) return nullptr;
    Slot& slot = slots_[key % kSlots];
    if (!slot.taken || !is_it(slot.entry)) return nullptr;
    slot.misses = 0;
    return &slot.entry;
  }

  // Where to put what find() did not find; nullptr: nowhere this time.
  Entry* make_room(std::size_t key) {
    if (slots_.empty()) slots_.resize(kSlots);
    Slot& slot = slots_[key % kSlots];
    if (slot.taken && ++slot.misses < kPatience) return nullptr;
    slot.misses = 0;
    slot.taken = true;
    return &slot.entry;
  }

 private:
  struct Slot {
    Entry entry;
    std::uint8_t misses = 0;
    bool taken = false;
  };
  std::vector<Slot> slots_;  // none before the first entry
};

// A key for a path or a name: of its length and its end, where most differ.
constexpr std::size_t cache_key(std::string_view text) {
  return text.empty() ? 0 : text.size() + 5u * static_cast<unsigned char>(text.back());
}

}  // namespace swarm
