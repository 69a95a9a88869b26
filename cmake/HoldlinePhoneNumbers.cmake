# libphonenumber. Its development package wants Boost 1.74, which cannot be installed beside 1.81; only its headers are
# needed. So the library itself is a package (./dev setup) and the headers of the same version are unpacked, once, into
# build/: nothing of them stands in the tree. On a later Debian, where the package can be installed, they are found.
find_library(PHONENUMBER_LIBRARY NAMES phonenumber libphonenumber.so.8)
if(NOT PHONENUMBER_LIBRARY)
  message(FATAL_ERROR "libphonenumber is missing: run ./dev setup, which installs libphonenumber8.")
endif()

set(PHONENUMBER_UNPACKED ${CMAKE_SOURCE_DIR}/build/libphonenumber-dev)
find_path(PHONENUMBER_INCLUDE_DIR phonenumbers/phonenumberutil.h HINTS ${PHONENUMBER_UNPACKED}/usr/include)
if(NOT PHONENUMBER_INCLUDE_DIR)
  set(fetched ${PHONENUMBER_UNPACKED}.new)
  file(REMOVE_RECURSE ${fetched})
  file(MAKE_DIRECTORY ${fetched})
  execute_process(COMMAND dpkg-query -W -f=\${Version} libphonenumber8 OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
  message(STATUS "fetching the headers of libphonenumber-dev ${version}")
  execute_process(COMMAND apt-get -q -o Acquire::Retries=5 download libphonenumber-dev=${version}
    WORKING_DIRECTORY ${fetched} RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE why)
  file(GLOB package ${fetched}/*.deb)
  if(failed OR NOT package)
    message(FATAL_ERROR "The headers of libphonenumber cannot be fetched: run 'apt-get update' as root and configure "
      "again.\n${why}")
  endif()
  execute_process(COMMAND dpkg-deb -x ${package} ${fetched} COMMAND_ERROR_IS_FATAL ANY)
  file(REMOVE_RECURSE ${package} ${fetched}/usr/lib ${fetched}/usr/share ${PHONENUMBER_UNPACKED})
  file(RENAME ${fetched} ${PHONENUMBER_UNPACKED})  # last, so that what is there is whole
  find_path(PHONENUMBER_INCLUDE_DIR phonenumbers/phonenumberutil.h HINTS ${PHONENUMBER_UNPACKED}/usr/include REQUIRED)
endif()

# For the one file that reads these headers (sync/text/phone.cpp). The lite runtime would do, but the library has the
# whole one loaded anyway.
pkg_check_modules(PROTOBUF REQUIRED IMPORTED_TARGET protobuf)
add_library(holdline_phonenumber INTERFACE)
target_include_directories(holdline_phonenumber SYSTEM INTERFACE ${PHONENUMBER_INCLUDE_DIR})
target_link_libraries(holdline_phonenumber INTERFACE ${PHONENUMBER_LIBRARY} PkgConfig::PROTOBUF)
