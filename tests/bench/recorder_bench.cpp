// What counting costs: one sample in the recorder, on the path of every request; and merging and
// showing, on the master.

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "master/aggregate/aggregator.h"
#include "master/aggregate/history.h"
#include "worker/report/recorder.h"

namespace swarm {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};
constexpr std::size_t kEndpoints = 20;
constexpr std::size_t kSamples = 1 << 16;

// Latencies over five orders of magnitude, endpoints at random: nothing for a branch predictor or
// a cache line to learn.
std::vector<Sample> samples_of(worker::Recorder& recorder, bool paced, std::string_view error) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> latency(std::log(2e6), 1.5);
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const auto id = recorder.endpoint("GET", "/page/" + std::to_string(random() % kEndpoints));
    const TimePoint started = kStart + i * 20us;
    const Duration took{static_cast<std::int64_t>(latency(random))};
    samples.push_back({.endpoint = id,
                       .due = paced ? started - took / 16 : started,
                       .started = started,
                       .ended = started + took,
                       .bytes_received = 22,
                       .error = error});
  }
  return samples;
}

void record(benchmark::State& state, bool paced, std::string_view error) {
  worker::Recorder recorder(kStart);
  const auto samples = samples_of(recorder, paced, error);
  for (const auto& sample : samples) recorder.record(sample);
  std::size_t next = 0;
  for (auto _ : state) {
    recorder.record(samples[next]);
    next = (next + 1) % kSamples;
  }
  benchmark::DoNotOptimize(recorder.requests());
}

void RecordSample(benchmark::State& state) { record(state, false, ""); }
void RecordPacedSample(benchmark::State& state) { record(state, true, ""); }
void RecordFailure(benchmark::State& state) {
  record(state, false, "ConnectionRefusedError(111, 'Connection refused')");
}

void FindEndpoint(benchmark::State& state) {
  worker::Recorder recorder(kStart);
  samples_of(recorder, false, "");
  for (auto _ : state) benchmark::DoNotOptimize(recorder.endpoint("GET", "/page/7"));
}

// A worker's report: 65,536 samples over 20 endpoints.
void TakeDelta(benchmark::State& state) {
  worker::Recorder recorder(kStart);
  const auto samples = samples_of(recorder, true, "");
  for (auto _ : state) {
    state.PauseTiming();
    for (const auto& sample : samples) recorder.record(sample);
    state.ResumeTiming();
    benchmark::DoNotOptimize(recorder.take(kStart + 3s));
  }
}

void AddDelta(benchmark::State& state) {
  worker::Recorder recorder(kStart);
  for (const auto& sample : samples_of(recorder, true, "")) recorder.record(sample);
  const Delta delta = recorder.take(kStart + 3s);
  master::Aggregator aggregator(kStart);
  for (auto _ : state) aggregator.add("worker", delta);
}

// The same delta in the timelines: what AddDelta costs, again.
void RecordHistory(benchmark::State& state) {
  worker::Recorder recorder(kStart);
  for (const auto& sample : samples_of(recorder, true, "")) recorder.record(sample);
  const Delta delta = recorder.take(kStart + 3s);
  master::History history;
  history.begin(1, "bench", kStart);
  for (auto _ : state) history.add(delta.endpoints, kStart + 3s);
}

void MakeSnapshot(benchmark::State& state) {
  worker::Recorder recorder(kStart);
  for (const auto& sample : samples_of(recorder, true, "")) recorder.record(sample);
  master::Aggregator aggregator(kStart);
  aggregator.add("worker", recorder.take(kStart + 3s));
  for (auto _ : state) benchmark::DoNotOptimize(aggregator.snapshot({}, kStart + 3s));
}

BENCHMARK(RecordSample);
BENCHMARK(RecordPacedSample);
BENCHMARK(RecordFailure);
BENCHMARK(FindEndpoint);
BENCHMARK(TakeDelta)->Iterations(200);
BENCHMARK(AddDelta);
BENCHMARK(RecordHistory);
BENCHMARK(MakeSnapshot);

}  // namespace
}  // namespace swarm
