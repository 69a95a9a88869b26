// Messages that grow with the data, before compression. Everything is written with ByteWriter: varints, blobs, raw ids.

#include <utility>

#include "sync/base/limits.hpp"
#include "sync/wire/message.hpp"

namespace holdline::sync {

tl::unexpected<Error> malformed_message() {
  return fail(ErrorKind::ask_person, "malformed-message",
              "A message of the other side cannot be read; update the older side.");
}

namespace {

void write(ByteWriter& out, const Cursor& cursor) {
  out.varint(cursor.cn);
  out.varint(cursor.salt);
}
Cursor read_cursor(ByteReader& in) {
  const ChangeNumber cn = in.varint();
  return {cn, in.varint()};
}

void write(ByteWriter& out, const TimeReading& clock) {
  out.svarint(clock.wall_ms);
  out.raw(clock.boot.view());
  out.svarint(clock.boot_ms);
}
TimeReading read_clock(ByteReader& in) {
  const std::int64_t wall = in.svarint();
  const Id boot = Id::from(in.raw(16));
  return {wall, boot, in.svarint()};
}

// Results come in runs of one incarnation, lane, verdict and transaction: each says only what differs from the one
// before.
enum ResultFlag : std::uint8_t {
  next_entry = 1,  // entry and number are each one more
  same_place = 2,  // same incarnation and lane
  same_salt = 4,
  next_cn = 8,  // cn is one more; otherwise a signed difference follows
  has_conflicts = 16,
  has_text = 32,
};

void write(ByteWriter& out, const std::vector<ActionResult>& results) {
  out.varint(results.size());
  ActionResult before;
  for (const ActionResult& r : results) {
    std::uint8_t flags = 0;
    if (r.entry == before.entry + 1 && r.number == before.number + 1) flags |= next_entry;
    if (r.incarnation == before.incarnation && r.lane == before.lane) flags |= same_place;
    if (r.at.salt == before.at.salt) flags |= same_salt;
    if (r.at.cn == before.at.cn + 1) flags |= next_cn;
    if (!r.conflicts.empty()) flags |= has_conflicts;
    if (!r.code.empty() || !r.text.empty()) flags |= has_text;
    out.u8(flags);
    out.u8(static_cast<std::uint8_t>(r.verdict));
    if (!(flags & next_entry)) {
      out.varint(r.entry);
      out.varint(r.number);
    }
    if (!(flags & same_place)) {
      out.raw(r.incarnation.view());
      out.u8(r.lane);
    }
    if (!(flags & next_cn)) out.svarint(static_cast<std::int64_t>(r.at.cn - before.at.cn));
    if (!(flags & same_salt)) out.varint(r.at.salt);
    if (flags & has_conflicts) {
      out.varint(r.conflicts.size());
      for (const Id& id : r.conflicts) out.raw(id.view());
    }
    if (flags & has_text) {
      out.blob(r.code);
      out.blob(r.text);
    }
    before = r;
  }
}

std::vector<ActionResult> read_results(ByteReader& in) {
  constexpr std::size_t smallest = 2;
  const std::size_t count = in.count(smallest);
  std::vector<ActionResult> results;
  results.reserve(count);
  ActionResult before;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::uint8_t flags = in.u8();
    const std::uint8_t verdict = in.u8();
    if (verdict > static_cast<std::uint8_t>(Verdict::discarded) || flags >= 64) in.fail();
    ActionResult r;
    r.verdict = static_cast<Verdict>(verdict);
    r.entry = flags & next_entry ? before.entry + 1 : in.varint();
    r.number = flags & next_entry ? before.number + 1 : in.varint();
    r.incarnation = flags & same_place ? before.incarnation : Id::from(in.raw(16));
    r.lane = flags & same_place ? before.lane : in.u8();
    r.at.cn = flags & next_cn ? before.at.cn + 1 : before.at.cn + static_cast<std::uint64_t>(in.svarint());
    r.at.salt = flags & same_salt ? before.at.salt : in.varint();
    if (r.lane >= lane_count) in.fail();
    if (flags & has_conflicts) {
      const std::size_t conflicts = in.count(16);
      for (std::size_t k = 0; k < conflicts && in.ok(); ++k) r.conflicts.push_back(Id::from(in.raw(16)));
    }
    if (flags & has_text) {
      r.code = in.blob(200);
      r.text = in.blob(limits::text_bytes);
    }
    before = r;
    results.push_back(std::move(r));
  }
  return results;
}

}  // namespace

Hash result_hash(const ActionResult& result) {
  Bytes text = "holdline result 1";
  ByteWriter out(text);
  write(out, std::vector<ActionResult>{result});
  return sha256(text);
}

Bytes assertion_text(const Id& device, const Assertion& assertion) {
  Bytes text = "holdline sign-in 1";
  ByteWriter out(text);
  out.raw(device.view());
  out.raw(assertion.person.view());
  out.varint(assertion.number);
  out.svarint(assertion.at_ms);
  return text;
}

Bytes encode_push(const Push& push) {
  Bytes bytes;
  ByteWriter out(bytes);
  write(out, push.clock);
  out.varint(push.assertions.size());
  for (const Assertion& a : push.assertions) {
    out.varint(a.number);
    out.raw(a.person.view());
    out.svarint(a.at_ms);
    out.blob(a.signature);
  }
  out.varint(push.schemas.size());
  for (const SchemaName& schema : push.schemas) {
    out.varint(schema.version);
    out.raw(schema.hash.view());
  }
  out.blob(encode_actions(push.batch));
  return bytes;
}

