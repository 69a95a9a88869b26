// Request targets: what parses is safe to use as a path, and written with every byte escaped it parses to the same.
#include <string>

#include "platform/http/http.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;

namespace {

std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    result += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto target = platform::parse_target(fuzz::bytes_of(data, size));
  if (!target) return 0;
  fuzz::require(target->path.starts_with('/'), "a path is absolute");
  for (const char c : target->path) {
    const auto byte = static_cast<unsigned char>(c);
    fuzz::require(byte >= 0x20 && byte != 0x7f, "a path has no control characters");
  }
  std::string again = "/" + escaped(std::string_view(target->path).substr(1)) + "?";
  for (const auto& [name, value] : target->query) again += escaped(name) + "=" + escaped(value) + "&";
  const auto reread = platform::parse_target(again);
  fuzz::require(reread.has_value(), "what was read can be written");
  fuzz::require(reread->path == target->path && reread->query == target->query, "and is the same target");
  return 0;
}
