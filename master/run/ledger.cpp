#include "master/run/ledger.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/assert.h"

namespace swarm::master {
namespace {

// A rate over a shorter time would tell of the network rather than of the worker.
constexpr Duration kRateOver = std::chrono::milliseconds{900};
// How old the numbers of a heartbeat can be: the worker renews them once a second, and the link
// sends them once a second.
constexpr Duration kStale = std::chrono::seconds{2};

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

std::uint32_t total(const std::vector<proto::ClassCount>& users) {
  std::uint32_t sum = 0;
  for (const proto::ClassCount& each : users) sum += each.users;
  return sum;
}

}  // namespace

Ledger::Account& Ledger::at(std::uint32_t worker) {
  if (worker >= accounts_.size()) accounts_.resize(worker + 1);
  return accounts_[worker];
}

const Ledger::Account* Ledger::find(std::uint32_t worker) const {
  return worker < accounts_.size() ? &accounts_[worker] : nullptr;
}

Ledger::Entry Ledger::enter(std::uint32_t worker, const proto::Report& report, TimePoint now) {
  Account& account = at(worker);
  bool anew = false;
  if (account.doubted) {
    // Nobody but the worker itself can go on from the newest report, and a forerunner's first
    // report was made before that one, a successor's after it.
    const bool goes_on = account.counted > 0 && report.since == account.counted;
    const bool first = report.since == 0 && report.seq == 1;
    anew = first && (account.counted > 0 ? report.delta.until > account.until
                                         : report.samples < account.told);
    if (!goes_on && !anew && report.seq <= account.counted) return Entry::Known;
    if (!anew) account.doubted.reset();
  }
  if (anew) {
    auto doubted = std::move(account.doubted);
    account = Account{.rate_from = account.rate_from, .doubted = std::move(doubted)};
  }
  if (report.seq <= account.counted) return Entry::Known;
  if (report.since != account.counted) return Entry::Gap;

  account.counted = report.seq;
  account.until = std::max(account.until, report.delta.until);
  account.users = total(report.users);
  if (report.samples > account.samples) samples_ += report.samples - account.samples;
  account.samples = std::max(account.samples, report.samples);
  told(account, report.samples, now);
  return anew ? Entry::Anew : Entry::Count;
}

void Ledger::note(std::uint32_t worker, const proto::Heartbeat& heartbeat, TimePoint now) {
  Account& account = at(worker);
  // Those of somebody who may be new here would be taken for the forerunner's.
  if (account.doubted) return;
  account.lag = heartbeat.loop_lag;
  told(account, heartbeat.samples, now);
}

void Ledger::told(Account& account, std::uint64_t samples, TimePoint now) {
  account.heard = now;
  account.told = std::max(account.told, samples);
  const Duration passed = now - account.rate_from;
  if (account.rate_from != TimePoint{} && passed < kRateOver) return;
  if (account.rate_from != TimePoint{}) {
    const double rate = static_cast<double>(account.told - account.rate_told) / seconds(passed);
    account.peak_per_s = std::max(account.peak_per_s, rate);
    if (account.users > 0) peak_per_user_ = std::max(peak_per_user_, rate / account.users);
  }
  account.rate_from = now;
  account.rate_told = account.told;
}

void Ledger::doubt(std::uint32_t worker, LostMeasurements loss) {
  Account& account = at(worker);
  if (!account.doubted) account.doubted = std::move(loss);
}

LostMeasurements Ledger::take_doubted(std::uint32_t worker) {
  Account& account = at(worker);
  SWARM_ASSERT(account.doubted);
  return *std::exchange(account.doubted, std::nullopt);
}

bool Ledger::doubted(std::uint32_t worker) const {
  const Account* const account = find(worker);
  return account != nullptr && account->doubted;
}

std::uint64_t Ledger::counted(std::uint32_t worker) const {
  const Account* const account = find(worker);
  return account == nullptr ? 0 : account->counted;
}

std::uint64_t Ledger::samples(std::uint32_t worker) const {
  const Account* const account = find(worker);
  return account == nullptr ? 0 : account->samples;
}

LostMeasurements Ledger::loss(std::uint32_t worker, std::uint32_t users, bool ramping,
                              TimePoint now) const {
  const Account* const found = find(worker);
  const Account account = found == nullptr ? Account{} : *found;
  LostMeasurements loss;
  loss.since = account.until;
  loss.at_least = account.told - account.samples;
  const Duration silence = account.heard == TimePoint{} ? kStale : now - account.heard;
  const std::uint32_t alive = std::max(users, account.users);
  double per_s = std::max(account.peak_per_s, peak_per_user_ * alive);
  if (ramping) per_s *= 2;
  loss.at_most =
      loss.at_least + alive +
      static_cast<std::uint64_t>(std::ceil(per_s * seconds(silence + kStale + account.lag)));
  return loss;
}

}  // namespace swarm::master
