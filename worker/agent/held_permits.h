#pragma once

#include <cstdint>

#include "proto/messages.h"

namespace swarm::worker {

// The requests that this worker may still make in a run of exactly N.
//
// Flow    proto::Permits -> [HeldPermits] -> whether a user may make a request
// Thread  loop
// Errors  none; what an older order says is ignored
class HeldPermits {
 public:
  // Of what was granted last, less than this part is left, and it was more than kFew: the master
  // should hear of it before users have to do without.
  static constexpr std::uint64_t kLowShare = 4;
  static constexpr std::uint64_t kFew = 64;

  // What the master says, of this run or of one that is still to begin. True: it asks for some of
  // what was granted, and waits to be told how much of it was not taken yet.
  bool grant(const proto::Permits& permits);
  // A run begins: none is taken.
  void open(proto::RunId run);

  // Without a word from the master any number of requests may be made.
  bool limited() const { return held_.run.value != 0; }
  bool take() {
    if (taken_ >= granted_) return false;
    ++taken_;
    return true;
  }
  // Those that were taken before the run began may come back in it.
  void give_back() { taken_ -= taken_ > 0 ? 1 : 0; }
  // The last take() left few. Once for each grant.
  bool runs_low() {
    if (taken_ < low_) return false;
    low_ = UINT64_MAX;
    return true;
  }
  // As they stand; of no run if they are not limited.
  const proto::Permits& held() const { return held_; }

 private:
  void hold(const proto::Permits& permits);

  proto::RunId run_;
  proto::Permits held_;      // `granted` never below taken_
  proto::Permits next_;      // of a run that is still to begin
  std::uint64_t taken_ = 0;  // in this run, and not given back
  std::uint64_t granted_ = UINT64_MAX;
  std::uint64_t low_ = UINT64_MAX;  // from here on, few are left
};

}  // namespace swarm::worker
