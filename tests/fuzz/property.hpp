// What the fuzz targets share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::fuzz {

// A property that must hold for every input; libFuzzer keeps the input of a program that ends here.
inline void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

inline std::string_view bytes_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline const sync::Schema& schema() {
  static const sync::Schema parsed = sync::Schema::parse(sync::default_schema_text()).value();
  return parsed;
}

inline const sync::Maker maker{*sync::Id::parse("11111111-1111-4111-8111-111111111111"),
                               *sync::Id::parse("22222222-2222-4222-8222-222222222222")};

}  // namespace holdline::fuzz
