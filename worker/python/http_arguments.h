#pragma once

#include <array>
#include <cstdint>

#include "worker/python/python_api.h"

namespace swarm::python {

// What a request can be given by keyword and is understood without further preparation; those from
// kPrepared on are answers of Session._prepare().
enum class Argument : std::uint8_t {
  Method,
  Url,
  Name,
  CatchResponse,
  Headers,
  Json,
  Data,
  Context,
  Timeout,
  AllowRedirects,
  Verify,
  Stream,
  Auth,
  Cookies,  // [(name, value)]
  Hooks,    // callables: each gets the response, and may return another
  Refused,  // the exception that the request fails with before it is sent
};
inline constexpr std::size_t kArguments = static_cast<std::size_t>(Argument::Refused) + 1;

// The arguments of one request, borrowed from its caller or from what _prepare() returned.
class Arguments {
 public:
  // From a call: `places` says which arguments may be given without a name, in that order.
  // False: an exception is set.
  bool read(const Argument* places, std::size_t place_count, PyObject* const* args,
            Py_ssize_t count, PyObject* names);
  // From what _prepare() returned. False: an exception is set.
  bool read(PyObject* dict);

  // Null: not given, or given as None.
  PyObject* get(Argument argument) const { return values_[static_cast<std::size_t>(argument)]; }
  void set_default(Argument argument, PyObject* value) {
    PyObject*& place = values_[static_cast<std::size_t>(argument)];
    if (place == nullptr) place = value;
  }
  // Whether it was given and is true; `otherwise` if it was not given. Less than zero: an
  // exception is set.
  int is_true(Argument argument, bool otherwise) const;

  // Whether something was given that _prepare() has to bring into plain form first.
  bool wants_preparation() const;
  // All that was given, for _prepare(). New.
  PyObject* as_dict(PyObject* const* args, Py_ssize_t count, PyObject* names) const;

 private:
  bool take(PyObject* name, PyObject* value);

  std::array<PyObject*, kArguments> values_{};
  bool others_ = false;  // such that only _prepare() knows
};

// Makes the names of arguments known. Less than zero: an exception is set.
int add_http_arguments();

}  // namespace swarm::python
