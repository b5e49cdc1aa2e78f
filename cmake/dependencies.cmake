# Third-party libraries, all from the distribution. Their minimum versions stand here and nowhere
# else; the names of the Debian packages are in cmake/packages.txt.

find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)  # Asio and Beast, header-only
find_package(OpenSSL 3.0 REQUIRED)
find_package(ZLIB 1.2.11 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(fmt 9.0 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(tomlplusplus 3.3 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(brotli REQUIRED IMPORTED_TARGET libbrotlidec>=1.0.9)
pkg_check_modules(brotli_encoder REQUIRED IMPORTED_TARGET libbrotlienc>=1.0.9)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(zmq REQUIRED IMPORTED_TARGET libzmq>=4.3.4)
find_package(cppzmq 4.8 REQUIRED)
find_package(msgpackc-cxx 4.1 REQUIRED CONFIG NAMES msgpackc-cxx msgpack-cxx CONFIGS msgpack-config.cmake msgpack-cxx-config.cmake)

if(SWARM_TESTS)
  find_package(GTest 1.12 REQUIRED)
endif()
if(SWARM_BENCHMARKS)
  find_package(benchmark 1.7 REQUIRED)
endif()

# Asio: one compilation of its bodies would need Boost's separate build; the header-only form in a
# few translation units costs about the same. No deprecated names, and `awaitable.hpp` of 1.74 needs
# <utility> first: common/net.h takes care of it.
add_library(swarm_asio INTERFACE)
add_library(swarm::asio ALIAS swarm_asio)
target_link_libraries(swarm_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(swarm_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ERROR_CODE_HEADER_ONLY)
