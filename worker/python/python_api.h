#pragma once

// The one door to CPython, for the files of worker/python alone.

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include <utility>

namespace swarm::python {

// Owns one reference to a Python object, or to nothing.
// Thread  any that holds the interpreter's lock
template <typename T = PyObject>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  // Takes over a reference that the caller owns.
  explicit Ref(T* owned) : object_(owned) {}
  // Adds a reference to what somebody else owns.
  static Ref to(T* borrowed) {
    Py_XINCREF(reinterpret_cast<PyObject*>(borrowed));
    return Ref{borrowed};
  }

  Ref(const Ref& other) : Ref(to(other.object_)) {}
  Ref(Ref&& other) noexcept : object_(other.release()) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() { Py_XDECREF(reinterpret_cast<PyObject*>(object_)); }

  T* get() const { return object_; }
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  // The caller owns the reference from now on.
  T* release() { return std::exchange(object_, nullptr); }

 private:
  T* object_ = nullptr;
};

// The exception that is set, with its traceback, which is then no longer set.
inline Ref<> take_error() {
#if PY_VERSION_HEX >= 0x030C0000
  return Ref<>{PyErr_GetRaisedException()};
#else
  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (value != nullptr && traceback != nullptr) PyException_SetTraceback(value, traceback);
  Py_XDECREF(type);
  Py_XDECREF(traceback);
  return Ref<>{value};
#endif
}

// Only the thread that ends it still runs Python.
inline bool interpreter_ends() {
#if PY_VERSION_HEX >= 0x030D0000
  return Py_IsFinalizing() != 0;
#else
  return _Py_IsFinalizing() != 0;
#endif
}

// Makes an object, for a type's tp_new. As `object` does it and tp_alloc alone does not: with its
// attributes in place of a dictionary, which takes less memory and is quicker.
inline PyObject* make_plain(PyTypeObject* type) {
  const Ref<> none{PyTuple_New(0)};
  return none ? PyBaseObject_Type.tp_new(type, none.get(), nullptr) : nullptr;
}

// A function of any of CPython's calling conventions, for a PyMethodDef.
template <typename Function>
PyCFunction method(Function* function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

// A function for a PyType_Slot.
template <typename Function>
void* slot(Function* function) {
  return reinterpret_cast<void*>(function);
}

// An object that the interpreter hands over as PyObject*, whose type its slots guarantee.
template <typename T>
T& as(PyObject* object) {
  return *reinterpret_cast<T*>(object);
}
template <typename T>
PyObject* object_of(T& object) {
  return reinterpret_cast<PyObject*>(&object);
}

// Makes a type and adds it to `module` under the last part of its name. Borrowed: the module, and
// by it the interpreter, keeps it. Null: an exception is set.
inline PyTypeObject* add_type(PyObject* module, PyType_Spec& spec, PyTypeObject* base = nullptr) {
  Ref<> type{PyType_FromModuleAndSpec(module, &spec, reinterpret_cast<PyObject*>(base))};
  if (!type) return nullptr;
  auto* const made = reinterpret_cast<PyTypeObject*>(type.get());
  return PyModule_AddType(module, made) < 0 ? nullptr : made;
}

}  // namespace swarm::python
