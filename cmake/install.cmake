# What is installed, for `cmake --install`; the tree can be moved anywhere afterwards.
#
#   bin/swarm                          the program; finds libswarm by a path relative to itself
#   lib/libswarm.so.*                  everything else
#   lib/swarm/python/                  the module _swarm and the package locust
#   include/swarm/, lib/cmake/swarm/   the SDK of compiled scenarios: find_package(swarm)
#   share/doc/swarm/, share/swarm/     documents, examples
#   share/man/, completions            written by the program from its table of options

include(CMakePackageConfigHelpers)

file(RELATIVE_PATH to_lib "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
set_target_properties(swarm PROPERTIES INSTALL_RPATH "$ORIGIN/${to_lib}")
set_target_properties(libswarm PROPERTIES EXPORT_NAME swarm)
target_compile_features(libswarm PUBLIC cxx_std_20)

# What is installed does not say where it was built. (Modules only: tests find their files so.)
get_property(modules GLOBAL PROPERTY SWARM_MODULES)
foreach(module ${modules})
  target_compile_options(swarm.${module} PRIVATE -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
endforeach()

install(TARGETS swarm RUNTIME)
install(TARGETS libswarm EXPORT swarm LIBRARY INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/worker/native/include/swarm TYPE INCLUDE)

if(SWARM_PYTHON)
  target_compile_options(swarm.worker.python PRIVATE -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
  set(python lib/swarm/python)
  file(RELATIVE_PATH to_lib "${CMAKE_INSTALL_PREFIX}/${python}" "${CMAKE_INSTALL_FULL_LIBDIR}")
  set_target_properties(_swarm PROPERTIES INSTALL_RPATH "$ORIGIN/${to_lib}")
  install(TARGETS _swarm LIBRARY DESTINATION ${python})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/worker/python/locust DESTINATION ${python}
    PATTERN __pycache__ EXCLUDE)
  install(FILES ${PROJECT_SOURCE_DIR}/worker/python/bootstrap.py
    ${PROJECT_SOURCE_DIR}/worker/python/_swarm_gevent.py DESTINATION ${python})
endif()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/swarm)
install(EXPORT swarm NAMESPACE swarm:: FILE swarm-targets.cmake DESTINATION ${package})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/swarm-config.cmake.in
  ${PROJECT_BINARY_DIR}/swarm-config.cmake INSTALL_DESTINATION ${package})
# Scenarios are compiled anew for each minor version until 1.0.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/swarm-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/swarm-config.cmake ${PROJECT_BINARY_DIR}/swarm-config-version.cmake
  DESTINATION ${package})

install(FILES README.md CHANGELOG.md LICENSE TYPE DOC)
install(DIRECTORY docs/ TYPE DOC)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DATADIR}/swarm
  PATTERN CMakeLists.txt EXCLUDE)

# The program writes its own manual and completions.
set(written ${PROJECT_BINARY_DIR}/written)
file(MAKE_DIRECTORY ${written})
set(written_files swarm.1 swarm.bash _swarm swarm.fish)
list(TRANSFORM written_files PREPEND ${written}/)
add_custom_command(OUTPUT ${written_files}
  COMMAND swarm --help-man > swarm.1
  COMMAND swarm completion bash > swarm.bash
  COMMAND swarm completion zsh > _swarm
  COMMAND swarm completion fish > swarm.fish
  DEPENDS swarm WORKING_DIRECTORY ${written} COMMENT "manual and completions" VERBATIM)
add_custom_target(swarm_written ALL DEPENDS ${written_files})
install(FILES ${written}/swarm.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${written}/swarm.bash RENAME swarm
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${written}/swarm.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# zsh looks for what a package brings elsewhere than for what an administrator installs.
install(CODE "
  set(functions site-functions)
  if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\")
    set(functions vendor-completions)
  endif()
  file(INSTALL \"${written}/_swarm\" TYPE FILE DESTINATION
    \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${functions}\")")
