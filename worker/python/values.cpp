#include "worker/python/values.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace swarm::python {
namespace {

// A peer refuses what is deeper or larger; here it can still be said where.
constexpr std::size_t kDeepest = 28;
constexpr std::size_t kMostBytes = std::size_t{15} << 20;

Py_ssize_t size_of(std::size_t size) { return static_cast<Py_ssize_t>(size); }

// What locust.rpc makes of an object: encode() of one that cannot travel as it is, decode() of a
// dict that may stand for something else.
Ref<> by_convention(const char* function, PyObject* object) {
  const Ref<> module{PyImport_ImportModule("locust.rpc")};
  return module ? Ref<>{PyObject_CallMethod(module.get(), function, "O", object)} : Ref<>{};
}

Ref<> text_to_python(std::string_view text) {
  return Ref<>{PyUnicode_DecodeUTF8(text.data(), size_of(text.size()), "replace")};
}

// --- to Python ---

Ref<> key_to_python(const Value& key);

template <typename Convert>
Ref<> tuple_of(const Value::Array& array, Convert convert) {
  Ref<> tuple{PyTuple_New(size_of(array.size()))};
  for (std::size_t i = 0; tuple && i < array.size(); ++i) {
    Ref<> item = convert(array[i]);
    if (!item) return {};
    PyTuple_SET_ITEM(tuple.get(), size_of(i), item.release());
  }
  return tuple;
}

struct ToPython {
  Ref<> operator()(Value::Nil) const { return Ref<>::to(Py_None); }
  Ref<> operator()(bool value) const { return Ref<>{PyBool_FromLong(value)}; }
  Ref<> operator()(std::int64_t value) const { return Ref<>{PyLong_FromLongLong(value)}; }
  Ref<> operator()(std::uint64_t value) const { return Ref<>{PyLong_FromUnsignedLongLong(value)}; }
  Ref<> operator()(double value) const { return Ref<>{PyFloat_FromDouble(value)}; }
  Ref<> operator()(const std::string& text) const { return text_to_python(text); }
  Ref<> operator()(const Value::Bytes& value) const {
    return Ref<>{PyBytes_FromStringAndSize(value.bytes.data(), size_of(value.bytes.size()))};
  }
  Ref<> operator()(const Value::Array& array) const {
    Ref<> list{PyList_New(size_of(array.size()))};
    for (std::size_t i = 0; list && i < array.size(); ++i) {
      Ref<> item = to_python(array[i]);
      if (!item) return {};
      PyList_SET_ITEM(list.get(), size_of(i), item.release());
    }
    return list;
  }
  Ref<> operator()(const Value::Map& map) const {
    Ref<> dict{PyDict_New()};
    bool stands_for_something = false;
    for (const Value::Entry& entry : map) {
      const Ref<> key = key_to_python(entry.key);
      const Ref<> item = key ? to_python(entry.value) : Ref<>{};
      if (!dict || !item || PyDict_SetItem(dict.get(), key.get(), item.get()) < 0) return {};
      const std::string* const text = entry.key.as_text();
      stands_for_something |= text != nullptr && text->starts_with("__");
    }
    return stands_for_something ? by_convention("decode", dict.get()) : dict;
  }
};

// A list is no key.
Ref<> key_to_python(const Value& key) {
  if (const auto* array = key.as_array()) return tuple_of(*array, key_to_python);
  return to_python(key);
}

// --- from Python ---

class Reader {
 public:
  bool read(PyObject* object, Value& value) {
    if (place_.size() > kDeepest) return fail(PyExc_ValueError, "is too deep in what contains it");
    if (object == Py_None) return set(value, {});
    if (PyBool_Check(object)) return set(value, object == Py_True);
    if (PyLong_Check(object)) return read_whole(object, value);
    if (PyFloat_Check(object)) return set(value, PyFloat_AS_DOUBLE(object));
    if (PyUnicode_Check(object)) return read_text(object, value);
    if (PyBytes_Check(object) || PyByteArray_Check(object) || PyMemoryView_Check(object)) {
      return read_bytes(object, value);
    }
    if (PyList_Check(object) || PyTuple_Check(object)) return read_items(object, value);
    if (PyDict_Check(object)) return read_entries(object, value);
    const Ref<> other = by_convention("encode", object);
    if (!other) return false;
    if (other.get() != object) return read(other.get(), value);
    return fail(PyExc_TypeError,
                std::string("cannot be sent: it is a ") + Py_TYPE(object)->tp_name);
  }

