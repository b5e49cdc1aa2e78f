#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "master/server/live_rows.h"
#include "master/views/live_json.h"

namespace swarm::master {

class LiveViewer;

// What all viewers of a run are shown, rendered once for all of them.
//
// Flow    Scene -> [LiveHub] -> frames of LiveViewers
// Thread  the server's
// Errors  none
//
// Knows of all that it shows in which scene it last changed, so that a viewer is sent what is new
// to it, however many scenes it missed. What nobody wishes to see is not rendered.
class LiveHub {
 public:
  // All viewers are told of it.
  void show(std::shared_ptr<const Scene> scene);
  // By a page that is in sight.
  bool watched() const;
  std::size_t viewers() const { return viewers_.size(); }

 private:
  friend class LiveViewer;
  struct Text {
    std::string json;
    std::uint64_t changed = 0;  // the number of a scene
  };

  void render_wishes();
  void refresh(Text& text, std::string json) const;

  std::shared_ptr<const Scene> scene_;
  std::uint64_t number_ = 0;  // of scene_
  std::uint32_t run_ = 0;
  LiveRows rows_;
  std::uint64_t rows_began_ = 0;  // older frames than this are of another run
  Text hello_;
  Text total_;
  Text errors_;
  Text exceptions_;
  Text workers_;
  Text ratio_;
  Text logs_;
  std::set<LiveViewer*> viewers_;
};

// One page that watches a run.
// Thread  the server's
class LiveViewer {
 public:
  // `wake` is called when there may be something to take(). `hub` must outlive the viewer.
  LiveViewer(LiveHub& hub, std::function<void()> wake);
  LiveViewer(const LiveViewer&) = delete;
  LiveViewer& operator=(const LiveViewer&) = delete;
  ~LiveViewer();

  // {"show": ["workers"], "rows": [7, 9], "hidden": false}: each changes when it is said; what is
  // not understood changes nothing.
  //   show    the other frames that the page wants
  //   rows    the ids of those that it shows, which are told in full at each change; null: all are
  //   hidden  nobody sees the page: it is told nothing until somebody does
  void hear(std::string_view text);
  // The frames that are to be sent now; what comes while they are under way is taken later, in one.
  std::vector<std::string> take();

 private:
  friend class LiveHub;
  struct Wish {
    std::string_view name;
    LiveHub::Text LiveHub::*text;
    std::string (*render)(const Scene& scene);
    bool always;  // others are told of its changes by the statistics
  };
  static const std::vector<Wish>& wishes();
  void wish(std::span<const std::string> names);
  std::string stats_frame();

  LiveHub& hub_;
  const std::function<void()> wake_;
  std::uint64_t seen_ = 0;  // the number of the last scene
  ToldRows told_;
  bool moved_ = false;  // other rows are in sight
  bool hidden_ = false;
  std::uint64_t hello_seen_ = 0;
  std::int64_t width_ = 0;  // of the total's slots, when `points_` of them had been told
  std::size_t points_ = 0;
  std::optional<std::size_t> first_new_point();
  std::map<std::string, std::uint64_t, std::less<>> shown_;  // what is wished, and was last sent
};

}  // namespace swarm::master
