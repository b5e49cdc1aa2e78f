#include "worker/python/extension.h"

#include "common/heap.h"
#include "worker/python/arenas.h"

namespace {

using namespace swarm::python;

constexpr auto kDoc = "The engine of swarm. What people use is the package locust.";

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_swarm", kDoc, -1, nullptr, nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__swarm() {
  Ref<> module{PyModule_Create(&definition)};
  if (!module) return nullptr;
  for (int (*add)(PyObject*) : {add_greenlets, add_gevent_loop, add_user_core, add_pauses, add_log,
                                add_host, add_run_functions, add_http, add_entry}) {
    if (add(module.get()) < 0) return nullptr;
  }
  swarm::prepare_heap();
  keep_arenas();
  return module.release();
}
