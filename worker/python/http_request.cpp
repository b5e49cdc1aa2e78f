#include "worker/python/http_request.h"

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "common/scenario.h"
#include "worker/python/host.h"
#include "worker/python/http_arguments.h"
#include "worker/python/http_message.h"
#include "worker/python/http_report.h"
#include "worker/python/http_session.h"
#include "worker/python/user_core.h"

namespace swarm::python {
namespace {

std::string_view utf8(PyObject* str) {
  Py_ssize_t size = 0;
  const char* const bytes = PyUnicode_AsUTF8AndSize(str, &size);
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(size)};
}

bool may_wait_here() {
  const int here = parks_here();
  if (here == 0) {
    PyErr_SetString(PyExc_RuntimeError,
                    "requests can be made in the main thread only, in its greenlets: in other "
                    "threads use another client, such as requests");
  }
  return here > 0;
}

// Whether the run has a request left to give.
bool may_start(ScenarioHost* host) {
  if (host == nullptr || host->take_permit()) return true;
  const Ref<> module{PyImport_ImportModule("locust._hooks")};
  const Ref<> complete{module ? PyObject_GetAttrString(module.get(), "RunComplete") : nullptr};
  if (complete) PyErr_SetNone(complete.get());
  return false;
}

bool is_true_object(PyObject* object) {
  return object != nullptr && object != Py_None && PyObject_IsTrue(object) == 1;
}

// What the request is called in the report.
bool name_call(Call& call, const Session& session, const Arguments& arguments) {
  PyObject* name = arguments.get(Argument::Name);
  if (!is_true_object(name)) name = session.request_name;
  if (!is_true_object(name) && call.session.style == Style::FastHttp) {
    name = arguments.get(Argument::Url);
  }
  if (!is_true_object(name)) {
    call.name = call.exchange.url().target();
    return true;
  }
  const Ref<> text = PyUnicode_Check(name) ? Ref<>::to(name) : Ref<>{PyObject_Str(name)};
  if (!text) return false;
  const std::string_view bytes = utf8(text.get());
  if (bytes.data() == nullptr) return false;
  call.name = bytes;
  return true;
}

// Raises what is wrong with the URL.
bool raise_bad_url(PyObject* self, PyObject* url) {
  const Ref<> raised{PyObject_CallMethod(self, "_raise_bad_url", "O", url)};
  if (raised) PyErr_Format(PyExc_ValueError, "bad URL %R", url);
  return false;
}

// A method or header that HTTP does not allow: the request fails before it is sent, where the
// style reports that; elsewhere it raises.
Ref<> refusal(PyObject* self, const std::string& message) {
  return Ref<>{PyObject_CallMethod(self, "_new_refusal", "s", message.c_str())};
}

// See Parked: what is used of a user and its request once the response is there.
void foresee_end(Call& call, PyObject* self, const Arguments& arguments) {
  const Session& session = as<Session>(self);
  PyObject* const headers = arguments.get(Argument::Headers);
  const bool plain = headers != nullptr && PyDict_CheckExact(headers);
  const Touched user = UserCore_touched(user_of(session));
  call.parked.touched = {reinterpret_cast<const char*>(self) - 32,
                         self + 4,
                         session.user,
                         headers,
                         plain ? reinterpret_cast<PyDictObject*>(headers)->ma_keys : nullptr,
                         user[0],
                         user[1],
                         user[2],
                         user[3]};
}

struct Begun {
  Call* call = nullptr;  // null: an exception is set
  Ref<> refused;         // why nothing was sent
};

// Everything up to where the greenlet waits, apart from it: so its stack, which is copied away
// while it waits, is small.
[[gnu::noinline]] Begun begin(PyObject* self, PyObject* method, const Arguments& arguments) {
  Session& session = as<Session>(self);
  ScenarioHost* const host = python::host();
  if (!may_wait_here() || !refresh_headers(session)) return {};
  Message message;
  if (!message.read(session, utf8(method), arguments)) return {};
  if (!may_start(host)) return {};

  Begun begun{.call = session.state->take(),
              .refused = Ref<>::to(arguments.get(Argument::Refused))};
  Call& call = *begun.call;
  const auto give_up = [&]() -> Begun {
    if (host != nullptr) host->return_permit();
    session.state->give_back(begun.call);
    return {};
  };
  const Result<void> prepared = call.exchange.prepare(message.spec());
  if (call.exchange.is_bad_url()) {
    raise_bad_url(self, arguments.get(Argument::Url));
    return give_up();
  }
  if (!prepared && !begun.refused) begun.refused = refusal(self, prepared.error().message);
  if (!prepared && !begun.refused) return give_up();
  foresee_end(call, self, arguments);
  call.streamed = message.spec().stream;
  call.method = utf8(method);
  if (!name_call(call, session, arguments)) return give_up();
  if (host != nullptr) call.endpoint = host->endpoint(call.method, call.name);
  if (begun.refused) {
    call.complete_unsent();
  } else {
    call.start();
    call.due = UserCore_take_due(user_of(session), call.exchange.started());
  }
  return begun;
}

// Each hook gets the response, and may put another one in its place.
PyObject* after_hooks(Ref<> response, PyObject* hooks) {
  const Ref<> all{PySequence_Fast(hooks, "hooks are a list")};
  for (Py_ssize_t at = 0; all && at < PySequence_Fast_GET_SIZE(all.get()); ++at) {
    Ref<> next{PyObject_CallOneArg(PySequence_Fast_GET_ITEM(all.get(), at), response.get())};
    if (!next) return nullptr;
    if (next.get() != Py_None) response = std::move(next);
  }
  return all ? response.release() : nullptr;
}

[[gnu::noinline]] PyObject* finish(PyObject* self, Begun begun, PyObject* url,
                                   const Arguments& arguments) {
  const int catches = arguments.is_true(Argument::CatchResponse, false);
  const ResponseTypes& types = response_types(begun.call->session.style);
  Response* const response =
      catches < 0 ? nullptr
                  : new_response(catches != 0 ? types.caught : types.plain, self, begun.call);
  if (response == nullptr) {
    begun.call->session.give_back(begun.call);
    return nullptr;
  }
  Ref<> owned{object_of(*response)};
  response->catches = catches != 0;
  response->url = Py_NewRef(url);
  if (PyObject* const context = arguments.get(Argument::Context)) {
    show_to_collector(*response);
    response->context = Py_NewRef(context);
  }
  if (begun.refused) {
    show_to_collector(*response);
    response->error = begun.refused.release();
  }
  if (!response->catches && !report(*response)) return nullptr;
  PyObject* const hooks = arguments.get(Argument::Hooks);
  return hooks == nullptr ? owned.release() : after_hooks(std::move(owned), hooks);
}

// Brings rare arguments into plain form. Null: an exception is set, or nothing had to be done.
Ref<> prepared(PyObject* self, PyObject* method, const Arguments& arguments, PyObject* const* args,
               Py_ssize_t count, PyObject* names) {
  const Ref<> dict{arguments.as_dict(args, count, names)};
  if (!dict) return nullptr;
  Ref<> plain{PyObject_CallMethod(self, "_prepare", "OO", method, dict.get())};
  if (plain && !PyDict_Check(plain.get())) {
    PyErr_SetString(PyExc_TypeError, "_prepare() has to return a dict");
    return nullptr;
  }
  return plain;
}

PyObject* perform(PyObject* self, PyObject* method, Arguments& arguments, PyObject* const* args,
                  Py_ssize_t count, PyObject* names) {
  if (as<Session>(self).state == nullptr) {
    PyErr_SetString(PyExc_RuntimeError, "the session is not initialised");
    return nullptr;
  }
  PyObject* const url = arguments.get(Argument::Url);
  Ref<> plain;
  if (as<Session>(self).prepares || arguments.wants_preparation() ||
      !write_json(arguments.get(Argument::Json))) {
    plain = prepared(self, method, arguments, args, count, names);
    if (!plain || !arguments.read(plain.get())) return nullptr;
  }
  Begun begun = begin(self, method, arguments);
  if (begun.call == nullptr) return nullptr;
  if (!begun.refused) {
    if (!begun.call->wait()) {
      begun.call->session.give_back(begun.call);
      return nullptr;
    }
    begun.call->complete();
  }
  return finish(self, std::move(begun), url, arguments);
}

constexpr std::array kUrl{Argument::Url};
constexpr std::array kUrlData{Argument::Url, Argument::Data};
constexpr std::array kUrlDataJson{Argument::Url, Argument::Data, Argument::Json};
constexpr std::array kOfRequests{Argument::Method, Argument::Url, Argument::Name,
                                 Argument::CatchResponse, Argument::Context};
constexpr std::array kOfFastHttp{
    Argument::Method, Argument::Url,     Argument::Name, Argument::Data, Argument::CatchResponse,
    Argument::Stream, Argument::Headers, Argument::Auth, Argument::Json, Argument::AllowRedirects,
    Argument::Context};

PyObject* request(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const SessionState* const state = as<Session>(self).state;
  const bool fast = state != nullptr && state->style == Style::FastHttp;
  const std::span<const Argument> places =
      fast ? std::span<const Argument>(kOfFastHttp) : std::span<const Argument>(kOfRequests);
  Arguments arguments;
  if (!arguments.read(places.data(), places.size(), args, count, names)) return nullptr;
  PyObject* const given = arguments.get(Argument::Method);
  if (given == nullptr || !PyUnicode_Check(given)) {
    PyErr_SetString(PyExc_TypeError, "request() needs a method, which is a str");
    return nullptr;
  }
  const Ref<> method = Ref<>::to(given);
  return perform(self, method.get(), arguments, args, count, names);
}

enum Verb : std::size_t { Get, Options, Head, Delete, Post, Put, Patch, kVerbs };
constexpr std::array<const char*, kVerbs> kVerbNames = {"GET",  "OPTIONS", "HEAD", "DELETE",
                                                        "POST", "PUT",     "PATCH"};

// Scenarios derive from sessions to see every request; Locust's get() and so on call request().
PyObject* call_overridden(PyObject* self, PyObject* method, const Arguments& arguments,
                          PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const Ref<> given{arguments.as_dict(args, count, names)};
  const Ref<> own{given ? PyObject_GetAttrString(self, "request") : nullptr};
  const Ref<> places{own ? PyTuple_Pack(2, method, arguments.get(Argument::Url)) : nullptr};
  if (!places || PyDict_DelItemString(given.get(), "url") < 0) return nullptr;
  return PyObject_Call(own.get(), places.get(), given.get());
}

template <Verb verb, const auto& places>
PyObject* request_of(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  static PyObject* const method = PyUnicode_InternFromString(kVerbNames[verb]);
  Arguments arguments;
  if (!arguments.read(places.data(), places.size(), args, count, names)) return nullptr;
  if constexpr (verb == Head) {
    const SessionState* const state = as<Session>(self).state;
    const bool fast = state != nullptr && state->style == Style::FastHttp;
    if (!fast) arguments.set_default(Argument::AllowRedirects, Py_False);
  }
  if (as<Session>(self).overridden) {
    return call_overridden(self, method, arguments, args, count, names);
  }
  return perform(self, method, arguments, args, count, names);
}

constexpr int kFast = METH_FASTCALL | METH_KEYWORDS;

}  // namespace

PyMethodDef session_requests[] = {
    {"request", method(request), kFast, "Makes a request and returns the response."},
    {"get", method(request_of<Get, kUrl>), kFast, "GET url"},
    {"options", method(request_of<Options, kUrl>), kFast, "OPTIONS url"},
    {"head", method(request_of<Head, kUrl>), kFast, "HEAD url"},
    {"delete", method(request_of<Delete, kUrl>), kFast, "DELETE url"},
    {"post", method(request_of<Post, kUrlDataJson>), kFast, "POST url"},
    {"put", method(request_of<Put, kUrlData>), kFast, "PUT url"},
    {"patch", method(request_of<Patch, kUrlData>), kFast, "PATCH url"},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace swarm::python
