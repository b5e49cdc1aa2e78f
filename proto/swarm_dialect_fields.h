#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/clock.h"
#include "common/value.h"

// What the messages of SwarmDialect are made of: lists of fields, and byte strings full of numbers.
// Theirs alone.
namespace swarm::proto {

// No duration or instant on the wire is longer, so that a few of them can be added up anywhere.
// 2^60 ns are 36 years.
inline constexpr Duration kLongest{std::int64_t{1} << 60};

// How one message is read: the first thing that is wrong with it makes it unreadable.
struct Reading {
  std::string problem = {};  // empty: none so far
  // Doublings that its histograms may still fill: a kilobyte each, for two bytes on the wire.
  std::size_t blocks_left = std::size_t{128} << 10;

  void fail(std::string_view what) {
    if (problem.empty()) problem = what;
  }
};

// Takes the fields of a list, one after the other. What is missing or of another kind fails the
// reading and is read as nothing; what follows the last one is left alone, so that messages can
// grow. Errors  see Reading
class FieldReader {
 public:
  // `reading` and `list` must outlive it.
  FieldReader(const Value& list, Reading& reading);

  std::uint64_t whole(std::uint64_t most = UINT64_MAX);
  std::uint32_t small() { return static_cast<std::uint32_t>(whole(UINT32_MAX)); }
  double number();  // finite, not negative
  Duration time(Duration most = kLongest);
  std::string text();
  std::string_view bytes();
  Value map_or_nil();
  // The next field, of any kind.
  const Value& any();
  // Whether the next field is nil; then it is taken.
  bool skip_nil();

  // Reads the next field, a list of lists.
  template <typename Read>
  void each(Read read) {
    for (const Value& item : list()) {
      if (!reading_.problem.empty()) return;
      FieldReader fields(item, reading_);
      read(fields);
    }
  }
  // The next field, a list.
  const Value::Array& list();

  Reading& reading() { return reading_; }

 private:
  void fail(std::string_view expected);

  const Value::Array* fields_;
  std::size_t next_ = 0;
  Reading& reading_;
};

// Nanoseconds for the wire: 0 to kLongest.
Value nanoseconds(Duration time);

// Numbers of up to 128 bits, seven bits a byte, the lowest first; all bytes but the last have their
// highest bit set.
__extension__ using Wide = unsigned __int128;
void append_varint(std::string& bytes, Wide number);

// Takes such numbers from the front of `bytes`.
// Errors  a number that is cut off, longer than need be or greater than it may be fails the reading
class VarintReader {
 public:
  VarintReader(std::string_view bytes, Reading& reading) : left_(bytes), reading_(reading) {}

  // Whether there is more to take. False after a failure.
  bool more() const { return !left_.empty() && reading_.problem.empty(); }
  Wide next(Wide most);
  std::uint64_t next_whole(std::uint64_t most) {
    // Nearly all are small, and a report holds thousands.
    if (!left_.empty() && static_cast<unsigned char>(left_.front()) < 0x80) {
      const auto number = static_cast<unsigned char>(left_.front());
      if (number <= most) return left_.remove_prefix(1), number;
    }
    return static_cast<std::uint64_t>(next(most));
  }

 private:
  std::string_view left_;
  Reading& reading_;
};

}  // namespace swarm::proto
