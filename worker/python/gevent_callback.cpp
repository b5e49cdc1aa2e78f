#include "worker/python/gevent_callback.h"

#include <utility>

namespace swarm::python {
namespace {

PyTypeObject* callback_type = nullptr;

CallbackObject& self(PyObject* object) { return as<CallbackObject>(object); }

int visit_callback(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self(object).callback);
  Py_VISIT(self(object).args);
  return 0;
}

int clear_callback(PyObject* object) {
  Py_CLEAR(self(object).callback);
  Py_CLEAR(self(object).args);
  return 0;
}

void free_callback(PyObject* object) {
  PyTypeObject* const type = Py_TYPE(object);
  PyObject_GC_UnTrack(object);
  clear_callback(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* stop(PyObject* object, PyObject*) {
  clear_callback(object);
  Py_RETURN_NONE;
}

int is_true(PyObject* object) { return self(object).args != nullptr; }

PyObject* pending(PyObject* object, void*) {
  return PyBool_FromLong(self(object).callback != nullptr);
}

PyObject* describe(PyObject* object) {
  const CallbackObject& callback = self(object);
  if (callback.callback != nullptr) {
    return PyUnicode_FromFormat("<callback at %p pending callback=%R args=%R>", object,
                                callback.callback, callback.args);
  }
  if (callback.args == nullptr) return PyUnicode_FromFormat("<callback at %p stopped>", object);
  return PyUnicode_FromFormat("<callback at %p args=%R>", object, callback.args);
}

PyMethodDef methods[] = {{"stop", stop, METH_NOARGS, "Has it not be called."},
                         {"close", stop, METH_NOARGS, "Has it not be called."},
                         {nullptr, nullptr, 0, nullptr}};

PyMemberDef members[] = {{"callback", T_OBJECT, offsetof(CallbackObject, callback), 0, nullptr},
                         {"args", T_OBJECT, offsetof(CallbackObject, args), 0, nullptr},
                         {nullptr, 0, 0, 0, nullptr}};

PyGetSetDef properties[] = {{"pending", pending, nullptr, "It will be called.", nullptr},
                            {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot slots[] = {{Py_tp_dealloc, slot(free_callback)},
                       {Py_tp_traverse, slot(visit_callback)},
                       {Py_tp_clear, slot(clear_callback)},
                       {Py_tp_repr, slot(describe)},
                       {Py_nb_bool, slot(is_true)},
                       {Py_tp_methods, methods},
                       {Py_tp_members, members},
                       {Py_tp_getset, properties},
                       {0, nullptr}};

PyType_Spec spec = {"_swarm.callback", sizeof(CallbackObject), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                    slots};

}  // namespace

Ref<CallbackObject> CallbackQueue::add(PyObject* function, PyObject* args) {
  Ref<CallbackObject> made{
      reinterpret_cast<CallbackObject*>(callback_type->tp_alloc(callback_type, 0))};
  if (!made) return {};
  made->callback = Py_NewRef(function);
  made->args = Py_NewRef(args);
  (first_ == nullptr ? first_ : last_->next) = Ref<CallbackObject>{made}.release();
  last_ = made.get();
  ++size_;
  return made;
}

Ref<CallbackObject> CallbackQueue::take() {
  Ref<CallbackObject> taken{first_};
  first_ = std::exchange(taken->next, nullptr);
  --size_;
  return taken;
}

void CallbackQueue::clear() {
  while (!empty()) take();
}

int CallbackQueue::visit_all(visitproc visit, void* arg) const {
  for (CallbackObject* each = first_; each != nullptr; each = each->next) Py_VISIT(each);
  return 0;
}

bool call(CallbackObject& callback) {
  if (callback.callback == nullptr || callback.args == nullptr) return true;
  const Ref<> function{std::exchange(callback.callback, nullptr)};
  const auto args = Ref<>::to(callback.args);
  return static_cast<bool>(Ref<>{PyObject_Call(function.get(), args.get(), nullptr)});
}

void finish(CallbackObject& callback) { Py_CLEAR(callback.args); }

int add_callback_type(PyObject* module) {
  callback_type = add_type(module, spec);
  return callback_type == nullptr ? -1 : 0;
}

}  // namespace swarm::python
