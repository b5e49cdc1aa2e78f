#include "master/aggregate/words.h"

#include <fmt/format.h>

#include <cmath>

namespace swarm::master {
namespace {

// Three significant digits, without an exponent.
std::string three_digits(double number) {
  if (number == 0) return "0";
  // 9.996 is written 10.0: what counts is the magnitude after rounding.
  const double magnitude = std::floor(std::log10(number));
  const double unit = std::pow(10.0, magnitude - 2);
  const double rounded = std::round(number / unit) * unit;
  const int decimals = 2 - static_cast<int>(std::floor(std::log10(rounded * (1 + 1e-12))));
  return fmt::format("{:.{}f}", rounded, decimals < 0 ? 0 : decimals);
}

}  // namespace

std::string in_words(Duration time) {
  const auto ns = static_cast<double>(time.count());
  if (ns < 999.5e6) return three_digits(ns / 1e6) + " ms";
  if (ns < 600e9) return three_digits(ns / 1e9) + " s";
  return three_digits(ns / 60e9) + " min";
}

std::string percent(double ratio) { return fmt::format("{:.0f} %", ratio * 100); }

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3;) {
    place -= 3;
    digits.insert(place, 1, ',');
  }
  return digits;
}

std::string times(std::uint64_t number) {
  return grouped(number) + (number == 1 ? " time" : " times");
}

}  // namespace swarm::master
