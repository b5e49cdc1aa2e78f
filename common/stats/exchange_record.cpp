#include "common/stats/exchange_record.h"

#include <algorithm>

namespace swarm {

void KeptExchanges::add(ExchangeRecord record) {
  insert(std::make_shared<const ExchangeRecord>(std::move(record)));
}

void KeptExchanges::merge(const KeptExchanges& other) {
  for (const auto& record : other.records_) insert(record);
}

void KeptExchanges::insert(std::shared_ptr<const ExchangeRecord> record) {
  // By all that they hold: of two at one instant the same one is kept in any order.
  const auto place = std::ranges::lower_bound(records_, record,
                                              [](const auto& a, const auto& b) { return *a < *b; });
  records_.insert(place, std::move(record));
  if (records_.size() > kLatest + 1) records_.erase(records_.begin() + 1);
}

void KeptExchanges::name_worker(const std::string& worker) {
  for (auto& record : records_) {
    ExchangeRecord named = *record;
    named.worker = worker;
    record = std::make_shared<const ExchangeRecord>(std::move(named));
  }
}

bool operator==(const KeptExchanges& a, const KeptExchanges& b) {
  return std::ranges::equal(a.records_, b.records_,
                            [](const auto& x, const auto& y) { return *x == *y; });
}

}  // namespace swarm
