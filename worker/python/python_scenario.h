#pragma once

#include <functional>
#include <memory>
#include <optional>
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
  static Result<std::unique_ptr<Scenario>> create(Ref<> entry, std::string_view host);
  ~PythonScenario() override;

  std::span<const UserClass> user_classes() const override { return classes_; }
  void test_start(Done done) override { run_hook("test_start", std::move(done)); }
  void test_stopping(Done done) override { run_hook("test_stopping", std::move(done)); }
  void test_stop(Done done) override { run_hook("test_stop", std::move(done)); }
  void spawning_complete(std::uint32_t users) override;
  void stats_reset() override;
  std::optional<int> quitting() override;
  void quit(int exit_code) override;
  int exit_code() const override;
  bool has_shape() const override { return has_shape_; }
  void tick_shape(std::function<void(std::optional<ShapeStep>)> done) override;
  void spawn(UserId id, UserClassId user_class) override;
  void stop(UserId id, StopUser how) override;

 private:
  PythonScenario(Ref<> entry, std::string_view host) : entry_(std::move(entry)), host_(host) {}
  Result<void> read_classes();
  void run_hook(const char* name, Done done);

  Ref<> entry_;
  const std::string host_;
  std::vector<UserClass> classes_;
  std::vector<Ref<>> names_;  // of classes_, as Python has them
  bool has_shape_ = false;
};

}  // namespace swarm::python
