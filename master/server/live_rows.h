#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "master/aggregate/snapshot.h"

namespace swarm::master {

// The rows of a run as viewers are told of them, in the scenes that follow each other. Percentiles
// are what costs: of thousands of rows only those that somebody sees are told in full whenever they
// change, of the others the counts at once and all else in turn.
//
// Flow    Snapshot -> [LiveRows] -> row_json(), counts_json(), each made once for all viewers
// Thread  the server's
// Errors  none
class LiveRows {
 public:
  // So many rows, or a part of all, are told in full in each scene; each within kMostTurns.
  static constexpr std::size_t kInFull = 500;
  static constexpr std::uint64_t kMostTurns = 5;

  struct Row {
    std::uint64_t id = 0;       // see endpoint_id()
    std::size_t place = 0;      // in the order in which they came
    std::uint64_t changed = 0;  // the number of a scene
    const EndpointRow* newest = nullptr;
    std::string json{};
    std::string counts{};
    std::uint64_t json_of = 0;  // the number of the scene that it is of
    std::uint64_t counts_of = 0;
    std::uint64_t requests = 0;
    std::uint64_t interrupted = 0;
    Rates current{};
  };

  // `number` grows.
  void show(std::shared_ptr<const Snapshot> snapshot, std::uint64_t number);
  // What comes is another run, or begins at zero.
  void clear();

  // In the order of the snapshot. Their texts are good until the next show().
  const std::vector<Row*>& all() const { return all_; }
  std::string_view in_full(Row& row) const;
  std::string_view counts(Row& row) const;

  std::uint64_t turns() const;
  // Whether one of the scenes after `seen` is the one in which rows at this place are told in full.
  bool is_turn(std::size_t place, std::uint64_t seen) const;

 private:
  std::shared_ptr<const Snapshot> snapshot_;
  std::uint64_t number_ = 0;
  std::map<EndpointName, Row> rows_;
  std::vector<Row*> all_;
};

// What one viewer was told of the rows, and what is news to it.
class ToldRows {
 public:
  static constexpr std::size_t kMostInSight = 500;

  struct News {
    std::vector<std::string_view> rows;    // in full
    std::vector<std::string_view> counts;  // of others
  };

  // The rows with these ids are told in full whenever they change; no value: all rows are.
  void set_sight(std::optional<std::set<std::uint64_t>> ids);
  void forget() { told_.clear(); }
  // What came after the scene `seen`, up to `number`. After forget(): all, in full.
  News news(LiveRows& rows, std::uint64_t seen, std::uint64_t number);
  // Of the rows in sight, what was not told in full.
  std::vector<std::string_view> in_sight(LiveRows& rows, std::uint64_t number);

 private:
  bool sees(const LiveRows::Row& row) const { return !sight_ || sight_->contains(row.id); }
  std::uint64_t& told(const LiveRows::Row& row);

  std::optional<std::set<std::uint64_t>> sight_;
  std::vector<std::uint64_t> told_;  // by place: in full, in the scene of this number
};

}  // namespace swarm::master
