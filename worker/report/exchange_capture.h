#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "common/stats/exchange_record.h"

namespace swarm::worker {

// Makes records of failed exchanges, in which secrets are hidden before anybody else sees them.
//
// Flow    ExchangeView -> [ExchangeCapture] -> ExchangeRecord
// Thread  loop
// Errors  none: what is no HTTP is shown as far as it can be read
//
// The values of Authorization, Proxy-Authorization, Cookie and Set-Cookie are hidden. So are those
// of names that say so (password, client_secret, accessToken, X-Api-Key, ...), and of further
// names, wherever they are a field, a parameter of the URL, a value of a form, or a key in JSON.
class ExchangeCapture {
 public:
  static constexpr std::size_t kMostBody = 1024;
  static constexpr std::size_t kMostFields = 4096;  // bytes, of a message
  static constexpr std::size_t kMostUrl = 2048;
  static constexpr std::size_t kMostClass = 256;
  static constexpr std::string_view kHidden = "***";

  // `masks`: names, whatever their case.
  explicit ExchangeCapture(std::vector<std::string> masks = {});

  ExchangeRecord record(const ExchangeView& view, Duration at, Duration took) const;

 private:
  bool hides_field(std::string_view name) const;
  bool hides(std::string_view name) const;
  std::string hidden_pairs(std::string_view text) const;
  std::string hidden_json(std::string_view text) const;
  std::string body_of(std::string_view bytes, bool& cut) const;
  ExchangeRecord::Fields fields_of(std::string_view head, bool& cut) const;
  std::string url_of(std::string_view url) const;

  std::vector<std::string> masks_;  // in lower case
};

}  // namespace swarm::worker
