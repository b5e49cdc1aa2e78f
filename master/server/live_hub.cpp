#include "master/server/live_hub.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace swarm::master {
namespace {

std::vector<std::string> texts_in(const nlohmann::json& list) {
  std::vector<std::string> texts;
  for (const auto& each : list) {
    if (each.is_string()) texts.push_back(each.get<std::string>());
  }
  return texts;
}

std::set<std::uint64_t> ids_in(const nlohmann::json& list) {
  std::set<std::uint64_t> ids;
  for (const auto& each : list) {
    if (ids.size() == ToldRows::kMostInSight) break;
    if (each.is_number_unsigned()) ids.insert(each.get<std::uint64_t>());
  }
  return ids;
}

}  // namespace

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
  rows_.show(scene_->snapshot, number_);
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

bool LiveHub::watched() const {
  return std::ranges::any_of(viewers_, [](const LiveViewer* each) { return !each->hidden_; });
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
  if (const auto show = message.find("show"); show != message.end() && show->is_array()) {
    wish(texts_in(*show));
  }
  if (const auto rows = message.find("rows"); rows != message.end()) {
    if (rows->is_array()) told_.set_sight(ids_in(*rows));
    if (rows->is_null()) told_.set_sight({});
    moved_ = true;
  }
  if (const auto hidden = message.find("hidden"); hidden != message.end() && hidden->is_boolean()) {
    hidden_ = hidden->get<bool>();
  }
  wake_();
}

void LiveViewer::wish(std::span<const std::string> names) {
  std::map<std::string, std::uint64_t, std::less<>> wanted;
  for (const std::string& name : names) {
    const auto before = shown_.find(name);
    for (const Wish& wish : wishes()) {
      if (wish.name == name) wanted[name] = before == shown_.end() ? 0 : before->second;
    }
  }
  shown_ = std::move(wanted);
  hub_.render_wishes();
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

std::string LiveViewer::stats_frame() {
  StatsFrame frame{.full = seen_ < hub_.rows_began_,
                   .errors_version = hub_.errors_.changed,
                   .exceptions_version = hub_.exceptions_.changed};
  if (frame.full) told_.forget();
  const ToldRows::News news = told_.news(hub_.rows_, seen_, hub_.number_);
  frame.rows = news.rows;
  frame.counts = news.counts;
  if (frame.full && seen_ != 0) width_ = 0;
  frame.first_point = first_new_point();
  seen_ = hub_.number_;
  return stats_frame_json(*hub_.scene_, frame);
}

std::vector<std::string> LiveViewer::take() {
  std::vector<std::string> frames;
  if (!hub_.scene_ || hidden_) return frames;
  if (hello_seen_ < hub_.hello_.changed) {
    frames.push_back(hub_.hello_.json);
    hello_seen_ = hub_.number_;
  }
  if (seen_ < hub_.number_) {
    frames.push_back(stats_frame());
  } else if (moved_) {
    const auto rows = told_.in_sight(hub_.rows_, hub_.number_);
    if (!rows.empty()) frames.push_back(rows_frame_json(*hub_.scene_, rows));
  }
  moved_ = false;
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
