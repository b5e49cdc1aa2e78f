#include "tests/bench/fleet/simulated_worker.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/stats/histogram.h"
#include "proto/codec.h"
#include "proto/swarm_dialect.h"

namespace swarm::bench {
namespace {

using namespace std::chrono_literals;

double wall_s() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

double seconds(TimePoint time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace

SimulatedWorker::SimulatedWorker(std::string id, unsigned seed, Settings settings, FleetLog& log)
    : id_(std::move(id)),
      settings_(settings),
      first_(settings.of > settings.endpoints ? seed * settings.endpoints : 0),
      log_(log),
      random_(seed),
      locust_(id_) {}

void SimulatedWorker::connected() {
  output_ += zmtp_greeting();
  output_ += zmtp_ready(settings_.locust ? id_ : id_ + "~0123456789abcdef");
}

void SimulatedWorker::receive(std::string_view bytes, TimePoint arrived) {
  reader_.add(bytes);
  while (const auto frame = reader_.next()) {
    if (frame->command) {
      // Nothing may come before the master's READY.
      if (frame->body.starts_with("\5READY")) greet();
      if (frame->body.starts_with("\4PING")) {
        output_ += zmtp_frame(
            4, "\4PONG" + frame->body.substr(std::min<std::size_t>(7, frame->body.size())));
      }
      continue;
    }
    const auto envelope = proto::decode(frame->body);
    if (envelope) {
      understand(*envelope, arrived);
    } else {
      ++log_.unreadable;
    }
  }
}

void SimulatedWorker::greet() {
  if (settings_.locust) {
    send(proto::Envelope{"client_ready", Value(proto::kLocustVersion), id_});
  } else {
    send(proto::SwarmDialect::greeting(id_, "0"));
  }
}

void SimulatedWorker::understand(const proto::Envelope& envelope, TimePoint now) {
  if (settings_.locust) {
    auto messages = locust_.translate(envelope, wall_s());
    if (!messages) ++log_.unreadable;
    if (messages) {
      for (const proto::ToWorker& each : *messages) obey(each, now);
    }
  } else if (proto::SwarmDialect::speaks(envelope)) {
    const auto message = proto::SwarmDialect::decode_to_worker(envelope);
    message ? obey(*message, now) : static_cast<void>(++log_.unreadable);
  } else if (envelope.type == "ack" && !greeted_) {
    greeted_ = true;
    send(proto::ClientReady{"0", std::nullopt});
  }
}

void SimulatedWorker::obey(const proto::ToWorker& message, TimePoint now) {
  if (std::holds_alternative<proto::Ack>(message)) {
    log_.acks.note(seconds(now));
    // Spread over the second, as those of processes that know nothing of each other are.
    pulse_.start(now + std::chrono::milliseconds(random_() % 1000));
  } else if (const auto* spawn = std::get_if<proto::Spawn>(&message)) {
    obey(*spawn, now);
  } else if (const auto* ack = std::get_if<proto::ReportAck>(&message)) {
    if (!in_flight_ || ack->run != run_ || ack->seq < in_flight_->seq) return;
    ++log_.acknowledged;
    counted_ = in_flight_->seq;
    in_flight_.reset();
    if (stopping_) next_report_ = now;
  } else if (const auto* stop = std::get_if<proto::Stop>(&message)) {
    if (stop->run != run_ || stopping_) return;
    log_.stops.note(seconds(now));
    stopping_ = true;
    steps_.clear();
    for (const auto& each : std::exchange(users_, {})) change(each.first, 0, now);
    next_report_ = now;
  } else if (std::holds_alternative<proto::Quit>(message)) {
    if (!stopping_) log_.stops.note(seconds(now));  // Locust's master stops by sending away
    send(proto::Goodbye{});
    gone_ = true;
  }
}

void SimulatedWorker::obey(const proto::Spawn& order, TimePoint now) {
  log_.orders[order.order].note(seconds(now));
  if (order.run != run_) {
    run_ = order.run;
    run_start_ = now - order.run_age;
    seq_ = counted_ = samples_ = order_ = order_done_ = 0;
    in_flight_.reset();
    stopping_ = false;
    next_report_ = now + Duration(random_() % settings_.interval.count());
  }
  order_ = order.order;
  for (const Step& late : steps_)
    change(late.user_class, users_[late.user_class] + late.change, now);
  steps_.clear();
  std::map<std::string, std::int64_t> after = users_;
  for (const auto& step : order.steps) {
    const bool hatch = step.change == proto::Spawn::Change::Hatch;
    const std::string& name = order.targets.at(step.user_class).user_class;
    steps_.push_back({now + step.after, name, hatch ? 1 : -1});
    after[name] += hatch ? 1 : -1;
  }
  std::ranges::reverse(steps_);
  // What the steps do not explain happens at once.
  for (const auto& target : order.targets) {
    const std::int64_t missing = std::int64_t{target.users} - after[target.user_class];
    if (missing != 0) change(target.user_class, users_[target.user_class] + missing, now);
  }
}

void SimulatedWorker::change(const std::string& user_class, std::int64_t users, TimePoint now) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  log_.changes[ms][user_class] += users - users_[user_class];
  users_[user_class] = users;
}

TimePoint SimulatedWorker::due() const {
  TimePoint due = std::min(pulse_.due(), next_report_);
  if (!steps_.empty()) due = std::min(due, steps_.back().at);
  if (order_done_ < order_ && steps_.empty()) due = TimePoint::min();
  return due;
}

void SimulatedWorker::tick(TimePoint now) {
  while (!steps_.empty() && steps_.back().at <= now) {
    const Step step = steps_.back();
    steps_.pop_back();
    // When it was due: how busy the simulator is is not the fleet's matter.
    change(step.user_class, users_[step.user_class] + step.change, step.at);
  }
  if (order_done_ < order_ && steps_.empty()) {
    order_done_ = order_;
    send(proto::OrderDone{run_, order_, counts()});
  }
  if (pulse_.take(now)) {
    send(proto::Heartbeat{
        .state = stopping_ || run_.value == 0 ? proto::RunState::Ready : proto::RunState::Running,
        .cpu_percent = 12.5,
        .bytes_memory = 100'000'000,
        .samples = samples_,
        .loop_lag = 1ms});
  }
  if (now >= next_report_) report(now);
}

void SimulatedWorker::report(TimePoint now) {
  if (!stopping_) {
    next_report_ += settings_.interval;
  } else {
    next_report_ = TimePoint::max();
    if (!in_flight_ && seq_ > 0 && counted_ == seq_) {
      send(proto::ClientStopped{std::exchange(run_, {})});
      return;
    }
  }
  if (!in_flight_) {
    Delta delta = invent(now);
    for (const auto& [endpoint, stats] : delta.endpoints) samples_ += stats.requests;
    proto::Report made;
    made.run = run_;
    made.seq = seq_ + 1;
    made.since = seq_;
    made.delta = std::move(delta);
    made.samples = samples_;
    made.users = counts();
    made.state = proto::RunState::Running;
    ++seq_;
    in_flight_ = std::move(made);
    ++log_.reports;
    log_.requests = log_.requests + in_flight_->delta.endpoints.size() * settings_.buckets;
  }
  send(*in_flight_);
  if (!settings_.locust) pulse_.reported(now);
  // Locust's dialect acknowledges nothing.
  if (settings_.locust) obey(proto::ReportAck{run_, in_flight_->seq}, now);
}

Delta SimulatedWorker::invent(TimePoint now) {
  Delta delta;
  const Duration until = now - run_start_;
  const auto second = std::chrono::floor<std::chrono::seconds>(until).count();
  for (std::size_t i = 0; i < settings_.endpoints; ++i) {
    EndpointStats& stats =
        delta.endpoints[{"GET", "/endpoint/" + std::to_string((first_ + i) % settings_.of)}];
    const auto first = static_cast<std::uint32_t>(1400 + random_() % 512);
    for (std::uint32_t b = 0; b < settings_.buckets; ++b) {
      stats.response_times.record(Histogram::middle_of(first + b));
    }
    stats.requests = settings_.buckets;
    stats.bytes_received = settings_.buckets * 1000;
    stats.seconds.add(second, {static_cast<std::uint32_t>(settings_.buckets), 0});
    stats.first = std::max(until - settings_.interval, Duration{});
    stats.last = until;
  }
  delta.until = until;
  return delta;
}

std::vector<proto::ClassCount> SimulatedWorker::counts() const {
  std::vector<proto::ClassCount> counts;
  for (const auto& [name, users] : users_) {
    counts.push_back({name, static_cast<std::uint32_t>(users)});
  }
  return counts;
}

void SimulatedWorker::send(const proto::ToMaster& message) {
  if (settings_.locust) {
    for (const auto& envelope : locust_.translate(message, wall_s())) send(envelope);
  } else {
    send(proto::SwarmDialect::encode(message, id_));
  }
}

void SimulatedWorker::send(const proto::Envelope& envelope) {
  output_ += zmtp_message(proto::encode(envelope));
}

}  // namespace swarm::bench
