# Language level, warnings, hardening and sanitizers for every target of the tree.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE ccache)
if(CCACHE)
  # As ccache's manual asks for precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

option(HOLDLINE_TESTS "Tests and benchmarks beside the programs" ON)
option(HOLDLINE_SANITIZE "Address and undefined-behaviour sanitizers, and the libFuzzer targets (needs clang)" OFF)

add_library(holdline_flags INTERFACE)
target_include_directories(holdline_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(holdline_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wcast-align -Werror -fstack-protector-strong)
# Which mutex guards what (platform/os/mutex.hpp): only clang reads it.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(holdline_flags INTERFACE -Wthread-safety)
endif()
# GCC 12 reports false "maybe uninitialized" and bounds warnings through inlined std::string and tl::expected, and takes
# a file that is compiled together with others for a header.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(holdline_flags INTERFACE
    -Wno-maybe-uninitialized -Wno-subobject-linkage -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
endif()
target_compile_definitions(holdline_flags INTERFACE _GLIBCXX_ASSERTIONS)
# A program loads the libraries it calls: the command line needs none of those that read what is typed.
target_link_options(holdline_flags INTERFACE -Wl,--as-needed)
if(HOLDLINE_SANITIZE)
  target_compile_options(holdline_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # What the compiler spends most of its time on, two fifths of 49 s for one file: a check at each use of a pointer for
  # what AddressSanitizer sees as well (null, out of the object) or this processor does not mind (alignment), and checks
  # that stand inline instead of being called.
  target_compile_options(holdline_flags INTERFACE
    -fno-sanitize=null,alignment,vptr,object-size,nonnull-attribute,returns-nonnull-attribute,pointer-overflow
    "SHELL:-mllvm -asan-instrumentation-with-call-threshold=0")
  target_link_options(holdline_flags INTERFACE -fsanitize=address,undefined -fuse-ld=lld)
  # For the code that fuzz targets drive: tells the fuzzer which branches an input took.
  set(HOLDLINE_FUZZED -fsanitize=fuzzer-no-link)
else()
  target_compile_options(holdline_flags INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:-D_FORTIFY_SOURCE=2>)
  target_link_options(holdline_flags INTERFACE -Wl,-z,relro,-z,now)
endif()

