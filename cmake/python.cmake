# Which CPython the extension module is built for, and where it runs unless another one is asked
# for: the distribution's, not whichever comes first in PATH.

if(NOT DEFINED Python3_EXECUTABLE AND EXISTS /usr/bin/python3)
  set(Python3_EXECUTABLE /usr/bin/python3)
endif()
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter Development.Module)
set_property(GLOBAL PROPERTY SWARM_PYTHON ${Python3_EXECUTABLE})

# greenlet's header is in its package.
execute_process(
  COMMAND ${Python3_EXECUTABLE} -c "import greenlet, os; print(os.path.dirname(greenlet.__file__))"
  OUTPUT_VARIABLE greenlet OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE missing)
if(missing)
  message(FATAL_ERROR "${Python3_EXECUTABLE} has no greenlet: install python3-greenlet, or choose "
    "another interpreter with -DPython3_EXECUTABLE, or build without Python: -DSWARM_PYTHON=OFF")
endif()
add_library(swarm_greenlet INTERFACE)
add_library(swarm::greenlet ALIAS swarm_greenlet)
target_include_directories(swarm_greenlet SYSTEM INTERFACE ${greenlet})

find_package(simdjson 3.0 REQUIRED)
