#include "worker/python/extension.h"
#include "worker/python/http_arguments.h"
#include "worker/python/http_cookies.h"
#include "worker/python/http_fields.h"
#include "worker/python/http_headers.h"
#include "worker/python/http_json.h"
#include "worker/python/http_response.h"
#include "worker/python/http_session.h"

namespace swarm::python {
namespace {

PyObject* use_header_types(PyObject*, PyObject* args) {
  PyTypeObject *of_session = nullptr, *of_response = nullptr;
  if (!PyArg_ParseTuple(args, "O!O!", &PyType_Type, &of_session, &PyType_Type, &of_response)) {
    return nullptr;
  }
  Py_INCREF(reinterpret_cast<PyObject*>(of_session));
  Py_INCREF(reinterpret_cast<PyObject*>(of_response));
  use_header_map(of_session);
  use_response_headers(of_response);
  Py_RETURN_NONE;
}

PyMethodDef functions[] = {
    {"use_header_types", use_header_types, METH_VARARGS,
     "use_header_types(of_session, of_response)\n--\n\nThe classes of headers."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

int add_http(PyObject* module) {
  if (add_http_arguments() < 0 || PyModule_AddFunctions(module, functions) < 0) return -1;
  for (int (*add)(PyObject*) :
       {add_http_fields, add_http_response, add_http_session, add_http_headers,
        add_http_response_headers, add_http_cookies, add_http_json}) {
    if (add(module) < 0) return -1;
  }
  return 0;
}

}  // namespace swarm::python
