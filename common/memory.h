#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace swarm {

// What was worked out before, to be found instead of being worked out again: one entry in each of
// few slots, so that all of it stays in the processor's nearest cache. An entry that is asked for
// stays when others come past that are never asked for twice.
// Thread  loop
template <typename Entry>
class Memory {
 public:
  static constexpr std::size_t kSlots = 64;
  // So many others in a row, and an entry gives way.
  static constexpr std::uint8_t kPatience = 4;

  // The entry in the slot of `key` if it is the one: `is_it(entry)`. Else nullptr.
  template <typename IsIt>
  const Entry* find(std::size_t key, const IsIt& is_it) {
    if (slots_.empty()) return nullptr;
    Slot& slot = slots_[key % kSlots];
    if (!slot.taken || !is_it(slot.entry)) return nullptr;
    slot.passed_by = 0;
    return &slot.entry;
  }

  // Where to write down what find() did not find; nullptr: nowhere this time.
  Entry* make_room(std::size_t key) {
    if (slots_.empty()) slots_.resize(kSlots);
    Slot& slot = slots_[key % kSlots];
    if (slot.taken && ++slot.passed_by < kPatience) return nullptr;
    slot.passed_by = 0;
    slot.taken = true;
    return &slot.entry;
  }

 private:
  struct Slot {
    Entry entry;
    std::uint8_t passed_by = 0;
    bool taken = false;
  };
  std::vector<Slot> slots_;  // none before the first entry
};

}  // namespace swarm
