#include "master/run/permits.h"

#include <algorithm>
#include <utility>

namespace swarm::master {
namespace {

// A report may have been under way when the lease was sent; the second was not.
constexpr std::uint32_t kResendAfter = 2;
// A worker that still knows no lease after so many reports will never know one.
constexpr std::uint32_t kUnlimitedAfter = 4;
constexpr std::uint32_t kIdleAfter = 2;
// Its users ended for want of permits: it gets new ones first.
constexpr std::uint32_t kStarvedAfter = 10;

}  // namespace

PermitPool::Lease& PermitPool::at(std::uint32_t worker) {
  if (worker >= leases_.size()) leases_.resize(worker + 1);
  return leases_[worker];
}

// Half of what there is, in equal parts: the rest follows in ever smaller ones.
std::uint64_t PermitPool::share() const {
  if (there_ <= 1) return left();
  const std::uint64_t even = (left() + there_ - 1) / there_;
  return std::max(left() / (2 * std::uint64_t{there_}), std::min(even, kSmallLease));
}

void PermitPool::set_granted(Lease& lease, std::uint64_t granted) {
  if (lease.shrinks()) --shrinking_;
  leased_ = leased_ - lease.granted + granted;
  lease.granted = lease.asked = granted;
}

void PermitPool::set_starved(Lease& lease, bool starved) {
  if (std::exchange(lease.starved, starved) != starved) starved ? ++starved_ : --starved_;
}

bool PermitPool::needs_users(std::uint32_t worker) const {
  if (worker >= leases_.size()) return false;
  const Lease& lease = leases_[worker];
  return lease.starved && lease.left() > 0 && lease.old_reports == 0 && !lease.shrinks();
}

void PermitPool::send(std::uint32_t worker) {
  Lease& lease = at(worker);
  if (!std::exchange(lease.to_send, true)) to_send_.push_back(worker);
}

void PermitPool::join(std::span<const std::uint32_t> workers) {
  for (const std::uint32_t worker : workers) {
    if (!std::exchange(at(worker).there, true)) ++there_;
  }
  const std::uint64_t each = share();
  for (const std::uint32_t worker : workers) {
    Lease& lease = at(worker);
    if (lease.unlimited || lease.shrinks()) continue;
    const std::uint64_t more = held_ || lease.left() >= each ? 0 : each - lease.left();
    set_granted(lease, lease.granted + std::min(more, left()));
    ++lease.serial;
    lease.old_reports = 0;
    send(worker);  // even one of nothing: without a lease it would not be limited
  }
}

void PermitPool::adopt(std::uint32_t worker, const proto::RunFacts& facts) {
  Lease& lease = at(worker);
  if (!std::exchange(lease.there, true)) ++there_;
  lease.samples = std::max(lease.samples, facts.samples);
  if (lease.unlimited) return;
  const std::uint64_t has = facts.permits ? facts.permits->granted : 0;
  set_granted(lease, std::max({has, lease.granted, lease.samples}));
  lease.serial = std::max(lease.serial, facts.permits ? facts.permits->serial : 0);
  if (!facts.permits || facts.permits->serial < lease.serial) {
    ++lease.serial;
    send(worker);
  }
}

void PermitPool::release() {
  held_ = false;
  serve_hungry();
}

void PermitPool::forget(std::uint32_t worker) {
  Lease& lease = at(worker);
  if (!std::exchange(lease.there, false)) return;
  --there_;
  if (std::exchange(lease.hungry, false)) std::erase(hungry_, worker);
  set_starved(lease, false);
  if (lease.unlimited) return;
  set_granted(lease, lease.samples);
  serve_hungry();
}

void PermitPool::remind(std::uint32_t worker, const std::optional<proto::Permits>& has) {
  const Lease& lease = at(worker);
  if (!lease.unlimited && (!has || has->run != run_ || has->serial < lease.serial)) send(worker);
}

// Somebody new may take what its forerunner did not report; the forerunner itself would keep what
// it has taken, and say so.
void PermitPool::doubt(std::uint32_t worker) {
  Lease& lease = at(worker);
  if (lease.unlimited || !lease.there) return;
  if (!lease.shrinks() && lease.samples > 0) ++shrinking_;
  lease.asked = lease.left();
  ++lease.serial;
  send(worker);
}

void PermitPool::restart(std::uint32_t worker) {
  Lease& lease = at(worker);
  const std::uint64_t left = lease.left();
  const std::uint64_t spent = lease.granted - left;
  set_granted(lease, left);
  leased_ += spent;  // by the forerunner, for good
  lease.samples = 0;
  lease.most = 0;
  set_starved(lease, false);
}

void PermitPool::note(std::uint32_t worker, const News& news) {
  Lease& lease = at(worker);
  const std::uint64_t used = news.samples > lease.samples ? news.samples - lease.samples : 0;
  // It came to the end of what it had, and the next lease perhaps too late.
  const bool passed_the_end = lease.samples < lease.before && news.samples >= lease.before;
  lease.samples += used;
  lease.most = std::max(lease.most, used);
  lease.idle_reports = used > 0 ? 0 : lease.idle_reports + 1;
  lease.users = news.users;
  lease.users_wanted = news.users_wanted;
  confirm(worker, news.knows);
  if (lease.unlimited || lease.samples > lease.granted) set_granted(lease, lease.samples);
  if (lease.unlimited || !lease.there) return;
  if (used > 0 || news.users_wanted == 0) set_starved(lease, false);
  const bool at_the_end = news.knows.run == run_ && news.samples >= news.knows.granted;
  if ((at_the_end || passed_the_end) && news.users < news.users_wanted) set_starved(lease, true);
  serve_hungry();
  top_up(worker);
  if (!hungry_.empty() && shrinking_ < hungry_.size()) take_back(worker);
}

void PermitPool::confirm(std::uint32_t worker, const proto::Permits& knows) {
  Lease& lease = at(worker);
  const std::uint64_t serial = knows.run == run_ ? knows.serial : 0;
  if (serial >= lease.serial && serial > 0) {
    if (std::exchange(lease.unlimited, false)) --unlimited_;
    lease.old_reports = 0;
    lease.serial = serial;
    // It may have taken more than it was asked to keep, or was believed to be gone with less.
    if (knows.granted != lease.granted) set_granted(lease, std::max(knows.granted, lease.samples));
    return;
  }
  if (lease.unlimited) return;
  ++lease.old_reports;
  if (serial == 0 && lease.old_reports >= kUnlimitedAfter) {
    lease.unlimited = true;
    ++unlimited_;
  } else if (serial == 0 || lease.old_reports >= kResendAfter) {
    send(worker);
  }
}

void PermitPool::top_up(std::uint32_t worker) {
  Lease& lease = at(worker);
  const std::uint64_t enough = std::max(share(), lease.reserve());
  const bool useful = lease.users_wanted > 0 && !lease.shrinks();
  if (useful && !held_ && left() > 0 && lease.left() <= enough / 2) {
    lease.before = lease.granted;
    set_granted(
        lease, lease.granted + std::min(std::max<std::uint64_t>(enough - lease.left(), 1), left()));
    ++lease.serial;
    lease.old_reports = lease.idle_reports = 0;
    send(worker);
  }
  const bool hungry = useful && lease.left() == 0;
  if (hungry && !lease.hungry) hungry_.push_back(worker);
  if (!hungry && lease.hungry) std::erase(hungry_, worker);
  lease.hungry = hungry;
}

void PermitPool::serve_hungry() {
  while (!held_ && left() > 0 && !hungry_.empty()) {
    const std::uint32_t worker = hungry_.front();
    top_up(worker);
    if (!hungry_.empty() && hungry_.front() == worker) break;
  }
}

// For somebody who is hungry: all that an idle worker has, half of what a busy one can spare.
void PermitPool::take_back(std::uint32_t worker) {
  Lease& lease = at(worker);
  if (held_ || lease.shrinks()) return;
  const std::uint32_t patience = lease.starved ? kStarvedAfter : kIdleAfter;
  const bool idle = lease.idle_reports >= patience || lease.users_wanted == 0;
  const std::uint64_t keeps = idle ? 0 : lease.reserve();
  if (lease.left() <= keeps) return;
  const std::uint64_t spare = lease.left() - keeps;
  lease.asked = lease.granted - (idle ? spare : (spare + 1) / 2);
  ++shrinking_;
  ++lease.serial;
  lease.old_reports = 0;
  send(worker);
}

std::vector<PermitPool::Grant> PermitPool::take_grants() {
  std::vector<Grant> grants;
  for (const std::uint32_t worker : std::exchange(to_send_, {})) {
    Lease& lease = at(worker);
    lease.to_send = false;
    if (lease.there) grants.push_back({worker, {run_, lease.asked, lease.serial}});
  }
  return grants;
}

}  // namespace swarm::master
