#include "worker/python/http_session.h"

#include <cstddef>
#include <string>
#include <unordered_map>

#include "worker/python/http_headers.h"
#include "worker/python/http_request.h"

namespace swarm::python {
namespace {

// More base URLs than that in one process are not those of user classes.
constexpr std::size_t kMostBases = 1024;

// What all sessions with one base URL share. Null: it is none, only absolute URLs can be requested.
std::shared_ptr<const http::ClientBase> base_of(std::string_view url, Style style) {
  static std::unordered_map<std::string, std::shared_ptr<const http::ClientBase>> known[2];
  auto& of_style = known[static_cast<std::size_t>(style)];
  const std::string key(url);
  if (const auto found = of_style.find(key); found != of_style.end()) return found->second;
  auto base = http::ClientBase::create(url, habits_of(style));
  if (!base) return nullptr;
  if (of_style.size() >= kMostBases) of_style.clear();
  return of_style.emplace(key, std::move(base).value()).first->second;
}

void forget_state(Session& session) {
  if (SessionState* const state = std::exchange(session.state, nullptr)) state->close();
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  Session& session = as<Session>(self);
  Py_VISIT(Py_TYPE(self));
  for (PyObject* const member :
       {session.base_url, session.user, session.request_name, session.headers, session.auth,
        session.verify, session.own_listener}) {
    Py_VISIT(member);
  }
  return 0;
}

int clear(PyObject* self) {
  Session& session = as<Session>(self);
  for (PyObject** const member :
       {&session.base_url, &session.user, &session.request_name, &session.headers, &session.auth,
        &session.verify, &session.own_listener}) {
    Py_CLEAR(*member);
  }
  return 0;
}

void dealloc(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  forget_state(as<Session>(self));
  clear(self);
  type->tp_free(self);
  Py_DECREF(type);
}

// A user holds its client, which therefore does not hold its user.
PyObject* reference_to(PyObject* user) {
  if (user == Py_None) return nullptr;
  if (PyObject* const weak = PyWeakref_NewRef(user, nullptr)) return weak;
  PyErr_Clear();
  return Py_NewRef(user);
}

PyTypeObject* base_type = nullptr;

bool overrides_request(PyTypeObject* type) {
  const Ref<> own{PyObject_GetAttrString(reinterpret_cast<PyObject*>(type), "request")};
  const Ref<> base{PyObject_GetAttrString(reinterpret_cast<PyObject*>(base_type), "request")};
  PyErr_Clear();
  return own.get() != base.get();
}

PyObject* make_session(PyTypeObject* type, PyObject*, PyObject*) { return make_plain(type); }

int init(PyObject* self, PyObject* args, PyObject*) {
  PyObject *base_url = nullptr, *user = Py_None;
  int fast = 0;
  if (!PyArg_ParseTuple(args, "O|Op", &base_url, &user, &fast)) return -1;
  Session& session = as<Session>(self);
  const Style style = fast != 0 ? Style::FastHttp : Style::Requests;
  const char* const url = PyUnicode_Check(base_url) ? PyUnicode_AsUTF8(base_url) : "";
  if (url == nullptr) return -1;
  forget_state(session);
  session.overridden = overrides_request(Py_TYPE(self));
  session.state = new SessionState(style, base_of(url, style));
  if (style == Style::FastHttp) {
    session.state->client.set_trust(http::Trust::Anybody);
  } else {
    session.state->client.set_timeouts(kForever, kForever);
    session.state->client.set_trust(http::Trust::Engine);
  }
  if (user != Py_None) session.state->user_class = Py_TYPE(user)->tp_name;
  Py_XSETREF(session.base_url, Py_NewRef(base_url));
  Py_XSETREF(session.user, reference_to(user));
  return 0;
}

PyObject* get_user(PyObject* self, void*) {
  PyObject* const user = user_of(as<Session>(self));
  return Py_NewRef(user == nullptr ? Py_None : user);
}

int set_user(PyObject* self, PyObject* value, void*) {
  Py_XSETREF(as<Session>(self).user, value == nullptr ? nullptr : reference_to(value));
  return 0;
}

PyObject* close(PyObject* self, PyObject*) {
  if (as<Session>(self).state != nullptr) as<Session>(self).state->client.close_connections();
  Py_RETURN_NONE;
}

PyObject* set_timeouts(PyObject* self, PyObject* args) {
  double connect = 0, read = 0;
  if (!PyArg_ParseTuple(args, "dd", &connect, &read)) return nullptr;
  const auto duration = [](double seconds) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  };
  if (as<Session>(self).state != nullptr) {
    as<Session>(self).state->client.set_timeouts(duration(connect), duration(read));
  }
  Py_RETURN_NONE;
}

PyMemberDef members[] = {
    {"base_url", T_OBJECT, offsetof(Session, base_url), READONLY, "without user and password"},
    {"request_name", T_OBJECT, offsetof(Session, request_name), 0,
     "the name of all requests that are given none"},
    {"_own_listener", T_OBJECT, offsetof(Session, own_listener), 0, nullptr},
    {"_prepares", T_BOOL, offsetof(Session, prepares), 0, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

PyMethodDef own_methods[] = {
    {"close", close, METH_NOARGS, "Closes the connections that are kept."},
    {"_set_timeouts", set_timeouts, METH_VARARGS, nullptr},
};

// The type has one list of methods.
std::vector<PyMethodDef> all_methods() {
  std::vector<PyMethodDef> all(std::begin(own_methods), std::end(own_methods));
  for (const PyMethodDef* each = session_requests; each->ml_name != nullptr; ++each) {
    all.push_back(*each);
  }
  all.push_back({nullptr, nullptr, 0, nullptr});
  return all;
}

std::vector<PyGetSetDef> all_settings() {
  std::vector<PyGetSetDef> all{{"user", get_user, set_user, "whose client it is", nullptr}};
  for (const PyGetSetDef* each = session_settings; each->name != nullptr; ++each) {
    all.push_back(*each);
  }
  all.push_back({nullptr, nullptr, nullptr, nullptr, nullptr});
  return all;
}

}  // namespace

PyObject* user_of(const Session& session) {
  if (session.user == nullptr || !PyWeakref_CheckRef(session.user)) return session.user;
  PyObject* const user = PyWeakref_GetObject(session.user);
  return user == Py_None ? nullptr : user;
}

PyObject* session_context(PyObject* self, PyObject* context) {
  PyObject* const user = self == nullptr ? nullptr : user_of(as<Session>(self));
  if (user == nullptr) return context == nullptr ? PyDict_New() : PyDict_Copy(context);
  const Ref<> kept = Ref<>::to(user);
  const Ref<> own{PyObject_CallMethod(user, "context", nullptr)};
  if (!own) return nullptr;
  Ref<> merged{PyDict_New()};
  if (!merged || PyDict_Update(merged.get(), own.get()) < 0) return nullptr;
  if (context != nullptr && PyDict_Update(merged.get(), context) < 0) return nullptr;
  return merged.release();
}

PyObject* own_listener(PyObject* self) {
  PyObject* const listener = self == nullptr ? nullptr : as<Session>(self).own_listener;
  return listener == Py_None ? nullptr : listener;
}

PyObject* session_url(PyObject* self, PyObject* url) {
  if (self == nullptr) return Py_NewRef(url);
  return PyObject_CallMethod(self, "_build_url", "O", url);
}

int add_http_session(PyObject* module) {
  static std::vector<PyMethodDef> methods = all_methods();
  static std::vector<PyGetSetDef> settings = all_settings();
  static PyType_Slot slots[] = {
      {Py_tp_doc, const_cast<char*>("A user's HTTP client.")},
      {Py_tp_new, slot(make_session)},
      {Py_tp_init, slot(init)},
      {Py_tp_dealloc, slot(dealloc)},
      {Py_tp_traverse, slot(traverse)},
      {Py_tp_clear, slot(clear)},
      {Py_tp_members, members},
      {Py_tp_getset, settings.data()},
      {Py_tp_methods, methods.data()},
      {0, nullptr},
  };
  static PyType_Spec spec = {"_swarm.Session", sizeof(Session), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots};
  base_type = add_type(module, spec);
  return base_type == nullptr ? -1 : 0;
}

}  // namespace swarm::python
