#pragma once

#include <cstdint>

namespace swarm::worker {

// Random numbers for the choice of tasks and waits: fast, and the same again for the same seed.
// Not for secrets.
// Source  Blackman and Vigna, xoshiro256++ (2019); its state is filled by their splitmix64
class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      std::uint64_t mixed = seed;
      mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      word = mixed ^ (mixed >> 31);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = rotated(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotated(state_[3], 45);
    return result;
  }

  // In [0, 1).
  double ratio() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  // In [0, limit). REQUIRES: limit > 0. The bias is below limit / 2^32.
  std::uint32_t below(std::uint32_t limit) {
    return static_cast<std::uint32_t>(((next() >> 32) * limit) >> 32);
  }

 private:
  static std::uint64_t rotated(std::uint64_t word, int left) {
    return (word << left) | (word >> (64 - left));
  }
  std::uint64_t state_[4];
};

}  // namespace swarm::worker