 private:
  // Where in the whole: what leads there from the outside, borrowed keys or places in a list.
  struct Step {
    PyObject* key = nullptr;  // null: the place
    Py_ssize_t at = 0;
  };

  static bool set(Value& value, Value to) {
    value = std::move(to);
    return true;
  }

  bool read_whole(PyObject* object, Value& value) {
    int overflow = 0;
    const std::int64_t number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0) return set(value, number);
    const std::uint64_t big = overflow > 0 ? PyLong_AsUnsignedLongLong(object) : 0;
    if (overflow > 0 && PyErr_Occurred() == nullptr) return set(value, big);
    PyErr_Clear();
    return fail(PyExc_OverflowError, "cannot be sent: it has more than 64 bits");
  }

  bool read_text(PyObject* object, Value& value) {
    Py_ssize_t size = 0;
    const char* const utf8 = PyUnicode_AsUTF8AndSize(object, &size);
    if (utf8 == nullptr) return false;
    value = std::string_view(utf8, static_cast<std::size_t>(size));
    return count(static_cast<std::size_t>(size));
  }

  bool read_bytes(PyObject* object, Value& value) {
    const Ref<> bytes{PyBytes_FromObject(object)};
    if (!bytes) return false;
    const auto size = static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.get()));
    value = Value::Bytes{{PyBytes_AS_STRING(bytes.get()), size}};
    return count(size);
  }

  bool read_items(PyObject* object, Value& value) {
    Value::Array array;
    place_.push_back({});
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object); ++i) {
      place_.back().at = i;
      const auto item = Ref<>::to(PySequence_Fast_GET_ITEM(object, i));
      if (!read(item.get(), array.emplace_back())) return false;
    }
    place_.pop_back();
    value = std::move(array);
    return count(1);
  }

  bool read_entries(PyObject* object, Value& value) {
    Value::Map map;
    PyObject *key, *item;
    for (Py_ssize_t at = 0; PyDict_Next(object, &at, &key, &item) != 0;) {
      const auto alive = std::pair(Ref<>::to(key), Ref<>::to(item));
      place_.push_back({.key = key});
      Value::Entry& entry = map.emplace_back();
      if (!read(key, entry.key)) return false;
      if (entry.key.as_array() != nullptr || entry.key.as_map() != nullptr) {
        return fail(PyExc_TypeError,
                    "cannot be sent: its key is a " + std::string(Py_TYPE(key)->tp_name));
      }
      if (!read(item, entry.value)) return false;
      place_.pop_back();
    }
    value = std::move(map);
    return count(1);
  }

  bool count(std::size_t bytes) {
    bytes_ += bytes;
    return bytes_ <= kMostBytes || fail(PyExc_ValueError, "makes it larger than a message may be");
  }

  bool fail(PyObject* kind, const std::string& what) {
    std::string where = "the value";
    if (!place_.empty()) where += " at ";
    for (const Step& step : place_) {
      const Ref<> index{step.key == nullptr ? PyLong_FromSsize_t(step.at)
                                            : Ref<>::to(step.key).release()};
      const Ref<> shown{index ? PyObject_Repr(index.get()) : nullptr};
      const char* const text = shown ? PyUnicode_AsUTF8(shown.get()) : nullptr;
      PyErr_Clear();
      where.append("[").append(text != nullptr ? text : "?").append("]");
    }
    PyErr_SetString(kind, (where + " " + what).c_str());
    return false;
  }

  std::vector<Step> place_;
  std::size_t bytes_ = 0;
};

}  // namespace

Ref<> to_python(const Value& value) { return value.visit(ToPython{}); }

bool to_value(PyObject* object, Value& value) { return Reader{}.read(object, value); }

bool to_value_leniently(PyObject* dict, Value& value, void (*report)(const std::string& text)) {
  if (!PyDict_Check(dict)) return false;
  Value::Map map;
  PyObject *key, *item;
  for (Py_ssize_t at = 0; PyDict_Next(dict, &at, &key, &item) != 0;) {
    const Ref<> alone{PyDict_New()};
    Value entry;
    if (alone && PyDict_SetItem(alone.get(), key, item) == 0 && to_value(alone.get(), entry)) {
      map.push_back(std::move(entry.as_map()->front()));
      continue;
    }
    const Ref<> error = take_error();
    const Ref<> text{error ? PyObject_Str(error.get()) : nullptr};
    const char* const utf8 = text ? PyUnicode_AsUTF8(text.get()) : nullptr;
    PyErr_Clear();
    report(utf8 != nullptr ? utf8 : "?");
  }
  value = std::move(map);
  return true;
}

}  // namespace swarm::python
