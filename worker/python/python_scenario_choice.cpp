// What is chosen between two runs: the part of PythonScenario that a form shows.

#include <algorithm>
#include <array>
#include <utility>

#include "worker/python/calls.h"
#include "worker/python/python_scenario.h"
#include "worker/python/values.h"

namespace swarm::python {
namespace {

ScenarioOption::Kind kind_of(std::string_view word) {
  using enum ScenarioOption::Kind;
  constexpr std::array<std::pair<std::string_view, ScenarioOption::Kind>, 5> kKinds{
      {{"text", Text}, {"number", Number}, {"bool", Bool}, {"choice", Choice}, {"list", List}}};
  const auto found = std::ranges::find(kKinds, word, [](const auto& each) { return each.first; });
  return found == kKinds.end() ? Text : found->second;
}

}  // namespace

std::vector<ScenarioOption> PythonScenario::options() const {
  std::vector<ScenarioOption> options;
  const Ref<> rows = call(entry_, "own_options", nullptr);
  for (Py_ssize_t i = 0; rows && i < PyList_Size(rows.get()); ++i) {
    PyObject *name, *help, *kind, *choices, *values;
    int secret = 0, required = 0;
    if (!PyArg_ParseTuple(PyList_GetItem(rows.get(), i), "UUUO!O!pp", &name, &help, &kind,
                          &PyList_Type, &choices, &PyList_Type, &values, &secret, &required)) {
      PyErr_WriteUnraisable(entry_.get());
      continue;
    }
    options.push_back({.name = text_or_mark(name),
                       .help = text_or_mark(help),
                       .kind = kind_of(text_or_mark(kind)),
                       .choices = texts_in(choices),
                       .values = texts_in(values),
                       .secret = secret != 0,
                       .required = required != 0});
  }
  return options;
}

Result<void> PythonScenario::choose(const RunChoice& choice) {
  Value::Map given;
  for (const auto& [name, texts] : choice.options) {
    given.push_back({.key = name, .value = Value::Array(texts.begin(), texts.end())});
  }
  Ref<> options = to_python(Value(std::move(given)));
  const Ref<> refused{
      options
          ? PyObject_CallMethod(entry_.get(), "choose", "s#s#N", choice.profile.data(),
                                static_cast<Py_ssize_t>(choice.profile.size()), choice.shape.data(),
                                static_cast<Py_ssize_t>(choice.shape.size()), options.release())
          : nullptr};
  if (!refused) {
    PyErr_WriteUnraisable(entry_.get());
    return Error{"the options of the scenario cannot be changed: its log says why"};
  }
  if (refused.get() == Py_None) return {};
  return Error{text_or_mark(refused.get())};
}

std::vector<std::string> PythonScenario::shapes() const {
  const Ref<> names = call(entry_, "shapes", nullptr);
  return texts_in(names.get());
}

}  // namespace swarm::python
