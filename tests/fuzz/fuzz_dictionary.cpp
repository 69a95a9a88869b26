// A dictionary and a frame, both from outside; the first two bytes say how long the dictionary is. Any bytes are a
// dictionary or refused; with it nothing above the bounds comes out, and what it compresses comes back.
#include "sync/base/limits.hpp"
#include "sync/wire/compress.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;

namespace {

constexpr std::size_t bound = 64 * 1024;

void check_frame(sync::Compressor& compressor, std::string_view frame, const sync::Dictionary* dictionary) {
  const auto raw = compressor.decompress(frame, dictionary, bound);
  if (!raw) {
    fuzz::require(!raw.error().code.empty(), "a refusal has a code");
    return;
  }
  fuzz::require(raw->size() <= bound, "never above the bound");
  fuzz::require(raw->size() / sync::limits::expansion_ratio <= frame.size(), "never above the ratio");
}

void check_comes_back(sync::Compressor& compressor, std::string_view raw, const sync::Dictionary& dictionary) {
  const sync::Bytes frame = compressor.compress(raw, &dictionary);
  const auto without = compressor.decompress(frame, nullptr, bound);
  fuzz::require(!without.has_value() && without.error().code != "malformed-frame",
                "a frame names the need of a dictionary");
  const auto again = compressor.decompress(frame, &dictionary, bound);
  // Compressing may do better than the bound on expansion allows, and is then refused.
  fuzz::require(!again.has_value() || *again == raw, "the same bytes come back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  static sync::Compressor compressor;
  const auto bytes = fuzz::bytes_of(data + 2, size - 2);
  const std::size_t length = std::min<std::size_t>(bytes.size(), data[0] | data[1] << 8);
  const auto frame = bytes.substr(length);
  check_frame(compressor, frame, nullptr);
  const auto dictionary = sync::Dictionary::parse(sync::Bytes(bytes.substr(0, length)));
  if (!dictionary) {
    fuzz::require(dictionary.error().code == "malformed-dictionary", "one code for every refusal");
    return 0;
  }
  check_frame(compressor, frame, &*dictionary);
  if (frame.size() < 4'096) check_comes_back(compressor, frame, *dictionary);
  return 0;
}
