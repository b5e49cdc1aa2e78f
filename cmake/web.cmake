# The page: built by Vite from master/web, and held by the program. Sets `web_assets` to the source
# that has its files; without npm, or with SWARM_WEB=OFF, to nothing.

set(web ${PROJECT_SOURCE_DIR}/master/web)
set(web_assets)
find_program(SWARM_NPM npm)

if(SWARM_WEB AND NOT EXISTS ${web}/package.json)
  message(STATUS "swarm: master/web is not here, the program is built without its page")
elseif(SWARM_WEB AND NOT SWARM_NPM)
  message(STATUS "swarm: there is no npm, the program is built without its page")
elseif(SWARM_WEB)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web}/src/* ${web}/public/*)
  list(APPEND web_sources ${web}/index.html ${web}/login.html ${web}/report.html ${web}/tsconfig.json
    ${web}/vite.config.ts ${web}/vite.report.config.ts)
  add_custom_command(OUTPUT ${web}/node_modules/.package-lock.json
    COMMAND ${SWARM_NPM} ci --prefix ${web} --no-audit --no-fund
    DEPENDS ${web}/package-lock.json
    COMMENT "Fetching what the page is built with (-DSWARM_WEB=OFF does without the page)")
  add_custom_command(OUTPUT ${web}/dist/index.html
    COMMAND ${SWARM_NPM} run build --prefix ${web}
    DEPENDS ${web}/node_modules/.package-lock.json ${web_sources}
    COMMENT "Building the page")
  set(web_assets ${CMAKE_CURRENT_BINARY_DIR}/web_assets.cpp)
  add_custom_command(OUTPUT ${web_assets}
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/embed_assets.py ${web}/dist
      ${web_assets}
    DEPENDS ${web}/dist/index.html ${PROJECT_SOURCE_DIR}/cmake/embed_assets.py
    COMMENT "Embedding the page")
endif()
