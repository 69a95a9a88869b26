// Stored actions: header, then payload. What is read can be stored again and is then read as the same action. The first
// storing may choose shorter bytes than a stranger wrote; from then on the bytes stand.
#include "tests/fuzz/property.hpp"

using namespace holdline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sync::ByteReader in(fuzz::bytes_of(data, size));
  sync::StoredAction stored;
  stored.header = sync::Bytes(in.blob());
  if (!in.ok()) return 0;
  stored.payload = sync::Bytes(in.raw(in.remaining()));

  const auto header = sync::read_header(stored.header);
  if (!header) return 0;
  stored.lane = header->lane;
  stored.number = header->number;
  const auto action = sync::read_action(fuzz::schema(), fuzz::maker, stored);
  if (!action) return 0;

  const auto again = sync::store_action(fuzz::schema(), fuzz::maker, *action, {});
  fuzz::require(again.has_value(), "what was read can be stored");
  const auto reread = sync::read_action(fuzz::schema(), fuzz::maker, *again);
  fuzz::require(reread.has_value(), "what was stored can be read");
  fuzz::require(reread->header == action->header && reread->ops == action->ops, "and is the same action");
  const auto settled = sync::store_action(fuzz::schema(), fuzz::maker, *reread, {});
  fuzz::require(settled.has_value() && *settled == *again, "storing it again changes no byte");
  return 0;
}
