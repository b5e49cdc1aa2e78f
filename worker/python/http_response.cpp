#include "worker/python/http_response.h"

#include <array>
#include <cstddef>
#include <utility>

#include "worker/python/http_fields.h"
#include "worker/python/http_report.h"

namespace swarm::python {
namespace {

// Objects that are made and dropped with every request, kept for the next ones.
constexpr std::size_t kMostKept = 256;
std::array<Response*, kMostKept> kept;
std::size_t kept_count = 0;

std::array<PyObject**, 11> members_of(Response& response) {
  return {&response.attributes, &response.session, &response.url,    &response.context,
          &response.meta,       &response.content, &response.text,   &response.encoding,
          &response.error,      &response.verdict, &response.headers};
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  for (PyObject** const member : members_of(as<Response>(self))) Py_VISIT(*member);
  return 0;
}

int clear(PyObject* self) {
  for (PyObject** const member : members_of(as<Response>(self))) Py_CLEAR(*member);
  return 0;
}

void dealloc(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  Response& response = as<Response>(self);
  PyObject_GC_UnTrack(self);
  if (response.weak_references != nullptr) PyObject_ClearWeakRefs(self);
  if (Call* const call = std::exchange(response.call, nullptr)) call->session.give_back(call);
  clear(self);
  if (kept_count < kMostKept) {
    kept[kept_count++] = &response;
  } else {
    PyObject_GC_Del(self);
  }
  Py_DECREF(type);
}

// An object that can be part of a cycle only once it refers to something of the scenario's is
// hidden from the collector until then: most never are, and are spared its visits.
int set_attribute(PyObject* self, PyObject* name, PyObject* value) {
  show_to_collector(as<Response>(self));
  return PyObject_GenericSetAttr(self, name, value);
}

PyObject* refuse_new(PyTypeObject* type, PyObject*, PyObject*) {
  PyErr_Format(PyExc_TypeError, "%s is made by requests only", type->tp_name);
  return nullptr;
}

PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(Response, attributes), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Response, weak_references), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>("What a request returns.")},
    {Py_tp_new, slot(refuse_new)},
    {Py_tp_dealloc, slot(dealloc)},
    {Py_tp_traverse, slot(traverse)},
    {Py_tp_clear, slot(clear)},
    {Py_tp_setattro, slot(set_attribute)},
    {Py_tp_members, members},
    {Py_tp_getset, response_getters},
    {Py_tp_methods, response_methods},
    {0, nullptr},
};
PyType_Spec spec = {"_swarm.Response", sizeof(Response), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};

PyTypeObject* base_type = nullptr;
std::array<ResponseTypes, 2> types;

bool adopt(PyTypeObject* type) {
  if (!PyType_IsSubtype(type, base_type) || type->tp_basicsize != base_type->tp_basicsize ||
      type->tp_finalize != nullptr) {
    PyErr_SetString(PyExc_TypeError, "a class of responses has no state of its own");
    return false;
  }
  // Python's own would look for state of the class, and find none, with every response.
  type->tp_dealloc = dealloc;
  Py_INCREF(reinterpret_cast<PyObject*>(type));
  return true;
}

PyObject* use_response_types(PyObject*, PyObject* args) {
  int fast = 0;
  PyTypeObject *plain = nullptr, *caught = nullptr;
  if (!PyArg_ParseTuple(args, "pO!O!", &fast, &PyType_Type, &plain, &PyType_Type, &caught)) {
    return nullptr;
  }
  if (!adopt(plain) || !adopt(caught)) return nullptr;
  response_types(fast != 0 ? Style::FastHttp : Style::Requests) = {plain, caught};
  Py_RETURN_NONE;
}

PyMethodDef functions[] = {
    {"use_response_types", use_response_types, METH_VARARGS,
     "use_response_types(fast, plain, caught)\n--\n\nThe classes of what requests return."},
    {"set_request_listener", set_request_listener, METH_O,
     "set_request_listener(notify)\n--\n\nWho is told of each request of the engine; None: "
     "nobody."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

void show_to_collector(Response& response) {
  PyObject* const self = object_of(response);
  if (!PyObject_GC_IsTracked(self)) PyObject_GC_Track(self);
}

ResponseTypes& response_types(Style style) { return types[static_cast<std::size_t>(style)]; }

Response* new_response(PyTypeObject* type, PyObject* session, Call* call) {
  Response* response = nullptr;
  if (kept_count > 0) {
    response = kept[--kept_count];
    PyObject_Init(object_of(*response), type);
  } else {
    response = PyObject_GC_New(Response, type);
    if (response == nullptr) return nullptr;
  }
  std::fill_n(reinterpret_cast<char*>(response) + sizeof(PyObject),
              sizeof(Response) - sizeof(PyObject), '\0');
  response->call = call;
  response->session = Py_NewRef(session);
  return response;
}

int add_http_response(PyObject* module) {
  base_type = add_type(module, spec);
  if (base_type == nullptr) return -1;
  for (ResponseTypes& style : types) style = {base_type, base_type};
  return PyModule_AddFunctions(module, functions);
}

}  // namespace swarm::python
