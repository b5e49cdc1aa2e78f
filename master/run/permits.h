#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/clock.h"
#include "proto/messages.h"

namespace swarm::master {

// Leases the requests of a run of exactly N to its workers: much at first, less towards the end, so
// that all come to their end together; what one cannot use is taken back and given to another.
//
// Flow    what workers report -> [PermitPool] -> proto::Permits, to whom they change
// Thread  loop
// Errors  a worker that knows no permits (of Locust's dialect) is not limited: what it does is
// taken
//         out of the pool
//
// A lease is absolute and has a serial: a lost or repeated one does no harm. One that is made
// smaller counts in full until the worker confirms it: all leases together are never more than N.
// Workers are named by their index.
class PermitPool {
 public:
  // A smaller lease is not worth its messages.
  static constexpr std::uint64_t kSmallLease = 100;

  PermitPool(proto::RunId run, std::uint64_t requests) : run_(run), requests_(requests) {}

  struct Grant {
    std::uint32_t worker = 0;
    proto::Permits permits;
  };

  // They take part in the run, or do again: they get their share.
  void join(std::span<const std::uint32_t> workers);
  // One that was in the run before this master was: with the lease that it has.
  void adopt(std::uint32_t worker, const proto::RunFacts& facts);
  // Nothing is leased before release(): who else comes with leases is not known yet.
  void hold() { held_ = true; }
  void release();
  // What the worker did not report of its lease is anybody's.
  void forget(std::uint32_t worker);
  // It is back, with this lease: it is sent the newest, if it has another.
  void remind(std::uint32_t worker, const std::optional<proto::Permits>& has);
  // It may have been started again: what is sent to it is right in either case.
  void doubt(std::uint32_t worker);
  // It was: its samples count from zero again.
  void restart(std::uint32_t worker);
  // What a worker reported, and how many users it is to have by its orders.
  struct News {
    std::uint64_t samples = 0;  // of this run
    std::uint32_t users = 0;
    std::uint32_t users_wanted = 0;
    proto::Permits knows;
  };
  void note(std::uint32_t worker, const News& news);

  // Leases that changed since the last call, or that their worker seems not to have.
  std::vector<Grant> take_grants();

  std::uint64_t left() const { return requests_ - std::min(leased_, requests_); }
  // Somebody waits for a lease, or has one and not yet the users to use it.
  bool wanted() const { return !hungry_.empty() || starved_ > 0; }
  // It has come to the end of a lease, so that its users ended, and has another by now.
  bool needs_users(std::uint32_t worker) const;
  // How many workers were found not to know permits.
  std::uint32_t unlimited() const { return unlimited_; }

 private:
  struct Lease {
    bool there = false;
    bool unlimited = false;
    bool to_send = false;
    bool hungry = false;
    bool starved = false;  // was refused: users ended, and nothing was used since
    std::uint64_t granted = 0;
    std::uint64_t asked = 0;    // less than granted: it is to shrink so far
    std::uint64_t before = 0;   // granted, before the last lease
    std::uint64_t serial = 0;   // the last that was made
    std::uint64_t samples = 0;  // reported
    std::uint64_t most = 0;     // used from one report to the next
    std::uint32_t users = 0;
    std::uint32_t users_wanted = 0;
    std::uint32_t idle_reports = 0;  // in a row, since the last lease, in which nothing was used
    std::uint32_t old_reports = 0;   // in a row, that knew an older lease
    std::uint64_t left() const { return granted > samples ? granted - samples : 0; }
    bool shrinks() const { return asked < granted; }
    // What it may need before its next lease can be there.
    std::uint64_t reserve() const { return users + most + most / 2; }
  };

  Lease& at(std::uint32_t worker);
  std::uint64_t share() const;
  void set_granted(Lease& lease, std::uint64_t granted);
  void set_starved(Lease& lease, bool starved);
  void confirm(std::uint32_t worker, const proto::Permits& knows);
  void top_up(std::uint32_t worker);
  void serve_hungry();
  void take_back(std::uint32_t worker);
  void send(std::uint32_t worker);

  const proto::RunId run_;
  const std::uint64_t requests_;
  bool held_ = false;
  std::uint64_t leased_ = 0;  // sum of granted; of the unlimited: what they did
  std::uint32_t there_ = 0;
  std::uint32_t unlimited_ = 0;
  std::uint32_t shrinking_ = 0;
  std::uint32_t starved_ = 0;
  std::vector<Lease> leases_;  // by index
  std::vector<std::uint32_t> to_send_;
  std::deque<std::uint32_t> hungry_;  // found nothing left
};

}  // namespace swarm::master
