#include "worker/python/http_json.h"

#include <simdjson.h>

#include <array>
#include <cstring>
#include <memory>

#include "worker/http/ascii.h"
#include "worker/python/document_cache.h"
#include "worker/python/http_fields.h"

namespace swarm::python {
namespace {

namespace dom = simdjson::dom;

// Python's own limit is about a thousand levels, less those that are in use.
constexpr std::size_t kDeepest = 500;
constexpr std::size_t kLeastCapacity = 16 * 1024;
// What is kept of the parser's memory after a large document.
constexpr std::size_t kKeptCapacity = 256 * 1024;

// The keys that documents of one target have over and over, as ready-made strings.
class KeyCache {
 public:
  PyObject* get(std::string_view key) {
    if (key.empty() || key.size() > kLongest) return made(key);
    const Ends ends = ends_of(key);
    Kept& kept = kept_[place_of(ends)];
    if (kept.ends == ends && kept.rest == rest_of(key)) return Py_NewRef(kept.text);
    PyObject* const text = made(key);
    Py_ssize_t size = 0;
    const char* const bytes = text != nullptr ? PyUnicode_AsUTF8AndSize(text, &size) : nullptr;
    // With its hash, which the dict asks for.
    if (bytes == nullptr || PyObject_Hash(text) == -1) return text;
    Py_XSETREF(kept.text, Py_NewRef(text));
    kept.ends = ends;
    kept.rest = rest_of({bytes, static_cast<std::size_t>(size)});
    return text;
  }

