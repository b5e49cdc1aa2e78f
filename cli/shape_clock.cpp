#include "cli/shape_clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/log.h"

namespace swarm {
namespace {

constexpr Duration kInterval = std::chrono::seconds{1};

void info(const std::string& text) { log(LogLevel::Info, "swarm.main", text); }

}  // namespace

ShapeClock::ShapeClock(Loop& loop, Outlets outlets)
    : loop_(loop), outlets_(std::move(outlets)), timer_(loop, [this] { tick(); }) {}

void ShapeClock::start(Scenario& scenario) {
  info("Shape test starting.");
  scenario_ = &scenario;
  last_.reset();
  timer_.schedule(loop_.now());
}

void ShapeClock::tick() {
  timer_.schedule(std::max(timer_.when() + kInterval, loop_.now()));
  scenario_->tick_shape([this](const std::optional<ShapeStep>& step) { follow(step); });
}

void ShapeClock::follow(const std::optional<ShapeStep>& step) {
  if (!timer_.scheduled()) return;
  if (!step) {
    info("Shape test stopping");
    stop();
    return outlets_.over();
  }
  if (last_ == step) return;
  last_ = step;
  info(fmt::format("Shape test updating to {} users at {:.2f} spawn rate", step->users,
                   step->users_per_s));
  outlets_.changed(*step);
}

}  // namespace swarm
