# One build target a module; all of them in libswarm.
#
# swarm_module(name
#   APART             not in libswarm.
#   SOURCES, HEADERS  relative to the calling folder; headers must compile alone.
#   USES              our modules this one may include. tests/arch reads the same list.
#   PRIVATE)          third-party targets, for .cpp files only.
function(swarm_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "APART" "" "SOURCES;HEADERS;USES;PRIVATE")
  list(TRANSFORM arg_USES PREPEND swarm:: OUTPUT_VARIABLE uses)

  add_library(swarm.${name} OBJECT ${arg_SOURCES})
  add_library(swarm::${name} ALIAS swarm.${name})  # "::" makes a misspelt name an error
  target_sources(swarm.${name} PUBLIC
    FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${arg_HEADERS})
  target_link_libraries(swarm.${name} PUBLIC ${uses} PRIVATE swarm::warnings ${arg_PRIVATE})
  target_include_directories(swarm.${name} PUBLIC ${PROJECT_SOURCE_DIR})
  set_target_properties(swarm.${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)

  if(NOT arg_APART)
    set_property(GLOBAL APPEND PROPERTY SWARM_MODULES ${name})
    set_property(GLOBAL APPEND PROPERTY SWARM_LIBRARIES ${arg_PRIVATE})
  endif()
endfunction()

# libswarm: the objects of all modules declared so far, and the third-party libraries they call.
function(swarm_library)
  get_property(modules GLOBAL PROPERTY SWARM_MODULES)
  get_property(libraries GLOBAL PROPERTY SWARM_LIBRARIES)
  list(REMOVE_DUPLICATES libraries)
  list(TRANSFORM modules REPLACE "(.+)" "$<TARGET_OBJECTS:swarm.\\1>" OUTPUT_VARIABLE objects)
  add_library(libswarm SHARED ${objects})
  set_target_properties(libswarm PROPERTIES
    OUTPUT_NAME swarm VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  target_link_libraries(libswarm PRIVATE ${libraries})
  swarm_order_functions(libswarm)
  # The SDK of compiled scenarios is <swarm/...>; everything else is the project's own.
  target_include_directories(libswarm PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/worker/native/include>)
endfunction()

# A program that consists of libswarm and a main().
function(swarm_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PRIVATE")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE libswarm swarm::warnings ${arg_PRIVATE})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()

# A compiled scenario: `swarm -f libNAME.so`.
function(swarm_scenario name)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES PREFIX "")
  target_link_libraries(${name} PRIVATE libswarm swarm::warnings)
  set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/scenarios)
endfunction()