 private:
  static constexpr std::size_t kLongest = 32;
  static constexpr unsigned kBits = 10;
  // The first and the last up to eight bytes: all of a key of up to sixteen, and what most differ
  // in.
  struct Ends {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::size_t size = 0;
    friend bool operator==(const Ends&, const Ends&) = default;
  };
  struct Kept {
    PyObject* text = nullptr;
    Ends ends;
    std::string_view rest;  // between the ends, the string's own
  };
  static PyObject* made(std::string_view key) {
    return PyUnicode_DecodeUTF8(key.data(), static_cast<Py_ssize_t>(key.size()), nullptr);
  }
  template <typename Word>
  static Ends words_of(std::string_view key) {
    Word first;
    Word last;
    std::memcpy(&first, key.data(), sizeof first);
    std::memcpy(&last, key.data() + key.size() - sizeof last, sizeof last);
    return {first, last, key.size()};
  }
  static Ends ends_of(std::string_view key) {
    if (key.size() >= 8) return words_of<std::uint64_t>(key);
    if (key.size() >= 4) return words_of<std::uint32_t>(key);
    if (key.size() >= 2) return words_of<std::uint16_t>(key);
    return words_of<std::uint8_t>(key);
  }
  static std::string_view rest_of(std::string_view key) {
    return key.size() > 16 ? key.substr(8, key.size() - 16) : std::string_view{};
  }
  static std::size_t place_of(const Ends& ends) {
    constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
    const std::uint64_t mixed = ((ends.first * kOdd) ^ ends.last ^ ends.size) * kOdd;
    return static_cast<std::size_t>(mixed >> (64 - kBits));
  }
  std::array<Kept, std::size_t{1} << kBits> kept_{};
};
KeyCache keys;

PyObject* object_from(dom::element element);

PyObject* list_from(const dom::array& array) {
  const std::size_t known = array.size();  // saturated where it is large
  constexpr std::size_t kSaturated = 0xFFFFFF;
  if (known >= kSaturated) {
    Ref<> list{PyList_New(0)};
    for (const dom::element item : array) {
      const Ref<> value{list ? object_from(item) : nullptr};
      if (!value || PyList_Append(list.get(), value.get()) < 0) return nullptr;
    }
    return list.release();
  }
  Ref<> list{PyList_New(static_cast<Py_ssize_t>(known))};
  if (!list) return nullptr;
  Py_ssize_t at = 0;
  for (const dom::element item : array) {
    PyObject* const value = object_from(item);
    if (value == nullptr) return nullptr;
    PyList_SET_ITEM(list.get(), at++, value);
  }
  return list.release();
}

PyObject* dict_from(const dom::object& object) {
  Ref<> dict{PyDict_New()};
  if (!dict) return nullptr;
  for (const dom::key_value_pair field : object) {
    const Ref<> key{keys.get(field.key)};
    const Ref<> value{key ? object_from(field.value) : nullptr};
    if (!value || PyDict_SetItem(dict.get(), key.get(), value.get()) < 0) return nullptr;
  }
  return dict.release();
}

PyObject* object_from(dom::element element) {
  switch (element.type()) {
    case dom::element_type::OBJECT:
      return dict_from(dom::object(element));
    case dom::element_type::ARRAY:
      return list_from(dom::array(element));
    case dom::element_type::STRING: {
      const std::string_view text(element);
      return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr);
    }
    case dom::element_type::INT64:
      return PyLong_FromLongLong(std::int64_t(element));
    case dom::element_type::UINT64:
      return PyLong_FromUnsignedLongLong(std::uint64_t(element));
    case dom::element_type::DOUBLE:
      return PyFloat_FromDouble(double(element));
    case dom::element_type::BOOL:
      return PyBool_FromLong(bool(element));
    case dom::element_type::NULL_VALUE:
      break;
  }
  Py_RETURN_NONE;
}

// None while one reads: the collector may run Python in the midst of a document, which may read
// another one.
std::unique_ptr<dom::parser> idle_parser;

std::unique_ptr<dom::parser> take_parser() {
  std::unique_ptr<dom::parser> taken = std::move(idle_parser);
  if (!taken || taken->capacity() > kKeptCapacity) taken = std::make_unique<dom::parser>();
  return taken;
}

// Lives longer than the interpreter: nobody could free its objects then.
DocumentCache& documents() {
  static DocumentCache& kept = *new DocumentCache;
  return kept;
}

bool is_utf8(PyObject* encoding) {
  if (!PyUnicode_Check(encoding)) return false;
  const char* const name = PyUnicode_AsUTF8(encoding);
  if (name == nullptr) {
    PyErr_Clear();
    return false;
  }
  return http::equals_lower(name, "utf-8") || http::equals_lower(name, "utf8");
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

PyObject* loads_python(PyObject* data) {
  static PyObject* const function = [] {
    const Ref<> module{PyImport_ImportModule("json")};
    return module ? PyObject_GetAttrString(module.get(), "loads") : nullptr;
  }();
  return function == nullptr ? nullptr : PyObject_CallOneArg(function, data);
}

PyObject* loads(PyObject*, PyObject* data) {
  Py_ssize_t size = 0;
  const char* bytes = nullptr;
  if (PyUnicode_Check(data)) {
    bytes = PyUnicode_AsUTF8AndSize(data, &size);
    if (bytes == nullptr) PyErr_Clear();
  } else if (PyBytes_Check(data)) {
    bytes = PyBytes_AS_STRING(data);
    size = PyBytes_GET_SIZE(data);
  }
  if (bytes != nullptr) {
    std::string padded;
    padded.reserve(static_cast<std::size_t>(size) + kJsonPadding);
    padded.assign(bytes, static_cast<std::size_t>(size));
    bool refused = false;
    PyObject* const value = json_from(padded, refused);
    if (!refused) return value;
  }
  return loads_python(data);
}

PyMethodDef functions[] = {
    {"json_loads", loads, METH_O, "json_loads(data)\n--\n\nWhat json.loads returns or raises."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

const std::size_t kJsonPadding = simdjson::SIMDJSON_PADDING;

PyObject* json_from(std::string_view text, bool& refused) {
  // Python refuses a byte order mark with an error of its own.
  if (text.empty() || text.starts_with("\xef\xbb\xbf")) {
    refused = true;
    return nullptr;
  }
  refused = false;
  if (PyObject* const known = documents().copy(text)) return known;
  std::unique_ptr<dom::parser> reader = take_parser();
  dom::element document;
  const std::size_t capacity = std::max(text.size(), kLeastCapacity);
  refused = (reader->capacity() < text.size() &&
             reader->allocate(capacity, kDeepest) != simdjson::SUCCESS) ||
            reader->parse(text.data(), text.size(), false).get(document) != simdjson::SUCCESS;
  PyObject* const value = refused ? nullptr : object_from(document);
  idle_parser = std::move(reader);
  if (value != nullptr) documents().keep(text, value);
  return value;
}

PyObject* json_of(Response& response, bool& refused) {
  refused = true;
  Call* const call = response.call;
  if (call == nullptr || call->failed() || call->streamed) return nullptr;
  const auto body = call->response().padded_text(kJsonPadding);
  if (!body) return nullptr;
  const Ref<> encoding{encoding_of(response)};
  if (!encoding) {
    PyErr_Clear();
    return nullptr;
  }
  // requests takes JSON without an encoding for UTF-8; any other one makes another text of it.
  const bool unknown = encoding.get() == Py_None;
  if (!unknown && !is_utf8(encoding.get()) && !is_ascii(*body)) return nullptr;
  refused = false;
  return json_from(*body, refused);
}

int add_http_json(PyObject* module) { return PyModule_AddFunctions(module, functions); }

}  // namespace swarm::python
