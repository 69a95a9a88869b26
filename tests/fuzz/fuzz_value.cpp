// Values and record bodies: they are compared, hashed and digested as bytes, so what decodes must encode to exactly the
// bytes it came from.
#include "sync/action/record.hpp"
#include "sync/base/limits.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;

namespace {

void check_value(std::string_view bytes) {
  sync::ByteReader in(bytes);
  const sync::Value value = sync::decode_value(in, sync::limits::text_bytes);
  if (!in.ok()) {
    fuzz::require(sync::is_null(value), "a malformed value is null");
    return;
  }
  fuzz::require(sync::encode_value(value) == bytes.substr(0, in.position()), "one value has one encoding");
}

void check_body(const sync::Collection& collection, std::string_view bytes) {
  sync::Record record;
  record.key.collection = collection.no;
  if (!sync::decode_body(collection, bytes, record)) return;
  fuzz::require(sync::encode_body(collection, record) == bytes, "one record has one body");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto collections = fuzz::schema().collections();
  const auto bytes = fuzz::bytes_of(data + 1, size - 1);
  check_value(bytes);
  check_body(collections[data[0] % collections.size()], bytes);
  return 0;
}
