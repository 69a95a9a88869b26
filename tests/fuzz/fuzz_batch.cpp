// Packed columns, first byte even: actions, odd: changes. What decodes encodes to columns that decode to the same.
#include "sync/wire/batch.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;

namespace {

void check_actions(std::string_view bytes) {
  const auto batch = sync::decode_actions(bytes);
  if (!batch || batch->actions.empty()) return;
  const auto again = sync::decode_actions(sync::encode_actions(*batch));
  fuzz::require(again.has_value(), "decoded actions can be encoded");
  fuzz::require(again->maker == batch->maker && again->lane == batch->lane && again->predecessor == batch->predecessor,
                "the batch says the same of itself");
  fuzz::require(again->actions == batch->actions, "bytes as stored survive the columns");
}

void check_changes(std::string_view bytes) {
  const auto changes = sync::decode_changes(fuzz::schema(), bytes);
  if (!changes) return;
  const auto again = sync::decode_changes(fuzz::schema(), sync::encode_changes(fuzz::schema(), *changes));
  fuzz::require(again.has_value() && *again == *changes, "changes survive the columns");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = fuzz::bytes_of(data + 1, size - 1);
  if (data[0] % 2 == 0)
    check_actions(bytes);
  else
    check_changes(bytes);
  return 0;
}
