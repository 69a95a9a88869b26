# Headers that most files of the tree read, read once: a list for libraries, and one for tests.
set(HOLDLINE_COMMON_HEADERS
  <algorithm> <array> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <optional> <string> <string_view>
  <variant> <vector> <tl/expected.hpp>)

# holdline_precompile(NAME LINK...): a target whose precompiled headers others read; it has their compiler's options.
function(holdline_precompile name)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cpp CONTENT "// Only its headers count.\n")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE holdline_flags tl::expected ${ARGN})
  target_precompile_headers(${name} PRIVATE ${HOLDLINE_COMMON_HEADERS})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -fpch-preprocess)
  endif()
endfunction()

# Libraries that the sanitized build does not optimise: clang would take two and a half times as long over them. The pure
# ones and what touches bytes are, for campaigns and laws spend their time there.
set(HOLDLINE_UNOPTIMISED agent hub cli)

# holdline_reads(NAME PRECOMPILED): NAME reads the headers of a target made by holdline_precompile.
function(holdline_reads name precompiled)
  if(CMAKE_DISABLE_PRECOMPILE_HEADERS)
    return()  # clang-tidy reads what is not precompiled, and cannot reuse what is not there
  endif()
  target_precompile_headers(${name} REUSE_FROM ${precompiled})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -fpch-preprocess) # without it ccache cannot see what was precompiled
  endif()
endfunction()

# holdline_unity(NAME): the files of one folder are compiled together, those of a small folder with its parent's. Headers
# cost more to read than most files cost to compile (docs/building.md). So names in the unnamed namespaces of one folder
# differ. -DHOLDLINE_UNITY=OFF compiles each file by itself, which also shows an include that is missing.
# What is compiled with fewer optimisations: it answers people, reads command lines and writes JSON, waits for the disk
# and the network, and is a third of the time of a build. The name of a folder and of those in it, with _ for /.
set(HOLDLINE_SELDOM_RUN
    "^(agent_(api|console|contingency|fleet|identity|paper|runbook|services)|hub_(admin|callbacks|commands|people|report|setup)|contingency_(incident|paper|plan|report|runbook)|cli)(_|$)")