Result<Push> decode_push(std::string_view bytes) {
  constexpr std::size_t signature_bytes = 64;
  ByteReader in(bytes);
  Push push;
  push.clock = read_clock(in);
  const std::size_t assertions = in.count(2 + 16 + 1);
  for (std::size_t i = 0; i < assertions && in.ok(); ++i) {
    Assertion a;
    const std::uint64_t number = in.varint();
    if (!std::in_range<std::uint32_t>(number)) in.fail();
    a.number = static_cast<std::uint32_t>(number);
    a.person = Id::from(in.raw(16));
    a.at_ms = in.svarint();
    a.signature = in.blob(signature_bytes);
    push.assertions.push_back(std::move(a));
  }
  const std::size_t schemas = in.count(1 + sizeof(Hash));
  for (std::size_t i = 0; i < schemas && in.ok(); ++i) {
    const std::uint64_t version = in.varint();
    if (!std::in_range<std::uint32_t>(version)) in.fail();
    push.schemas.push_back({static_cast<std::uint32_t>(version), Hash::from(in.raw(sizeof(Hash)))});
  }
  const std::string_view batch = in.blob();
  if (!in.done()) return malformed_message();
  HOLDLINE_ASSIGN(push.batch, decode_actions(batch));
  return push;
}

Bytes encode_push_reply(const PushReply& reply) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u8(static_cast<std::uint8_t>(reply.answer));
  out.varint(reply.expected);
  write(out, reply.results);
  return bytes;
}

Result<PushReply> decode_push_reply(std::string_view bytes) {
  ByteReader in(bytes);
  PushReply reply;
  const std::uint8_t answer = in.u8();
  if (answer > static_cast<std::uint8_t>(PushAnswer::fork)) in.fail();
  reply.answer = static_cast<PushAnswer>(answer);
  reply.expected = in.varint();
  reply.results = read_results(in);
  if (!in.done()) return malformed_message();
  return reply;
}

Bytes encode_pull_reply(const Schema& schema, const PullReply& reply) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u8(static_cast<std::uint8_t>(reply.answer));
  out.u8(reply.more ? 1 : 0);
  out.svarint(reply.hub_wall_ms);
  out.varint(reply.roster);
  out.varint(reply.cut.from);
  write(out, reply.cut.to);
  out.varint(reply.cut.digests.size());
  for (const DigestRoot& digest : reply.cut.digests) {
    out.blob(digest.key.scope);
    out.varint(digest.key.collection);
    out.u8(digest.key.group);
    out.raw(digest.root.view());
  }
  write(out, reply.results);
  out.blob(encode_changes(schema, reply.cut.changes));
  return bytes;
}

Result<PullReply> decode_pull_reply(const Schema& schema, std::string_view bytes) {
  constexpr std::size_t longest_scope = 128;
  ByteReader in(bytes);
  PullReply reply;
  const std::uint8_t answer = in.u8(), more = in.u8();
  if (answer > static_cast<std::uint8_t>(PullAnswer::reset) || more > 1) in.fail();
  reply.answer = static_cast<PullAnswer>(answer);
  reply.more = more != 0;
  reply.hub_wall_ms = in.svarint();
  reply.roster = in.varint();
  reply.cut.from = in.varint();
  reply.cut.to = read_cursor(in);
  const std::size_t digests = in.count(1 + 1 + 1 + sizeof(Hash));
  for (std::size_t i = 0; i < digests && in.ok(); ++i) {
    DigestRoot digest;
    digest.key.scope = in.blob(longest_scope);
    const std::uint64_t collection = in.varint();
    if (!std::in_range<CollectionNo>(collection)) in.fail();
    digest.key.collection = static_cast<CollectionNo>(collection);
    digest.key.group = in.u8();
    digest.root = Hash::from(in.raw(sizeof(Hash)));
    reply.cut.digests.push_back(std::move(digest));
  }
  reply.results = read_results(in);
  const std::string_view changes = in.blob();
  if (!in.done()) return malformed_message();
  HOLDLINE_ASSIGN(reply.cut.changes, decode_changes(schema, changes));
  return reply;
}

Bytes encode_leaves(const LeavesReply& reply) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u8(reply.moved ? 1 : 0);
  if (reply.moved) return bytes;
  for (const Sum& leaf : reply.leaves) {
    const auto raw = leaf.bytes();
    out.raw({reinterpret_cast<const char*>(raw.data()), raw.size()});
  }
  return bytes;
}

Result<LeavesReply> decode_leaves(std::string_view bytes) {
  ByteReader in(bytes);
  LeavesReply reply;
  const std::uint8_t moved = in.u8();
  if (moved > 1) in.fail();
  reply.moved = moved != 0;
  if (!reply.moved)
    for (Sum& leaf : reply.leaves) {
      const std::string_view raw = in.raw(32);
      if (in.ok()) leaf = Sum::from(raw);
    }
  if (!in.done()) return malformed_message();
  return reply;
}

Bytes encode_repair(const Schema& schema, const RepairReply& reply) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u8(reply.moved ? 1 : 0);
  out.blob(encode_changes(schema, reply.rows));
  return bytes;
}

Result<RepairReply> decode_repair(const Schema& schema, std::string_view bytes) {
  ByteReader in(bytes);
  RepairReply reply;
  const std::uint8_t moved = in.u8();
  const std::string_view rows = in.blob();
  if (!in.done() || moved > 1) return malformed_message();
  reply.moved = moved != 0;
  HOLDLINE_ASSIGN(reply.rows, decode_changes(schema, rows));
  return reply;
}

}  // namespace holdline::sync
