#include <algorithm>
#include <optional>
#include <string_view>

#include "worker/http/ascii.h"
#include "worker/python/http_fields.h"
#include "worker/python/http_streaming.h"

// The body of a response as bytes and as text.

namespace swarm::python {
namespace {

using http::equals_lower;
using http::trim;

// The value of "charset" in a Content-Type, without quotes.
std::string_view charset_of(std::string_view content_type) {
  for (std::size_t at = content_type.find(';'); at != std::string_view::npos;) {
    const std::size_t end = std::min(content_type.find(';', at + 1), content_type.size());
    const std::string_view item = content_type.substr(at + 1, end - at - 1);
    const std::size_t equals = std::min(item.find('='), item.size());
    if (equals_lower(trim(item.substr(0, equals)), "charset") && equals < item.size()) {
      std::string_view value = trim(item.substr(equals + 1));
      const auto quoted = [](char c) { return c == '"' || c == '\''; };
      while (!value.empty() && quoted(value.front())) value.remove_prefix(1);
      while (!value.empty() && quoted(value.back())) value.remove_suffix(1);
      return value;
    }
    at = end == content_type.size() ? std::string_view::npos : end;
  }
  return {};
}

bool contains_lower(std::string_view text, std::string_view lower) {
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(),
                     [](char a, char b) { return http::to_lower(a) == b; }) != text.end();
}

// What requests concludes from a Content-Type; empty: nothing.
std::string_view encoding_in(std::string_view content_type) {
  if (const std::string_view charset = charset_of(content_type); !charset.empty()) return charset;
  if (contains_lower(content_type, "text")) return "ISO-8859-1";
  if (contains_lower(content_type, "application/json")) return "utf-8";
  return {};
}

PyObject* decoded(std::string_view bytes, std::string_view encoding) {
  const auto size = static_cast<Py_ssize_t>(bytes.size());
  if (equals_lower(encoding, "utf-8") || equals_lower(encoding, "utf8")) {
    return PyUnicode_DecodeUTF8(bytes.data(), size, "replace");
  }
  if (equals_lower(encoding, "iso-8859-1") || equals_lower(encoding, "latin-1")) {
    return PyUnicode_DecodeLatin1(bytes.data(), size, "replace");
  }
  const std::string name(encoding);
  PyObject* const text = PyUnicode_Decode(bytes.data(), size, name.c_str(), "replace");
  if (text != nullptr || !PyErr_ExceptionMatches(PyExc_LookupError)) return text;
  PyErr_Clear();  // an encoding that nobody knows
  return PyUnicode_DecodeUTF8(bytes.data(), size, "replace");
}

// UTF-8 if it is valid UTF-8; else a guess, which costs.
PyObject* guessed(Response& response, std::string_view bytes) {
  PyObject* const text =
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), nullptr);
  if (text != nullptr || !PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) return text;
  PyErr_Clear();
  const Ref<> guess{PyObject_GetAttrString(object_of(response), "apparent_encoding")};
  if (!guess) return nullptr;
  const char* const name = PyUnicode_Check(guess.get()) ? PyUnicode_AsUTF8(guess.get()) : "utf-8";
  return name == nullptr ? nullptr : decoded(bytes, name);
}

}  // namespace

PyObject* content_of(Response& response) {
  if (response.content != nullptr) return Py_NewRef(response.content);
  Call* const call = response.call;
  if (call == nullptr) Py_RETURN_NONE;
  if (call->streamed && !read_rest(response)) return nullptr;
  std::optional<std::string_view> body;
  if (!call->failed()) body = call->response().text();
  if (!body || call->failed()) Py_RETURN_NONE;
  response.content = PyBytes_FromStringAndSize(body->data(), static_cast<Py_ssize_t>(body->size()));
  return Py_XNewRef(response.content);
}

PyObject* encoding_of(Response& response) {
  if (response.encoding != nullptr) return Py_NewRef(response.encoding);
  const std::string_view name = response.call == nullptr
                                    ? std::string_view{}
                                    : encoding_in(response.call->response().header("content-type"));
  if (name.empty()) Py_RETURN_NONE;
  return PyUnicode_DecodeLatin1(name.data(), static_cast<Py_ssize_t>(name.size()), nullptr);
}

PyObject* text_of(Response& response) {
  if (response.text != nullptr) return Py_NewRef(response.text);
  const Ref<> content{content_of(response)};
  if (!content) return nullptr;
  const bool fast = response.call != nullptr && response.call->session.style == Style::FastHttp;
  if (content.get() == Py_None) {
    if (fast) Py_RETURN_NONE;
    return PyUnicode_New(0, 0);
  }
  const std::string_view bytes(PyBytes_AS_STRING(content.get()),
                               static_cast<std::size_t>(PyBytes_GET_SIZE(content.get())));
  const Ref<> encoding{encoding_of(response)};
  if (!encoding) return nullptr;
  if (encoding.get() == Py_None) {
    response.text = guessed(response, bytes);
  } else if (const char* const name = PyUnicode_AsUTF8(encoding.get())) {
    response.text = decoded(bytes, name);
  }
  if (fast && response.encoding == nullptr) response.encoding = Py_NewRef(encoding.get());
  return Py_XNewRef(response.text);
}

}  // namespace swarm::python
