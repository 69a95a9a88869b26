# The console's page: made of web/ by node, and compiled into a target as bytes. Nothing that is built stands in the tree
# but node's own packages (web/node_modules, not in git).
find_program(NODE node)
find_program(NPM npm)
if(NOT NODE OR NOT NPM)
  message(FATAL_ERROR "node and npm are missing: run ./dev setup, which installs them.")
endif()

# holdline_npm(FOLDER): installs what FOLDER/package-lock.json names, again only when that changes. npm's own record of it
# is the output. Scripts of packages are not run.
function(holdline_npm folder)
  set(installed ${folder}/node_modules/.package-lock.json)
  add_custom_command(OUTPUT ${installed}
    COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${installed}
    DEPENDS ${folder}/package.json ${folder}/package-lock.json
    WORKING_DIRECTORY ${folder} COMMENT "Installing the packages of ${folder}" VERBATIM)
endfunction()

# holdline_page(TARGET): web/ type-checked and bundled into build/PRESET/web, with sizes.json beside it, and compiled
# into TARGET (agent/console/assets.hpp). Fails when the page is larger than its budget.
function(holdline_page target)
  set(web ${CMAKE_SOURCE_DIR}/web)
  set(out ${CMAKE_BINARY_DIR}/web)
  holdline_npm(${web})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${web}/src/*)
  add_custom_command(OUTPUT ${out}/assets.cpp ${out}/assets.S ${out}/sizes.json
    COMMAND ${NODE} node_modules/typescript/bin/tsc
    COMMAND ${NODE} build.mjs ${out}
    DEPENDS ${web}/node_modules/.package-lock.json ${web}/build.mjs ${web}/tsconfig.json ${sources}
    WORKING_DIRECTORY ${web} COMMENT "Building the console's page" VERBATIM)
  target_sources(${target} PRIVATE ${out}/assets.cpp ${out}/assets.S)
  set_source_files_properties(${out}/assets.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
