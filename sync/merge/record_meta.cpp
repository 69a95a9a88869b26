// What the ledger keeps beside a record as bytes: who changed it last, and the stamps of its units.
#include <algorithm>
#include <tuple>

#include "sync/merge/stamps.hpp"

namespace holdline::sync {

namespace {

constexpr std::size_t id_bytes = sizeof(Id);
constexpr std::size_t hash_bytes = sizeof(Hash);
constexpr std::size_t min_stamp_bytes = 1 + hash_bytes + 1 + id_bytes;
// Announces the hash of a long value where otherwise the tag of a value stands; no value has this tag.
constexpr std::uint8_t hashed_tag = 0xff;

bool earlier(const Stamp& a, const Stamp& b) {
  return std::tie(a.unit, a.at_ms, a.device, a.value) < std::tie(b.unit, b.at_ms, b.device, b.value);
}

void name_value(ByteWriter& out, const Value& value) {
  const Bytes canonical = encode_value(value);
  if (canonical.size() <= base_value_limit) return out.raw(canonical);
  out.u8(hashed_tag);
  out.raw(sha256(canonical).view());
}

}  // namespace

std::optional<Hash> stamp_name(const std::vector<Base>& bases) {
  Bytes bytes;
  ByteWriter out(bytes);
  for (const Base& base : bases) {
    if (const auto* value = std::get_if<Value>(&base)) {
      name_value(out, *value);
    } else if (const auto* hash = std::get_if<Hash>(&base)) {
      out.u8(hashed_tag);
      out.raw(hash->view());
    } else {
      return std::nullopt;
    }
  }
  return sha256(bytes);
}

std::optional<EffectiveTime> stamp_of(const RecordMeta& meta, std::uint8_t unit, const Hash& name) {
  for (const Stamp& stamp : meta.stamps)
    if (stamp.unit == unit && stamp.value == name) return EffectiveTime{stamp.at_ms, stamp.device};
  return std::nullopt;
}

bool put_stamp(RecordMeta& meta, std::uint8_t unit, const Hash& name, const EffectiveTime& at) {
  auto& stamps = meta.stamps;
  const auto same = [&](const Stamp& stamp) { return stamp.unit == unit && stamp.value == name; };
  const auto known = std::find_if(stamps.begin(), stamps.end(), same);
  if (known != stamps.end()) {
    if (at <= EffectiveTime{known->at_ms, known->device}) return false;
    stamps.erase(known);
  }
  const Stamp made{unit, name, at.ms, at.device};
  stamps.insert(std::upper_bound(stamps.begin(), stamps.end(), made, earlier), made);
  const auto of_unit = [unit](const Stamp& stamp) { return stamp.unit == unit; };
  if (static_cast<std::size_t>(std::count_if(stamps.begin(), stamps.end(), of_unit)) <= stamps_per_unit) return true;
  const auto oldest = std::find_if(stamps.begin(), stamps.end(), of_unit);
  const bool kept = *oldest != made;
  stamps.erase(oldest);
  return kept;
}

bool drop_stamp(RecordMeta& meta, std::uint8_t unit, const Hash& name) {
  return std::erase_if(meta.stamps, [&](const Stamp& stamp) { return stamp.unit == unit && stamp.value == name; }) != 0;
}

Bytes encode_meta(const RecordMeta& meta) {
  Bytes bytes;
  bytes.reserve(id_bytes + 2 * 10 + meta.stamps.size() * (min_stamp_bytes + 10));
  ByteWriter out(bytes);
  out.raw(meta.last_device.view());
  out.varint(meta.last_cn);
  out.varint(meta.stamps.size());
  for (const Stamp& stamp : meta.stamps) {
    out.u8(stamp.unit);
    out.raw(stamp.value.view());
    out.svarint(stamp.at_ms);
    out.raw(stamp.device.view());
  }
  return bytes;
}

Result<RecordMeta> decode_meta(std::string_view bytes) {
  ByteReader in(bytes);
  RecordMeta meta;
  meta.last_device = Id::from(in.raw(id_bytes));
  meta.last_cn = in.varint();
  const std::size_t count = in.count(min_stamp_bytes);
  meta.stamps.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    Stamp stamp;
    stamp.unit = in.u8();
    stamp.value = Hash::from(in.raw(hash_bytes));
    stamp.at_ms = in.svarint();
    stamp.device = Id::from(in.raw(id_bytes));
    if (!meta.stamps.empty() && !earlier(meta.stamps.back(), stamp)) in.fail();
    meta.stamps.push_back(stamp);
  }
  if (!in.done())
    return fail(ErrorKind::stop, "malformed-meta",
                "what the ledger keeps beside a record cannot be read; check the store before writing to it");
  return meta;
}

}  // namespace holdline::sync
