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

// Where the time of a request went; after a redirect, of its last part. Zero: that was not needed,
// or not reached.
struct ExchangePhases {
  Duration resolve{};  // the host's name
  Duration connect{};
  Duration tls{};
  Duration wait{};  // until the response begins
  Duration read{};

  friend auto operator<=>(const ExchangePhases&, const ExchangePhases&) = default;
};

// What was sent and what came back, as bytes that live elsewhere: where a record is made from.
struct ExchangeView {
  std::string_view request{};  // HTTP/1: request line, fields, empty line, body
  std::string_view url{};      // absolute
  int status = 0;              // 0: no response
  std::string_view response_head{};
  std::string_view response_body{};
  bool complete = true;  // the body is all of it
  ExchangePhases phases{};
  std::string_view user_class{};
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
  ExchangePhases phases{};
  std::string user_class{};  // empty: unknown

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
  // How many of them are the first ones: those after it are the latest.
  std::size_t first() const { return records_.empty() ? 0 : 1; }
  bool empty() const { return records_.empty(); }
  void name_worker(const std::string& worker);

  friend bool operator==(const KeptExchanges& a, const KeptExchanges& b);

 private:
  void insert(std::shared_ptr<const ExchangeRecord> record);

  std::vector<std::shared_ptr<const ExchangeRecord>> records_;  // at most kLatest + 1
};

}  // namespace swarm
