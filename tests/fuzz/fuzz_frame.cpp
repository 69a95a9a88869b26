// Compressed frames: nothing above the bounds comes out, and what comes out survives compressing again.
#include "sync/base/limits.hpp"
#include "sync/wire/compress.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static sync::Compressor compressor;
  constexpr std::size_t bound = 64 * 1024;
  const auto raw = compressor.decompress(fuzz::bytes_of(data, size), nullptr, bound);
  if (!raw) {
    fuzz::require(!raw.error().code.empty(), "a refusal has a code");
    return 0;
  }
  fuzz::require(raw->size() <= bound, "never above the bound");
  fuzz::require(raw->size() / sync::limits::expansion_ratio <= size, "never above the ratio");
  const auto again = compressor.decompress(compressor.compress(*raw, nullptr), nullptr, bound);
  // Compressing may do better than the bound on expansion allows, and is then refused.
  fuzz::require(!again.has_value() || *again == *raw, "the same bytes come back");
  return 0;
}
