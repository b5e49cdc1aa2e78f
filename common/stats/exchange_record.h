#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/clock.h"

namespace swarm {

// What was sent and what came back, as bytes that live elsewhere: where a record is made from.
struct ExchangeView {
  std::string_view request{};  // HTTP/1: request line, fields, empty line, body
  std::string_view url{};      // absolute
  int status = 0;              // 0: no response
  std::string_view response_head{};
  std::string_view response_body{};
  bool complete = true;  // the body is all of it
};

// A failed request to look at: as text, short, and without secrets.
// Units   `at` since the run started
struct ExchangeRecord {
  using Fields = std::vector<std::pair<std::string, std::string>>;

  Duration at{};  // when it ended
  Duration took{};
  std::string worker{};  // as the master knows it; empty on the worker itself
  std::string method{};
  std::string url{};
  Fields request_fields{};
  std::string request_body{};
  std::uint32_t status = 0;  // 0: no response
  Fields response_fields{};
  std::string response_body{};
  bool cut = false;  // bodies or fields are not all there

  friend auto operator<=>(const ExchangeRecord&, const ExchangeRecord&) = default;
};

// The first and the latest few of many.
// Thread  any: records are shared and never change, so that copies cost nothing
class KeptExchanges {
 public:
  static constexpr std::size_t kLatest = 3;

  void add(ExchangeRecord record);
  // Commutative and associative.
  void merge(const KeptExchanges& other);

  // In the order of time: the first one, then the latest.
  const std::vector<std::shared_ptr<const ExchangeRecord>>& records() const { return records_; }
  bool empty() const { return records_.empty(); }
  void name_worker(const std::string& worker);

  friend bool operator==(const KeptExchanges& a, const KeptExchanges& b);

 private:
  void insert(std::shared_ptr<const ExchangeRecord> record);

  std::vector<std::shared_ptr<const ExchangeRecord>> records_;  // at most kLatest + 1
};

}  // namespace swarm
