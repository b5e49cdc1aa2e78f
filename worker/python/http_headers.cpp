#include "worker/python/http_headers.h"

#include <algorithm>
#include <new>
#include <string_view>

#include "worker/http/ascii.h"

namespace swarm::python {
namespace {

PyTypeObject* used_map_type = nullptr;

std::string_view text_of(PyObject* str) {
  Py_ssize_t size = 0;
  const char* const bytes = PyUnicode_AsUTF8AndSize(str, &size);
  if (bytes == nullptr) {
    PyErr_Clear();
    return {};
  }
  return {bytes, static_cast<std::size_t>(size)};
}

auto find(HeaderMap& map, PyObject* name) {
  return std::find_if(map.items.begin(), map.items.end(), [&](const HeaderMap::Item& item) {
    return same_header(item.first.get(), name);
  });
}

// Header names are str; Python 2's habit of bytes has one form only here.
Ref<> name_of(PyObject* key) {
  if (PyUnicode_Check(key)) return Ref<>::to(key);
  if (PyBytes_Check(key)) {
    return Ref<>{PyUnicode_DecodeLatin1(PyBytes_AS_STRING(key), PyBytes_GET_SIZE(key), nullptr)};
  }
  PyErr_Format(PyExc_TypeError, "the name of a header has to be a str, not %s",
               Py_TYPE(key)->tp_name);
  return nullptr;
}

PyObject* map_new(PyTypeObject* type, PyObject*, PyObject*) {
  PyObject* const self = type->tp_alloc(type, 0);
  if (self != nullptr) new (&as<HeaderMap>(self).items) std::vector<HeaderMap::Item>;
  return self;
}

void map_dealloc(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  as<HeaderMap>(self).items.~vector();
  type->tp_free(self);
  Py_DECREF(type);
}

Py_ssize_t map_length(PyObject* self) {
  return static_cast<Py_ssize_t>(as<HeaderMap>(self).items.size());
}

PyObject* map_get(PyObject* self, PyObject* key) {
  const Ref<> name = name_of(key);
  if (!name) return nullptr;
  const auto item = find(as<HeaderMap>(self), name.get());
  if (item == as<HeaderMap>(self).items.end()) {
    PyErr_SetObject(PyExc_KeyError, key);
    return nullptr;
  }
  return Py_NewRef(item->second.get());
}

int map_set(PyObject* self, PyObject* key, PyObject* value) {
  HeaderMap& map = as<HeaderMap>(self);
  Ref<> name = name_of(key);
  if (!name) return -1;
  const auto item = find(map, name.get());
  if (value == nullptr && item == map.items.end()) {
    PyErr_SetObject(PyExc_KeyError, key);
    return -1;
  }
  ++map.version;
  // What is dropped may run code of its owner: after the map is in order again.
  HeaderMap::Item dropped;
  if (value == nullptr) {
    dropped = std::move(*item);
    map.items.erase(item);
  } else if (item == map.items.end()) {
    map.items.emplace_back(std::move(name), Ref<>::to(value));
  } else {
    dropped = std::exchange(*item, {std::move(name), Ref<>::to(value)});
  }
  return 0;
}

int map_contains(PyObject* self, PyObject* key) {
  if (!PyUnicode_Check(key)) return 0;
  return find(as<HeaderMap>(self), key) != as<HeaderMap>(self).items.end();
}

PyObject* map_iterate(PyObject* self) {
  const auto& items = as<HeaderMap>(self).items;
  const Ref<> names{PyList_New(static_cast<Py_ssize_t>(items.size()))};
  if (!names) return nullptr;
  for (std::size_t at = 0; at < items.size(); ++at) {
    PyList_SET_ITEM(names.get(), static_cast<Py_ssize_t>(at), Py_NewRef(items[at].first.get()));
  }
  return PyObject_GetIter(names.get());
}

PyType_Slot map_slots[] = {
    {Py_tp_doc, const_cast<char*>("The headers of a session, whatever the case of their names.")},
    {Py_tp_new, slot(map_new)},
    {Py_tp_dealloc, slot(map_dealloc)},
    {Py_mp_length, slot(map_length)},
    {Py_mp_subscript, slot(map_get)},
    {Py_mp_ass_subscript, slot(map_set)},
    {Py_sq_contains, slot(map_contains)},
    {Py_tp_iter, slot(map_iterate)},
    {0, nullptr},
};
PyType_Spec map_spec = {"_swarm.HeaderMap", sizeof(HeaderMap), 0,
                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, map_slots};

}  // namespace

bool same_header(PyObject* a, PyObject* b) {
  return a == b || http::equals_ignoring_case(text_of(a), text_of(b));
}

HeaderMap* new_header_map() {
  return reinterpret_cast<HeaderMap*>(
      PyObject_CallNoArgs(reinterpret_cast<PyObject*>(used_map_type)));
}

void use_header_map(PyTypeObject* type) { used_map_type = type; }

int add_http_headers(PyObject* module) {
  used_map_type = add_type(module, map_spec);
  return used_map_type == nullptr ? -1 : 0;
}

}  // namespace swarm::python
