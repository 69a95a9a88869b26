#include "sync/base/id.hpp"

#include <cstring>

#include "sync/base/bytes.hpp"
#include "sync/base/hash.hpp"

namespace holdline::sync {

namespace {

Id with_uuid_bits(Id id, std::uint8_t version) {
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | version << 4);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

}  // namespace

Id Id::from(std::string_view raw) {
  Id id;
  if (raw.size() == id.bytes.size()) std::memcpy(id.bytes.data(), raw.data(), raw.size());
  return id;
}

std::string Id::text() const {
  std::string hex = to_hex(view());
  for (const std::size_t dash : {8u, 13u, 18u, 23u}) hex.insert(dash, 1, '-');
  return hex;
}

std::optional<Id> Id::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string hex;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) hex.push_back(text[i]);
  }
  std::string raw;
  if (!from_hex(hex, raw)) return std::nullopt;
  return Id::from(raw);
}

Id derive_id(const Origin& origin, std::uint32_t index) {
  Bytes place;
  ByteWriter w(place);
  w.u8(origin.lane);
  w.varint(origin.number);
  w.raw({reinterpret_cast<const char*>(origin.salt.data()), origin.salt.size()});
  w.varint(index);
  const Hash h = sha256({"holdline id", origin.device.view(), origin.incarnation.view(), place});
  Id id;
  const auto ms = static_cast<std::uint64_t>(origin.wall_ms);
  for (unsigned i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
  std::memcpy(id.bytes.data() + 6, h.bytes.data(), 10);
  return with_uuid_bits(id, 7);
}

std::int64_t Id::made_ms() const {
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | bytes[i];
  return ms;
}

Id natural_id(std::uint16_t collection, const Id& parent, std::string_view key) {
  Bytes number;
  ByteWriter(number).varint(collection);
  const Hash h = sha256({"holdline key", number, parent.view(), key});
  return with_uuid_bits(Id::from(h.view().substr(0, 16)), 8);
}

}  // namespace holdline::sync
