#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/scenario.h"
#include "worker/python/python_api.h"

namespace swarm::python {

// The scenario of a locustfile: what the engine asks of it is passed on to the Python object that
// locust._entry made. Every call comes from the loop or the main greenlet, with the interpreter's
// lock held; none of them switches, but quitting() and quit().
//
// Thread  main
// Errors  an exception that leaves one of our functions is a bug: it is printed, and nothing else
class PythonScenario final : public Scenario {
 public:
  // `entry` has the methods of locust._entry.Entry. Errors: what it tells of its classes.
  static Result<std::unique_ptr<Scenario>> create(Ref<> entry);
  ~PythonScenario() override;

  std::span<const UserClass> user_classes() const override { return classes_; }
  void test_start(Done done) override;
  void test_stopping(Done done) override { run_hook("test_stopping", std::move(done)); }
  void test_stop(Done done) override;
  void spawning_complete(std::uint32_t users) override;
  void stats_reset() override;
  std::optional<int> quitting() override;
  void quit(int exit_code) override;
  int exit_code() const override;
  std::vector<ScenarioOption> options() const override;
  Result<void> choose(const RunChoice& choice) override;
  std::vector<std::string> shapes() const override;
  void tick_shape(std::function<void(std::optional<ShapeStep>)> done) override;
  void shape_began(Duration ago) override;

  void receive(const ScenarioMessage& message) override;
  Value own_options() const override;
  void take_options(const Value& options) override;
  void joined(std::uint32_t index) override;
  void worker_connected(const std::string& worker) override;
  bool watches_reports() const override;
  void report_to_master(const std::string& worker, Value& data) override;
  void worker_report(const std::string& worker, const Value& data) override;
  std::optional<Duration> report_interval() const override;
  std::vector<double> percentiles() const override;
  std::optional<Duration> table_interval() const override;
  std::vector<std::string> files() const override;

  void spawn(UserId id, UserClassId user_class) override;
  void stop(UserId id, StopUser how) override;

 private:
  explicit PythonScenario(Ref<> entry) : entry_(std::move(entry)) {}
  Result<void> read_classes();
  void run_hook(const char* name, Done done);
  // What a method of others_ tells; nothing if it is None.
  std::optional<Duration> interval(const char* method) const;

  Ref<> entry_;
  Ref<> others_;  // locust._others.Others: what passes between processes
  std::vector<UserClass> classes_;
  std::vector<Ref<>> names_;  // of classes_, as Python has them
};

}  // namespace swarm::python
