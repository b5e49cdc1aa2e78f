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

std::string memory(std::uint64_t bytes) {
  const std::uint64_t megabytes = (bytes + (1u << 19)) >> 20;
  return megabytes < 10 * 1024 ? fmt::format("{} MB", megabytes)
                               : fmt::format("{} GB", (megabytes + 512) / 1024);
}

std::string estimate(std::uint64_t at_least, std::uint64_t at_most) {
  if (at_most < at_least) return fmt::format("at least {} requests", grouped(at_least));
  if (at_least == 0) return fmt::format("up to about {} requests", grouped(at_most));
  if (at_least == at_most) return fmt::format("{} requests", grouped(at_least));
  return fmt::format("between {} and about {} requests", grouped(at_least), grouped(at_most));
}

}  // namespace swarm::master
