#include "proto/swarm_dialect_fields.h"

#include <algorithm>
#include <cmath>

namespace swarm::proto {
namespace {

const Value kNothing;
const Value::Array kEmpty;

}  // namespace

FieldReader::FieldReader(const Value& list, Reading& reading)
    : fields_(list.as_array()), reading_(reading) {
  if (fields_ == nullptr) {
    reading_.fail("a list is expected");
    fields_ = &kEmpty;
  }
}

const Value& FieldReader::any() {
  if (next_ < fields_->size()) return (*fields_)[next_++];
  ++next_;
  fail("there");
  return kNothing;
}

bool FieldReader::skip_nil() {
  if (next_ >= fields_->size() || !(*fields_)[next_].is_nil()) return false;
  ++next_;
  return true;
}

std::uint64_t FieldReader::whole(std::uint64_t most) {
  const Value& field = any();
  std::uint64_t number = 0;
  if (const auto* const plain = field.as_int(); plain != nullptr && *plain >= 0) {
    number = static_cast<std::uint64_t>(*plain);
  } else if (const auto* const big = field.as_big()) {
    number = *big;
  } else {
    return fail("a whole number"), 0;
  }
  if (number > most) return fail("a whole number in its range"), 0;
  return number;
}

double FieldReader::number() {
  const Value& field = any();
  double number = 0;
  if (const auto* const plain = field.as_int()) {
    number = static_cast<double>(*plain);
  } else if (const auto* const real = field.as_double()) {
    number = *real;
  } else {
    fail("a number");
  }
  if (!std::isfinite(number) || number < 0) return fail("a number from 0 upward"), 0;
  return number;
}

Duration FieldReader::time(Duration most) {
  return Duration{static_cast<std::int64_t>(whole(static_cast<std::uint64_t>(most.count())))};
}

std::string FieldReader::text() {
  if (const std::string* const text = any().as_text()) return *text;
  return fail("text"), std::string();
}

std::string_view FieldReader::bytes() {
  if (const Value::Bytes* const bytes = any().as_bytes()) return bytes->bytes;
  return fail("bytes"), std::string_view();
}

Value FieldReader::map_or_nil() {
  const Value& field = any();
  if (field.is_nil() || field.as_map() != nullptr) return field;
  return fail("a map or nil"), Value();
}

const Value::Array& FieldReader::list() {
  if (const Value::Array* const list = any().as_array()) return *list;
  return fail("a list"), kEmpty;
}

void FieldReader::fail(std::string_view expected) {
  reading_.fail("field " + std::to_string(next_) + " is not " + std::string(expected));
}

Value nanoseconds(Duration time) {
  return std::int64_t{std::clamp(time, Duration::zero(), kLongest).count()};
}

void append_varint(std::string& bytes, Wide number) {
  while (number >= 0x80) {
    bytes += static_cast<char>(0x80 | static_cast<unsigned char>(number & 0x7f));
    number >>= 7;
  }
  bytes += static_cast<char>(number);
}

Wide VarintReader::next(Wide most) {
  Wide number = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (left_.empty()) return reading_.fail("a number is cut off"), 0;
    const auto byte = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    // The nineteenth byte holds the last two of 128 bits.
    if (shift > 126 || (shift == 126 && byte > 3)) {
      return reading_.fail("a number has more than 128 bits"), 0;
    }
    number |= Wide{byte & 0x7fu} << shift;
    if (byte >= 0x80) continue;
    if (byte == 0 && shift > 0) return reading_.fail("a number is longer than it need be"), 0;
    break;
  }
  if (number > most) return reading_.fail("a number is out of its range"), 0;
  return number;
}

}  // namespace swarm::proto
