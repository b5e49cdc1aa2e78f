#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace swarm::http {

// A field of a message's head. Refers to bytes that live elsewhere.
struct Header {
  std::string_view name;
  std::string_view value;
};

// Where a field stands in the bytes of its head.
struct FieldPlace {
  std::uint32_t name_at;
  std::uint32_t name_length;
  std::uint32_t value_at;
  std::uint32_t value_length;
};

// The fields of a head in the order of arrival, repeated ones too.
// Thread  any
// Errors  none; valid as long as the head that it looks at is unchanged
class Fields {
 public:
  class Iterator {
   public:
    Iterator(const char* head, const FieldPlace* place) : head_(head), place_(place) {}
    Header operator*() const {
      return {{head_ + place_->name_at, place_->name_length},
              {head_ + place_->value_at, place_->value_length}};
    }
    Iterator& operator++() { return ++place_, *this; }
    bool operator==(const Iterator& other) const { return place_ == other.place_; }

   private:
    const char* head_;
    const FieldPlace* place_;
  };

  Fields(std::string_view head, const std::vector<FieldPlace>& places)
      : head_(head.data()), places_(places.data()), count_(places.size()) {}

  std::size_t size() const { return count_; }
  Iterator begin() const { return {head_, places_}; }
  Iterator end() const { return {head_, places_ + count_}; }

  // The value of the first field of that name, whatever its case; nullptr as data() if there is
  // none.
  std::string_view find(std::string_view name) const;

 private:
  const char* head_;
  const FieldPlace* places_;
  std::size_t count_;
};

}  // namespace swarm::http
