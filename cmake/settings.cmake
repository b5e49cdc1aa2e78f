# How everything is compiled: the language, warnings, sanitizers, the compiler cache.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1 -D_GLIBCXX_ASSERTIONS")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(SWARM_CCACHE ccache)
if(SWARM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SWARM_CCACHE})
endif()

add_library(swarm_warnings INTERFACE)
add_library(swarm::warnings ALIAS swarm_warnings)
target_compile_options(swarm_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Woverloaded-virtual -Wimplicit-fallthrough
  -Werror)

# libswarm is shared so that `swarm`, compiled scenarios and the Python extension hold one copy of
# every state; nothing interposes its symbols, so calls inside it need no indirection.
add_compile_options(-fno-semantic-interposition -fvisibility-inlines-hidden -ffunction-sections)
if(NOT SWARM_SANITIZE)
  add_link_options(-Wl,-Bsymbolic-functions)
endif()

if(SWARM_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
                      -fno-omit-frame-pointer -O1)
  add_link_options(-fsanitize=address,undefined)
  # What the sanitizers add makes g++ 12 suspect members of a std::variant that it does not hold.
  target_compile_options(swarm_warnings INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(SWARM_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
