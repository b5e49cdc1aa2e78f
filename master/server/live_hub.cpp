#include "master/server/live_hub.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace swarm::master {

void LiveHub::refresh(Text& text, std::string json) const {
  if (text.json == json) return;
  text.json = std::move(json);
  text.changed = number_;
}

void LiveHub::show(std::shared_ptr<const Scene> scene) {
  if (scene_ == scene) return;
  const bool anew = !scene_ || scene_->run != scene->run || scene_->resets != scene->resets;
  scene_ = std::move(scene);
  ++number_;
  if (anew) {
    rows_.clear();
    rows_began_ = number_;
  }
  render_rows();
  refresh(hello_, hello_json(*scene_));
  render_wishes();
  const auto viewers = viewers_;
  for (const LiveViewer* each : viewers) {
    if (viewers_.contains(const_cast<LiveViewer*>(each))) each->wake_();
  }
}

void LiveHub::render_wishes() {
  if (!scene_) return;
  for (const LiveViewer::Wish& wish : LiveViewer::wishes()) {
    const auto wished = [&wish](const LiveViewer* each) {
      return each->shown_.contains(wish.name);
    };
    if (wish.always || std::ranges::any_of(viewers_, wished)) {
      refresh(this->*wish.text, wish.render(*scene_));
    }
  }
}

// Percentiles are what costs: they are computed anew only where something was measured.
void LiveHub::render_rows() {
  for (const EndpointRow& each : scene_->snapshot->endpoints) {
    Row& row = rows_[each.endpoint];
    const bool same = row.changed != 0 && row.requests == each.stats.requests &&
                      row.interrupted == each.stats.interrupted &&
                      row.rps == each.current.requests_per_s &&
                      row.fps == each.current.failures_per_s;
    if (same) continue;
    row = {.json = row_json(each, endpoint_id(each.endpoint)),
           .changed = number_,
           .requests = each.stats.requests,
           .rps = each.current.requests_per_s,
           .fps = each.current.failures_per_s,
           .interrupted = each.stats.interrupted};
  }
}

// --- a viewer ---

LiveViewer::LiveViewer(LiveHub& hub, std::function<void()> wake)
    : hub_(hub), wake_(std::move(wake)) {
  hub_.viewers_.insert(this);
}

LiveViewer::~LiveViewer() { hub_.viewers_.erase(this); }

const std::vector<LiveViewer::Wish>& LiveViewer::wishes() {
  static const std::vector<Wish> wishes{
      {"errors", &LiveHub::errors_, errors_json, true},
      {"exceptions", &LiveHub::exceptions_, exceptions_json, true},
      {"workers", &LiveHub::workers_, workers_json, false},
      {"ratio", &LiveHub::ratio_, ratio_json, false},
      {"logs", &LiveHub::logs_, logs_json, false}};
  return wishes;
}

void LiveViewer::hear(std::string_view text) {
  const auto message = nlohmann::json::parse(text, nullptr, false);
  if (!message.is_object()) return;
  const auto show = message.find("show");
  if (show == message.end() || !show->is_array()) return;
  std::map<std::string, std::uint64_t, std::less<>> wanted;
  for (const auto& each : *show) {
    if (!each.is_string()) continue;
    const auto& name = each.get_ref<const std::string&>();
    const auto before = shown_.find(name);
    for (const Wish& wish : wishes()) {
      if (wish.name == name) wanted[name] = before == shown_.end() ? 0 : before->second;
    }
  }
  shown_ = std::move(wanted);
  hub_.render_wishes();
  wake_();
}

// A page reads what was before from the history, also when slots were joined.
std::optional<std::size_t> LiveViewer::first_new_point() {
  const Scene& scene = *hub_.scene_;
  if (!scene.total) return std::nullopt;
  const std::size_t points = points_of(scene);
  const bool known = width_ == scene.total->width() && points_ <= points;
  const std::size_t first = known ? points_ : points;
  width_ = scene.total->width();
  points_ = points;
  return first;
}

std::vector<std::string> LiveViewer::take() {
  std::vector<std::string> frames;
  if (!hub_.scene_) return frames;
  if (hello_seen_ < hub_.hello_.changed) {
    frames.push_back(hub_.hello_.json);
    hello_seen_ = hub_.number_;
  }
  if (seen_ < hub_.number_) {
    StatsFrame frame{.full = seen_ < hub_.rows_began_,
                     .errors_version = hub_.errors_.changed,
                     .exceptions_version = hub_.exceptions_.changed};
    std::vector<std::string> rows;
    for (const auto& [endpoint, row] : hub_.rows_) {
      if (frame.full || row.changed > seen_) rows.push_back(row.json);
    }
    frame.rows = rows;
    if (frame.full && seen_ != 0) width_ = 0;
    frame.first_point = first_new_point();
    frames.push_back(stats_frame_json(*hub_.scene_, frame));
    seen_ = hub_.number_;
  }
  for (const Wish& wish : wishes()) {
    const auto wanted = shown_.find(wish.name);
    if (wanted == shown_.end()) continue;
    const auto& text = hub_.*wish.text;
    if (wanted->second >= text.changed) continue;
    frames.push_back(text.json);
    wanted->second = hub_.number_;
  }
  return frames;
}

}  // namespace swarm::master
