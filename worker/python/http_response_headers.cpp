#include <string>
#include <string_view>
#include <vector>

#include "worker/http/ascii.h"
#include "worker/python/http_headers.h"
#include "worker/python/http_response.h"

// response.headers: nothing is copied out of the head but what is asked for.

namespace swarm::python {
namespace {

PyTypeObject* used_type = nullptr;

Ref<> latin1(std::string_view text) {
  return Ref<>{PyUnicode_DecodeLatin1(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr)};
}

Call* call_of(PyObject* self) {
  PyObject* const response = as<ResponseHeaders>(self).response;
  return response == nullptr ? nullptr : as<Response>(response).call;
}

http::Fields fields_of(PyObject* self) {
  static const std::vector<http::FieldPlace> kNone;
  Call* const call = call_of(self);
  return call == nullptr || call->unsent ? http::Fields({}, kNone) : call->response().fields();
}

// A repeated field is one value with commas for requests, and a list for the fast client.
PyObject* value_of(PyObject* self, std::string_view name) {
  std::vector<std::string_view> values;
  for (const http::Header field : fields_of(self)) {
    if (http::equals_ignoring_case(field.name, name)) values.push_back(field.value);
  }
  if (values.empty()) return nullptr;
  if (values.size() == 1) return latin1(values.front()).release();
  if (call_of(self)->session.style == Style::FastHttp) {
    Ref<> list{PyList_New(0)};
    for (const std::string_view value : values) {
      const Ref<> item = latin1(value);
      if (!list || !item || PyList_Append(list.get(), item.get()) < 0) return nullptr;
    }
    return list.release();
  }
  std::string joined(values.front());
  for (std::size_t at = 1; at < values.size(); ++at) joined.append(", ").append(values[at]);
  return latin1(joined).release();
}

bool name_in(PyObject* key, std::string_view& name) {
  if (!PyUnicode_Check(key)) return false;
  Py_ssize_t size = 0;
  const char* const bytes = PyUnicode_AsUTF8AndSize(key, &size);
  if (bytes == nullptr) PyErr_Clear();
  name = {bytes, static_cast<std::size_t>(size)};
  return bytes != nullptr;
}

PyObject* subscript(PyObject* self, PyObject* key) {
  std::string_view name;
  PyObject* const value = name_in(key, name) ? value_of(self, name) : nullptr;
  if (value == nullptr && PyErr_Occurred() == nullptr) PyErr_SetObject(PyExc_KeyError, key);
  return value;
}

PyObject* get(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if (count < 1 || count > 2) {
    PyErr_SetString(PyExc_TypeError, "get() takes a name and what to return without it");
    return nullptr;
  }
  std::string_view name;
  PyObject* const value = name_in(args[0], name) ? value_of(self, name) : nullptr;
  if (value != nullptr || PyErr_Occurred() != nullptr) return value;
  return Py_NewRef(count > 1 ? args[1] : Py_None);
}

int contains(PyObject* self, PyObject* key) {
  std::string_view name;
  return name_in(key, name) && fields_of(self).find(name).data() != nullptr;
}

// Each name once, where it came first.
std::vector<std::string_view> names_of(PyObject* self) {
  std::vector<std::string_view> names;
  for (const http::Header field : fields_of(self)) {
    bool known = false;
    for (const std::string_view name : names) {
      known = known || http::equals_ignoring_case(name, field.name);
    }
    if (!known) names.push_back(field.name);
  }
  return names;
}

Py_ssize_t length(PyObject* self) { return static_cast<Py_ssize_t>(names_of(self).size()); }

PyObject* iterate(PyObject* self) {
  const Ref<> list{PyList_New(0)};
  for (const std::string_view name : names_of(self)) {
    const Ref<> item = latin1(name);
    if (!list || !item || PyList_Append(list.get(), item.get()) < 0) return nullptr;
  }
  return list ? PyObject_GetIter(list.get()) : nullptr;
}

void dealloc(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  Py_XDECREF(as<ResponseHeaders>(self).response);
  type->tp_free(self);
  Py_DECREF(type);
}

PyMethodDef methods[] = {
    {"get", method(get), METH_FASTCALL, "get(name, default=None)"},
    {nullptr, nullptr, 0, nullptr},
};
PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>("The headers of a response, whatever the case of their names.")},
    {Py_tp_dealloc, slot(dealloc)},
    {Py_mp_subscript, slot(subscript)},
    {Py_mp_length, slot(length)},
    {Py_sq_contains, slot(contains)},
    {Py_tp_iter, slot(iterate)},
    {Py_tp_methods, methods},
    {0, nullptr},
};
PyType_Spec spec = {"_swarm.ResponseHeaders", sizeof(ResponseHeaders), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                    slots};

}  // namespace

PyObject* new_response_headers(PyObject* response) {
  PyObject* const self = used_type->tp_alloc(used_type, 0);
  if (self != nullptr) as<ResponseHeaders>(self).response = Py_NewRef(response);
  return self;
}

void use_response_headers(PyTypeObject* type) { used_type = type; }

int add_http_response_headers(PyObject* module) {
  used_type = add_type(module, spec);
  return used_type == nullptr ? -1 : 0;
}

}  // namespace swarm::python
