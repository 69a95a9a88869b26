# System libraries, each an imported target. SQLCipher must be libsqlcipher itself: plain libsqlite3 exports
# the same symbols and would write plaintext, so nothing here may pull it in.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(CURL REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(date 3 REQUIRED)  # time zones by the files of the machine
if(HOLDLINE_TESTS)
  find_package(GTest REQUIRED)
  find_package(mimalloc 2.0 REQUIRED)  # the allocator of the simulator and the crash laboratory
endif()
# Its .pc file states the SQLite version: 3.46.1 is SQLCipher 4.6.1. The programs ask PRAGMA cipher_version again.
pkg_check_modules(SQLCIPHER REQUIRED IMPORTED_TARGET sqlcipher>=3.46.1)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(PANGO REQUIRED IMPORTED_TARGET pangocairo cairo-pdf)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc icu-i18n)
# Compiled once, by sync/base/toml.cpp; without exceptions; parses strings only. One set of definitions for the tree, or
# its inline functions would differ between translation units.
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)
add_library(holdline_toml INTERFACE)
target_include_directories(holdline_toml SYSTEM INTERFACE ${TOMLPLUSPLUS_INCLUDE_DIR})
target_compile_definitions(holdline_toml INTERFACE TOML_HEADER_ONLY=0 TOML_EXCEPTIONS=0 TOML_ENABLE_FORMATTERS=0
  TOML_ENABLE_WINDOWS_COMPAT=0 TOML_MAX_NESTED_VALUES=16)
include(HoldlinePhoneNumbers)
