#include "worker/python/http_cookies.h"

#include <chrono>
#include <string>

#include "worker/http/ascii.h"
#include "worker/python/http_response.h"
#include "worker/python/http_session.h"

namespace swarm::python {
namespace {

using http::Cookie;

// A jar of its own, or the view of a session's: it holds the session then.
struct CookieJar {
  PyObject_HEAD PyObject* session;
  http::CookieJar* own;
};

http::WallTime wall_clock() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

http::CookieJar* jar_of(PyObject* self) {
  CookieJar& jar = as<CookieJar>(self);
  if (jar.own != nullptr) return jar.own;
  SessionState* const state = as<Session>(jar.session).state;
  if (state == nullptr) PyErr_SetString(PyExc_RuntimeError, "the session is not initialised");
  return state == nullptr ? nullptr : &state->client.cookies();
}

// The cookies that the responses of an exchange's last hop set.
void store_set_cookies(Response& response, http::CookieJar& jar) {
  if (response.call == nullptr) return;
  for (const http::Header field : response.call->response().fields()) {
    if (http::equals_lower(field.name, "set-cookie")) {
      jar.store(response.call->exchange.url(), field.value, wall_clock());
    }
  }
}

int init(PyObject* self, PyObject* args, PyObject*) {
  PyObject* source = Py_None;
  if (!PyArg_ParseTuple(args, "|O", &source)) return -1;
  CookieJar& jar = as<CookieJar>(self);
  if (source != Py_None && PyObject_HasAttrString(source, "_own_listener") != 0) {
    Py_XSETREF(jar.session, Py_NewRef(source));
    return 0;
  }
  if (jar.own == nullptr) jar.own = new http::CookieJar;
  if (source != Py_None) store_set_cookies(as<Response>(source), *jar.own);
  return 0;
}

void dealloc(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  CookieJar& jar = as<CookieJar>(self);
  delete jar.own;
  Py_XDECREF(jar.session);
  type->tp_free(self);
  Py_DECREF(type);
}

// (name, value, domain, path, expires, secure, http_only, host_only)
PyObject* all(PyObject* self, PyObject*) {
  const http::CookieJar* const jar = jar_of(self);
  if (jar == nullptr) return nullptr;
  Ref<> list{PyList_New(0)};
  const http::WallTime now = wall_clock();
  for (const Cookie& cookie : jar->cookies()) {
    if (cookie.expires <= now) continue;
    const Ref<> expires =
        cookie.expires == Cookie::kNever
            ? Ref<>::to(Py_None)
            : Ref<>{PyLong_FromLongLong(cookie.expires.time_since_epoch().count())};
    const Ref<> item{Py_BuildValue("ssssOiii", cookie.name.c_str(), cookie.value.c_str(),
                                   cookie.domain.c_str(), cookie.path.c_str(), expires.get(),
                                   cookie.secure, cookie.http_only, cookie.host_only)};
    if (!list || !item || PyList_Append(list.get(), item.get()) < 0) return nullptr;
  }
  return list.release();
}

PyObject* put(PyObject* self, PyObject* args) {
  const char *name = nullptr, *value = nullptr, *domain = nullptr, *path = nullptr;
  PyObject* expires = nullptr;
  int secure = 0, http_only = 0;
  if (!PyArg_ParseTuple(args, "ssssOpp", &name, &value, &domain, &path, &expires, &secure,
                        &http_only)) {
    return nullptr;
  }
  http::CookieJar* const jar = jar_of(self);
  if (jar == nullptr) return nullptr;
  Cookie cookie{.name = name, .value = value, .domain = {}, .path = path};
  std::string_view host = domain;
  cookie.host_only = !host.starts_with('.');
  if (host.starts_with('.')) host.remove_prefix(1);
  for (const char c : host) cookie.domain += http::to_lower(c);
  if (expires != Py_None) {
    const double seconds = PyFloat_AsDouble(expires);
    if (PyErr_Occurred() != nullptr) return nullptr;
    cookie.expires = http::WallTime{std::chrono::seconds(static_cast<std::int64_t>(seconds))};
  }
  cookie.secure = secure != 0;
  cookie.http_only = http_only != 0;
  jar->store(std::move(cookie), wall_clock());
  Py_RETURN_NONE;
}

// Removes those of that domain, path and name; None: whatever it is.
PyObject* remove(PyObject* self, PyObject* args) {
  const char *domain = nullptr, *path = nullptr, *name = nullptr;
  if (!PyArg_ParseTuple(args, "zzz", &domain, &path, &name)) return nullptr;
  http::CookieJar* const jar = jar_of(self);
  if (jar == nullptr) return nullptr;
  jar->remove_if([&](const Cookie& cookie) {
    return (domain == nullptr || cookie.domain == domain) &&
           (path == nullptr || cookie.path == path) && (name == nullptr || cookie.name == name);
  });
  Py_RETURN_NONE;
}

PyMethodDef methods[] = {
    {"_all", all, METH_NOARGS, nullptr},
    {"_put", put, METH_VARARGS, nullptr},
    {"_remove", remove, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};
PyType_Slot slots[] = {
    {Py_tp_doc, const_cast<char*>("Cookies.")},
    {Py_tp_new, slot(PyType_GenericNew)},
    {Py_tp_init, slot(init)},
    {Py_tp_dealloc, slot(dealloc)},
    {Py_tp_methods, methods},
    {0, nullptr},
};
PyType_Spec spec = {"_swarm.CookieJar", sizeof(CookieJar), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

int add_http_cookies(PyObject* module) { return add_type(module, spec) == nullptr ? -1 : 0; }

}  // namespace swarm::python