option(HOLDLINE_UNITY "Compile the files of a folder together" ON)
set(HOLDLINE_SMALL_FOLDER 4)
function(holdline_unity name)
  get_target_property(sources ${name} SOURCES)
  foreach(source ${sources})
    cmake_path(ABSOLUTE_PATH source)
    cmake_path(GET source PARENT_PATH folder)
    file(GLOB beside ${folder}/*.cpp)
    list(LENGTH beside files)
    if(files LESS_EQUAL HOLDLINE_SMALL_FOLDER AND NOT folder STREQUAL CMAKE_CURRENT_SOURCE_DIR)
      cmake_path(GET folder PARENT_PATH folder)
    endif()
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${CMAKE_SOURCE_DIR})
    string(REPLACE "/" "_" group "${folder}")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
    if(CMAKE_BUILD_TYPE STREQUAL "Release" AND group MATCHES "${HOLDLINE_SELDOM_RUN}")
      set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${name}.dir/Unity/unity_${group}_cxx.cxx
                                  PROPERTIES COMPILE_OPTIONS -O1)
    endif()
  endforeach()
  set_target_properties(${name} PROPERTIES UNITY_BUILD ${HOLDLINE_UNITY} UNITY_BUILD_MODE GROUP)
endfunction()

holdline_precompile(holdline_library_headers)
if(HOLDLINE_SANITIZE)
  holdline_precompile(holdline_unoptimised_headers)
  target_compile_options(holdline_unoptimised_headers PRIVATE -O0)
endif()
# Test bodies run once: optimising them costs more time than it saves. The C library's checks need an optimiser.
set(HOLDLINE_TEST_OPTIONS -O0 -U_FORTIFY_SOURCE)
# Reading GoogleTest takes longer than compiling most tests does. Options as of holdline_googletest.
if(HOLDLINE_TESTS)
  holdline_precompile(holdline_test_headers GTest::gtest)
  target_precompile_headers(holdline_test_headers PRIVATE <gtest/gtest.h>)
  set_target_properties(holdline_test_headers PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(holdline_test_headers PRIVATE -fPIE ${HOLDLINE_TEST_OPTIONS})
endif()

# holdline_library(NAME LINK...): the static library of one folder with the folders in it, made of their .cpp files
# (main.cpp is the program on top) and of the .S files that embed data files with .incbin.
function(holdline_library name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp
       ${CMAKE_CURRENT_SOURCE_DIR}/*.S)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT sources)
    add_library(holdline_${name} INTERFACE)
    target_link_libraries(holdline_${name} INTERFACE holdline_flags ${ARGN})
    return()
  endif()
  add_library(holdline_${name} STATIC ${sources})
  target_link_libraries(holdline_${name} PUBLIC holdline_flags ${ARGN})
  if(HOLDLINE_SANITIZE AND name IN_LIST HOLDLINE_UNOPTIMISED)
    target_compile_options(holdline_${name} PRIVATE -O0)
    holdline_reads(holdline_${name} holdline_unoptimised_headers)
  else()
    holdline_reads(holdline_${name} holdline_library_headers)
  endif()
  holdline_unity(holdline_${name})
endfunction()

# holdline_program(NAME LINK...): a program made of its folder's thin main.cpp.
function(holdline_program name)
  add_executable(${name} main.cpp)
  target_link_libraries(${name} PRIVATE ${ARGN})
  # A main runs once: optimising the command line's parser costs half a minute and saves nothing.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# What ./dev test runs of the release build, and what of the sanitized one.
add_custom_target(system_tests)
add_custom_target(sanitized_tests)

# holdline_link_first(NAME LIBRARY...): the linker takes an inline function from whatever comes first. Tests are not
# optimised, and with their copies of the standard library's containers the product behind them would take half as long
# again: what is optimised of these libraries, and of those behind them, is linked before the tests.
function(holdline_link_first name)
  set(first "")
  set(left ${ARGN})
  while(left)
    list(POP_FRONT left library)
    if(NOT library MATCHES "^holdline_" OR NOT TARGET ${library} OR library IN_LIST first)
      continue()
    endif()
    get_target_property(type ${library} TYPE)
    if(NOT type STREQUAL "STATIC_LIBRARY")
      continue()
    endif()
    list(APPEND first ${library})
    get_target_property(behind ${library} LINK_LIBRARIES)
    list(APPEND left ${behind})
  endwhile()
  if(HOLDLINE_SANITIZE)
    list(TRANSFORM HOLDLINE_UNOPTIMISED PREPEND holdline_ OUTPUT_VARIABLE unoptimised)
    list(REMOVE_ITEM first ${unoptimised})
  endif()
  list(TRANSFORM first REPLACE "(.+)" "$<TARGET_FILE:\\1>")
  target_link_options(${name} BEFORE PRIVATE LINKER:--whole-archive ${first} LINKER:--no-whole-archive)
endfunction()

# holdline_googletest(NAME LINK...): makes the target NAME a GoogleTest program.
function(holdline_googletest name)
  target_link_libraries(${name} PRIVATE ${ARGN} GTest::gtest GTest::gtest_main)
  holdline_link_first(${name} ${ARGN})
  target_compile_options(${name} PRIVATE ${HOLDLINE_TEST_OPTIONS})
  holdline_reads(${name} holdline_test_headers)
  holdline_unity(${name})
endfunction()

# holdline_tests(NAME LINK... [EXCEPT FILE...] [AS_SHIPPED]): one GoogleTest program from the .cpp files of a folder and of those in it,
# run by CTest as a whole, under the sanitizers or AS_SHIPPED. CTest labels say what a test needs: `unit` and `shipped`
# nothing, `sim` minutes, `process` real daemons and
# ports, `browser` Chromium as well, `fuzz` clang.
function(holdline_tests name)
  cmake_parse_arguments(PARSE_ARGV 1 tests AS_SHIPPED "" EXCEPT)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(TRANSFORM tests_EXCEPT PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(REMOVE_ITEM sources ${tests_EXCEPT})
  add_executable(${name} ${sources})
  holdline_googletest(${name} ${tests_UNPARSED_ARGUMENTS})
  add_test(NAME ${name} COMMAND ${name})
  if(tests_AS_SHIPPED)
    set_tests_properties(${name} PROPERTIES LABELS shipped)
    add_dependencies(system_tests ${name})
  else()
    set_tests_properties(${name} PROPERTIES LABELS unit)
    add_dependencies(sanitized_tests ${name})
  endif()
endfunction()
