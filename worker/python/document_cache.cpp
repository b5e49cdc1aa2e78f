#include "worker/python/document_cache.h"

namespace swarm::python {
namespace {

PyObject* copy_of(PyObject* value);

PyObject* copy_of_list(PyObject* list) {
  const Py_ssize_t size = PyList_GET_SIZE(list);
  Ref<> copy{PyList_New(size)};
  if (!copy) return nullptr;
  for (Py_ssize_t at = 0; at < size; ++at) {
    PyObject* const item = copy_of(PyList_GET_ITEM(list, at));
    if (item == nullptr) return nullptr;
    PyList_SET_ITEM(copy.get(), at, item);
  }
  return copy.release();
}

PyObject* copy_of_dict(PyObject* dict) {
  Ref<> copy{PyDict_Copy(dict)};
  // What the cycle collector does not track holds no list and no dictionary.
  if (!copy || PyObject_GC_IsTracked(dict) == 0) return copy.release();
  Py_ssize_t at = 0;
  PyObject* key = nullptr;
  PyObject* value = nullptr;
  while (PyDict_Next(dict, &at, &key, &value) != 0) {
    if (!PyDict_CheckExact(value) && !PyList_CheckExact(value)) continue;
    const Ref<> own{copy_of(value)};
    if (!own || PyDict_SetItem(copy.get(), key, own.get()) < 0) return nullptr;
  }
  return copy.release();
}

PyObject* copy_of(PyObject* value) {
  if (PyDict_CheckExact(value)) return copy_of_dict(value);
  if (PyList_CheckExact(value)) return copy_of_list(value);
  return Py_NewRef(value);
}

// Sizes tell endpoints apart, the middle those of one size.
std::size_t key_of(std::string_view text) { return cache_key(text.substr(0, text.size() / 2 + 1)); }

}  // namespace

PyObject* DocumentCache::copy(std::string_view text) {
  const Document* const document = find(text);
  if (document == nullptr || !document->value) return nullptr;
  // The collector may begin meanwhile and run Python, which may ask for another document.
  const Ref<> value = document->value;
  PyObject* const copy = copy_of(value.get());
  if (copy == nullptr) PyErr_Clear();
  return copy;
}

void DocumentCache::keep(std::string_view text, PyObject* value) {
  if (find(text) != nullptr) {
    Ref<> own{copy_of(value)};
    if (!own) PyErr_Clear();
    // It may have given way to another one in the meantime, as in copy().
    if (Document* const document = find(text)) document->value = std::move(own);
  } else if (Document* const room =
                 text.size() <= kLargest ? documents_.make_room(key_of(text)) : nullptr) {
    room->text = text;
    room->value = Ref<>{};
  }
}

DocumentCache::Document* DocumentCache::find(std::string_view text) {
  return documents_.find(key_of(text), [text](const Document& kept) { return kept.text == text; });
}

}  // namespace swarm::python
