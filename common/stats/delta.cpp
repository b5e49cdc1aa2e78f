#include "common/stats/delta.h"

#include <algorithm>
#include <utility>

namespace swarm {
namespace {

// Where a text that is perhaps new is counted.
template <typename Map, typename Other>
auto& entry_for(Map& map, typename Map::key_type&& key, Other other) {
  if (const auto found = map.find(key); found != map.end()) return found->second;
  if (map.size() >= Delta::kMostTexts) return map[other(std::move(key))];
  return map[std::move(key)];
}

std::string other_text(std::string&&) { return std::string(Delta::kOtherTexts); }

}  // namespace

void ErrorCount::merge(const ErrorCount& other) {
  occurrences += other.occurrences;
  first_seen = std::min(first_seen, other.first_seen);
  last_seen = std::max(last_seen, other.last_seen);
}

void ExceptionCount::merge(const ExceptionCount& other) {
  if (other.count == 0) return;
  if (count == 0 || other.message < message) message = other.message;
  count += other.count;
}

void Delta::add_error(ErrorKey key, const ErrorCount& count) {
  entry_for(errors, std::move(key), [](ErrorKey&& full) {
    return ErrorKey{std::move(full.endpoint), std::string(kOtherTexts)};
  }).merge(count);
}

void Delta::add_exchanges(const ErrorKey& key, const KeptExchanges& kept) {
  if (kept.empty()) return;
  const auto known = exchanges.find(key);
  if (known != exchanges.end()) return known->second.merge(kept);
  if (exchanges.size() < kMostExchanges) exchanges.emplace(key, kept);
}

void Delta::add_exception(std::string traceback, ExceptionCount count) {
  entry_for(exceptions, std::move(traceback), other_text).merge(count);
}

void Delta::add_generator_error(std::string text, std::uint64_t count) {
  entry_for(generator_errors, std::move(text), other_text) += count;
}

bool Delta::empty() const {
  return endpoints.empty() && errors.empty() && exceptions.empty() && generator_errors.empty() &&
         send_lag.empty();
}

void Delta::merge(Delta&& other) {
  endpoints.merge(other.endpoints);  // moves what is new here, leaves the rest
  for (const auto& [endpoint, stats] : other.endpoints) endpoints[endpoint].merge(stats);
  while (!other.errors.empty()) {
    auto node = other.errors.extract(other.errors.begin());
    add_error(std::move(node.key()), node.mapped());
  }
  for (const auto& [key, kept] : other.exchanges) add_exchanges(key, kept);
  while (!other.exceptions.empty()) {
    auto node = other.exceptions.extract(other.exceptions.begin());
    add_exception(std::move(node.key()), std::move(node.mapped()));
  }
  for (const auto& [text, count] : other.generator_errors) add_generator_error(text, count);
  send_lag.merge(other.send_lag);
  until = std::max(until, other.until);
  other = Delta{};
}

}  // namespace swarm
