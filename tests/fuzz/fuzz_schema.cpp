// Schema text: what parses keeps its text and parses to the same hash again; what does not says why.
#include "tests/fuzz/property.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdline;
  const auto text = fuzz::bytes_of(data, size);
  const auto schema = sync::Schema::parse(text);
  if (!schema) {
    fuzz::require(schema.error().code == "invalid-schema", "one code for every refusal");
    fuzz::require(!schema.error().message.empty(), "a refusal says why");
    return 0;
  }
  fuzz::require(schema->text() == text, "the text is kept as it is");
  fuzz::require(sync::Schema::parse(schema->text()).value().hash() == schema->hash(),
                "the same text has the same hash");
  return 0;
}
