#include "master/server/live_rows.h"

#include <algorithm>
#include <utility>

#include "master/views/live_json.h"

namespace swarm::master {

void LiveRows::show(std::shared_ptr<const Snapshot> snapshot, std::uint64_t number) {
  number_ = number;
  all_.clear();
  auto place = rows_.begin();
  for (const EndpointRow& each : snapshot->endpoints) {
    // Mostly it is the next one.
    if (place == rows_.end() || place->first != each.endpoint) {
      place = rows_.lower_bound(each.endpoint);
    }
    if (place == rows_.end() || place->first != each.endpoint) {
      place = rows_.emplace_hint(place, each.endpoint, Row{});
      place->second.id = endpoint_id(each.endpoint);
      place->second.place = rows_.size() - 1;
    }
    Row& row = place->second;
    ++place;
    row.newest = &each;
    all_.push_back(&row);
    const bool same = row.changed != 0 && row.requests == each.stats.requests &&
                      row.interrupted == each.stats.interrupted &&
                      row.current.requests_per_s == each.current.requests_per_s &&
                      row.current.failures_per_s == each.current.failures_per_s;
    if (same) continue;
    row.changed = number;
    row.requests = each.stats.requests;
    row.interrupted = each.stats.interrupted;
    row.current = each.current;
  }
  snapshot_ = std::move(snapshot);
}

void LiveRows::clear() {
  all_.clear();
  rows_.clear();
}

std::string_view LiveRows::in_full(Row& row) const {
  if (row.json_of < row.changed) {
    row.json = row_json(*row.newest, row.id);
    row.json_of = number_;
  }
  return row.json;
}

std::string_view LiveRows::counts(Row& row) const {
  if (row.counts_of < row.changed) {
    row.counts = counts_json(*row.newest, row.id);
    row.counts_of = number_;
  }
  return row.counts;
}

std::uint64_t LiveRows::turns() const {
  return std::clamp<std::uint64_t>(all_.size() / kInFull, 1, kMostTurns);
}

bool LiveRows::is_turn(std::size_t place, std::uint64_t seen) const {
  const std::uint64_t turns = this->turns();
  const std::uint64_t scenes_ago = (number_ + turns - place % turns) % turns;
  return seen + scenes_ago < number_;
}

// --- a viewer ---

void ToldRows::set_sight(std::optional<std::set<std::uint64_t>> ids) { sight_ = std::move(ids); }

std::uint64_t& ToldRows::told(const LiveRows::Row& row) {
  if (row.place >= told_.size()) told_.resize(row.place + 1);
  return told_[row.place];
}

ToldRows::News ToldRows::news(LiveRows& rows, std::uint64_t seen, std::uint64_t number) {
  News news;
  for (LiveRows::Row* row : rows.all()) {
    std::uint64_t& last = told(*row);
    if (row->changed <= last) continue;
    if (last == 0 || sees(*row) || rows.is_turn(row->place, seen)) {
      news.rows.push_back(rows.in_full(*row));
      last = number;
    } else if (row->changed > seen) {
      news.counts.push_back(rows.counts(*row));
    }
  }
  return news;
}

std::vector<std::string_view> ToldRows::in_sight(LiveRows& rows, std::uint64_t number) {
  std::vector<std::string_view> news;
  for (LiveRows::Row* row : rows.all()) {
    std::uint64_t& last = told(*row);
    if (row->changed <= last || !sees(*row)) continue;
    news.push_back(rows.in_full(*row));
    last = number;
  }
  return news;
}

}  // namespace swarm::master
