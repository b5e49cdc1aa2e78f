// _swarm.log(level, logger, message)

#include <string_view>

#include "common/log.h"
#include "worker/python/extension.h"

namespace swarm::python {
namespace {

LogLevel level_of(int level) {
  if (level >= 50) return LogLevel::Critical;
  if (level >= 40) return LogLevel::Error;
  if (level >= 30) return LogLevel::Warning;
  return level >= 20 ? LogLevel::Info : LogLevel::Debug;
}

// The text in UTF-8; whatever has no such form (halves of a pair, as os.fsdecode leaves them)
// escaped.
Ref<> utf8(PyObject* text) {
  return Ref<>{PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace")};
}

std::string_view view(const Ref<>& bytes) {
  return {PyBytes_AS_STRING(bytes.get()), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.get()))};
}

PyObject* write_log(PyObject*, PyObject* args) {
  int level = 0;
  PyObject *logger_text = nullptr, *message_text = nullptr;
  if (!PyArg_ParseTuple(args, "iUU:log", &level, &logger_text, &message_text)) return nullptr;
  const Ref<> logger = utf8(logger_text), message = utf8(message_text);
  if (!logger || !message) return nullptr;
  log(level_of(level), view(logger), view(message));
  Py_RETURN_NONE;
}

PyMethodDef functions[] = {{"log", write_log, METH_VARARGS,
                            "log(level, logger, message)\n--\n\nWrites a line into the program's "
                            "log; level as in logging."},
                           {nullptr, nullptr, 0, nullptr}};

}  // namespace

int add_log(PyObject* module) { return PyModule_AddFunctions(module, functions); }

}  // namespace swarm::python
