// Changes of the feed, column by column: what a pull's cut and a snapshot's chunk hold.
#include <bit>
#include <deque>
#include <stdexcept>

#include "sync/base/limits.hpp"
#include "sync/wire/batch.hpp"
#include "sync/wire/op_shape.hpp"
#include "sync/wire/shapes.hpp"

namespace holdline::sync {

namespace {

constexpr std::uint8_t changes_version = 1;

// Bits of the first byte of a row.
constexpr std::uint8_t leave_bit = 1, deleted_bit = 2, deletion_asked_bit = 4;

auto malformed_changes(const char* what) {
  return fail(ErrorKind::ask_person, "malformed-batch",
              std::string("A batch of changes cannot be read (") + what + "); nothing of it was applied.");
}

std::uint8_t flags_of(const Change& change) {
  return static_cast<std::uint8_t>((change.leave ? leave_bit : 0) | (change.record.deleted ? deleted_bit : 0) |
                                   (change.record.deletion_asked ? deletion_asked_bit : 0));
}

// A row: flags, collection, record id, scope, then number and value of every field told.
void write_row(ByteWriter w, const Collection& collection, const Change& change) {
  w.u8(flags_of(change));
  w.varint(collection.no);
  w.raw(change.record.key.id.view());
  w.blob(change.record.scope);
  const FieldMask told = change.leave ? 0 : change.mask;
  w.varint(static_cast<std::uint64_t>(std::popcount(told)));
  for (FieldIndex f = 0; f < collection.fields.size(); ++f) {
    if (!(told >> f & 1)) continue;
    w.varint(collection.fields[f].no);
    encode_value(w, change.record.fields.at(f));
  }
}

// Collects a row that write_row made; the columns show its bytes.
void collect(ShapeWriter& shapes, std::string_view row) {
  ByteReader in(row);
  std::size_t literal = 0;
  const auto end_literal = [&] { shapes.literal(row.substr(literal, in.position() - literal)); };
  in.u8();
  const std::uint64_t collection = in.varint();
  end_literal();
  shapes.id(column_field(collection, 0, Slot::target), Id::from(in.raw(16)));
  literal = in.position();
  in.blob();
  const std::uint64_t told = in.varint();
  end_literal();
  for (std::uint64_t i = 0; i < told; ++i) {
    literal = in.position();
    const std::uint64_t no = in.varint();
    end_literal();
    shape_value(shapes, column_field(collection, no, Slot::value), in, row);
  }
  shapes.end_item();
  if (!shapes.accept()) shapes.accept_whole(row);
}

class ChangesReader {
 public:
  ChangesReader(const Schema& schema, std::string_view body) : schema_(schema), source_(split(body)) {}

  Result<std::vector<Change>> read() {
    if (source_.numbers.u8() != changes_version) return malformed_changes("version");
    const std::uint64_t count = source_.numbers.varint();
    if (!source_.ok() || count > limits::changes_per_batch) return malformed_changes("count");
    IntReader numbers(source_);
    ShapeReader shapes(source_);
    if (!source_.ok() || !shapes.ok()) return malformed_changes("columns");
    std::vector<Change> changes;
    changes.reserve(static_cast<std::size_t>(count));
    std::size_t total = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      row_.clear();
      if (!shapes.next(row_, limits::message_bytes)) return malformed_changes("row");
      total += row_.size();
      if (total > limits::message_bytes) return malformed_changes("size");
      Change& change = changes.emplace_back();
      change.cn = static_cast<ChangeNumber>(numbers.next());
      HOLDLINE_TRY(read_row(change));
    }
    if (!numbers.done() || !shapes.done() || !source_.done()) return malformed_changes("length");
    return changes;
  }

 private:
  Result<void> read_row(Change& change) {
    ByteReader in(row_);
    const std::uint8_t flags = in.u8();
    const std::uint64_t no = in.varint();
    change.record.key.id = Id::from(in.raw(16));
    change.record.scope = in.blob(limits::text_bytes);
    const std::uint64_t told = in.varint();
    if (!in.ok() || flags > (leave_bit | deleted_bit | deletion_asked_bit)) return malformed_changes("start of a row");
    const Collection* collection = no > UINT16_MAX ? nullptr : schema_.collection(static_cast<CollectionNo>(no));
    if (!collection) return malformed_changes("collection");
    change.leave = (flags & leave_bit) != 0;
    change.record.deleted = (flags & deleted_bit) != 0;
    change.record.deletion_asked = (flags & deletion_asked_bit) != 0;
    change.record.key.collection = collection->no;
    if (told > collection->fields.size() || (change.leave && told != 0)) return malformed_changes("number of fields");
    if (!change.leave) change.record.fields.resize(collection->fields.size());
    for (std::uint64_t i = 0; i < told; ++i)
      if (!read_field(*collection, in, change)) return malformed_changes("field");
    if (!in.done()) return malformed_changes("length of a row");
    return {};
  }

  static bool read_field(const Collection& collection, ByteReader& in, Change& change) {
    const std::uint64_t no = in.varint();
    const auto field = no > UINT16_MAX ? std::nullopt : collection.field_by_no(static_cast<std::uint16_t>(no));
    if (!field || change.mask >> *field != 0) return false;  // fields ascend, so none above this one was told
    change.mask |= FieldMask{1} << *field;
    change.record.fields[*field] = decode_value(in, limits::text_bytes);
    return in.ok();
  }

  const Schema& schema_;
  ColumnSource source_;
  Bytes row_;
};

}  // namespace

Bytes encode_changes(const Schema& schema, std::span<const Change> changes) {
  ShapeWriter shapes;
  std::deque<Bytes> kept;  // a row stays where it is, for the views of it
  std::vector<std::int64_t> numbers;
  numbers.reserve(changes.size());
  for (const Change& change : changes) {
    const Collection* collection = schema.collection(change.record.key.collection);
    if (!collection) throw std::logic_error("a change of a collection that its schema does not have");
    Bytes& row = kept.emplace_back();
    write_row(ByteWriter(row), *collection, change);
    collect(shapes, row);
    numbers.push_back(static_cast<std::int64_t>(change.cn));
  }
  ColumnSink sink;
  ByteWriter w(sink.numbers);
  w.u8(changes_version);
  w.varint(changes.size());
  write_ints(sink, numbers);
  shapes.write(sink);
  return join(sink);
}

Result<std::vector<Change>> decode_changes(const Schema& schema, std::string_view bytes) {
  return ChangesReader(schema, bytes).read();
}

}  // namespace holdline::sync
