// Items of few shapes (the ops of actions, the rows of a feed) taken apart for a batch. A shape is what items have in
// common: literal bytes with holes between them. Each item then only names its shape, and what fills the holes goes
// into columns, one for each kind of field. Putting an item together again needs no schema: literal, value, literal…
// Internal to sync/wire.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "sync/base/bytes.hpp"
#include "sync/base/id.hpp"
#include "sync/wire/columns.hpp"

namespace holdline::sync {

// How a value stands in the bytes of an item. `texts` and `ids` are a count (from the column named) and that many
// values (from the column after it).
enum class Hole : std::uint8_t { end, varint, svarint, byte, blob, raw, id, hash, texts, ids };

enum class ColumnKind : std::uint8_t { ints, texts, ids, hashes };

// Bounds what a reader allocates for the table. A writer that would exceed one refuses the item.
inline constexpr std::size_t shapes_limit = 4'096;
inline constexpr std::size_t columns_limit = 4'096;
inline constexpr std::size_t parts_limit = 65'536;

// Collects items. What texts and hashes show must outlive `write`.
class ShapeWriter {
 public:
  // Columns are kept apart by `field`, any number the caller likes, and by the kind of hole.
  void literal(std::string_view bytes) { literal_.append(bytes); }
  void number(Hole hole, std::uint64_t field, std::int64_t value);
  void text(Hole hole, std::uint64_t field, std::string_view value);
  void id(std::uint64_t field, const Id& value);
  void hash(std::uint64_t field, std::string_view value);  // 32 bytes
  void texts(std::uint64_t field, const std::vector<std::string_view>& values);
  void ids(std::uint64_t field, const std::vector<Id>& values);
  void end_item();

  // The items since the last accept or drop are in; false when they went over a limit: drop them or send them whole.
  bool accept();
  void drop();
  // In place of the one item since the last accept or drop: all its bytes as the value of a single hole.
  void accept_whole(std::string_view item);

  void write(ColumnSink& sink) const;

 private:
  struct Column {
    std::uint64_t key;  // its field and hole
    ColumnKind kind;
    std::vector<std::int64_t> ints;
    std::vector<std::string_view> texts;  // and hashes
    std::vector<Id> ids;
  };
  std::uint32_t column(Hole hole, std::uint64_t field);
  std::uint32_t open(Hole hole, std::uint64_t field);
  Column& touch(std::uint32_t number);
  void start_item();
  void settle();

  Bytes literal_, shape_;  // of the item being collected
  std::size_t shape_parts_ = 0;
  std::vector<std::uint32_t> touched_;  // columns that got a value since the last accept
  std::size_t items_accepted_ = 0, shapes_accepted_ = 0, columns_accepted_ = 0, parts_accepted_ = 0;

  std::unordered_map<Bytes, std::uint32_t> shape_numbers_;
  std::vector<const Bytes*> shapes_;
  std::size_t parts_ = 0;
  std::unordered_map<std::uint64_t, std::uint32_t> column_numbers_;
  std::vector<Column> columns_;
  std::vector<std::int64_t> items_;  // shape of each
};

// Puts items together in the order they were collected.
class ShapeReader {
 public:
  explicit ShapeReader(ColumnSource& source);
  // Appends the next item to `out`; false when the input is malformed or `out` would grow above `limit`.
  bool next(Bytes& out, std::size_t limit);
  bool ok() const { return ok_; }
  bool done() const;  // every value of every column was used

 private:
  struct Part {
    std::string_view literal;
    Hole hole = Hole::end;
    std::uint32_t column = 0;
  };
  using Column = std::variant<IntReader, TextReader, IdReader, ByteReader>;

  bool read_shapes(ByteReader& in, const std::vector<ColumnKind>& kinds);
  static Column read_column(ColumnSource& source, ColumnKind kind);
  bool fill(const Part& part, Bytes& out, std::size_t limit);
  static bool fill_text(std::string_view text, Hole hole, Bytes& out, std::size_t limit);
  bool fill_list(const Part& part, std::uint64_t count, Bytes& out, std::size_t limit);

  bool ok_ = true;
  std::vector<Part> parts_;
  std::vector<std::uint32_t> starts_;  // of each shape among the parts
  IntReader items_;
  std::vector<Column> columns_;
};

}  // namespace holdline::sync
