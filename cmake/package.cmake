# The Debian package: `make deb`. What is installed, below /usr, and what that needs.

set(CPACK_GENERATOR DEB)
# Debian's own package `swarm` is another program, of the same name.
set(CPACK_PACKAGE_NAME swarm-loadgen)
set(CPACK_DEBIAN_PACKAGE_CONFLICTS swarm)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The swarm developers <swarm@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "distributed load generator that runs locustfiles")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Loads a server with many users, from one process or from many machines.
Users are described in Python (unmodified locustfiles) or in C++; the engine
is in C++. It counts every request once, shows a run live in a browser, and
says when its own figures are not to be trusted.")
set(CPACK_DEBIAN_PACKAGE_SECTION web)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)

set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "g++, cmake")  # compiled scenarios
if(SWARM_PYTHON)
  # The extension module is of one minor version.
  math(EXPR next "${Python3_VERSION_MINOR} + 1")
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "python3 (>= 3.${Python3_VERSION_MINOR}), python3 (<< 3.${next}), \
python3-gevent, python3-greenlet, python3-requests, ca-certificates")
  set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/deploy/debian/postinst ${PROJECT_SOURCE_DIR}/deploy/debian/prerm)
endif()
include(CPack)
