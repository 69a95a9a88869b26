// Rows of one shape (the same fields in the same form) into columns.
#include "sync/wire/shapes.hpp"

namespace holdline::sync {

namespace {

// Beyond every field a caller names.
constexpr std::uint64_t whole_item = (std::uint64_t{1} << 60) - 1;

ColumnKind kind_of(Hole hole) {
  switch (hole) {
    case Hole::end:
    case Hole::varint:
    case Hole::svarint:
    case Hole::byte:
    case Hole::texts:
    case Hole::ids:
      return ColumnKind::ints;
    case Hole::blob:
    case Hole::raw:
      return ColumnKind::texts;
    case Hole::id:
      return ColumnKind::ids;
    case Hole::hash:
      break;
  }
  return ColumnKind::hashes;
}

}  // namespace

std::uint32_t ShapeWriter::column(Hole hole, std::uint64_t field) {
  const auto next = static_cast<std::uint32_t>(columns_.size());
  const std::uint64_t key = field << 4 | static_cast<std::uint64_t>(hole);
  const auto [at, is_new] = column_numbers_.try_emplace(key, next);
  if (is_new) {
    columns_.push_back({key, kind_of(hole), {}, {}, {}});
    if (hole == Hole::texts) columns_.push_back({key, ColumnKind::texts, {}, {}, {}});
    if (hole == Hole::ids) columns_.push_back({key, ColumnKind::ids, {}, {}, {}});
  }
  return at->second;
}

// Ends the literal with a hole and returns the column its value goes to.
std::uint32_t ShapeWriter::open(Hole hole, std::uint64_t field) {
  const std::uint32_t number = column(hole, field);
  ByteWriter w(shape_);
  w.blob(literal_);
  w.u8(static_cast<std::uint8_t>(hole));
  w.varint(number);
  literal_.clear();
  ++shape_parts_;
  return number;
}

ShapeWriter::Column& ShapeWriter::touch(std::uint32_t number) {
  touched_.push_back(number);
  return columns_[number];
}

void ShapeWriter::number(Hole hole, std::uint64_t field, std::int64_t value) {
  touch(open(hole, field)).ints.push_back(value);
}

void ShapeWriter::text(Hole hole, std::uint64_t field, std::string_view value) {
  touch(open(hole, field)).texts.push_back(value);
}

void ShapeWriter::id(std::uint64_t field, const Id& value) { touch(open(Hole::id, field)).ids.push_back(value); }

void ShapeWriter::hash(std::uint64_t field, std::string_view value) {
  touch(open(Hole::hash, field)).texts.push_back(value);
}

void ShapeWriter::texts(std::uint64_t field, const std::vector<std::string_view>& values) {
  const std::uint32_t number = open(Hole::texts, field);
  touch(number).ints.push_back(static_cast<std::int64_t>(values.size()));
  for (const auto value : values) touch(number + 1).texts.push_back(value);
}

void ShapeWriter::ids(std::uint64_t field, const std::vector<Id>& values) {
  const std::uint32_t number = open(Hole::ids, field);
  touch(number).ints.push_back(static_cast<std::int64_t>(values.size()));
  for (const Id& value : values) touch(number + 1).ids.push_back(value);
}

void ShapeWriter::end_item() {
  ByteWriter w(shape_);
  w.blob(literal_);
  w.u8(static_cast<std::uint8_t>(Hole::end));
  const auto [at, is_new] = shape_numbers_.try_emplace(shape_, static_cast<std::uint32_t>(shapes_.size()));
  if (is_new) {
    shapes_.push_back(&at->first);
    parts_ += shape_parts_ + 1;
  }
  items_.push_back(at->second);
  start_item();
}

void ShapeWriter::start_item() {
  literal_.clear();
  shape_.clear();
  shape_parts_ = 0;
}

bool ShapeWriter::accept() {
  // One shape of one column always fits, for items that travel whole.
  if (shapes_.size() >= shapes_limit || columns_.size() >= columns_limit || parts_ + 2 > parts_limit) return false;
  settle();
  return true;
}

void ShapeWriter::settle() {
  touched_.clear();
  items_accepted_ = items_.size();
  shapes_accepted_ = shapes_.size();
  columns_accepted_ = columns_.size();
  parts_accepted_ = parts_;
}

void ShapeWriter::drop() {
  start_item();
  for (const std::uint32_t number : touched_) {
    Column& column = columns_[number];
    if (column.kind == ColumnKind::ints) column.ints.pop_back();
    if (column.kind == ColumnKind::ids) column.ids.pop_back();
    if (column.kind == ColumnKind::texts || column.kind == ColumnKind::hashes) column.texts.pop_back();
  }
  touched_.clear();
  items_.resize(items_accepted_);
  for (; shapes_.size() > shapes_accepted_; shapes_.pop_back())
    shape_numbers_.erase(shape_numbers_.find(*shapes_.back()));
  for (; columns_.size() > columns_accepted_; columns_.pop_back()) column_numbers_.erase(columns_.back().key);
  parts_ = parts_accepted_;
}

void ShapeWriter::accept_whole(std::string_view item) {
  drop();
  text(Hole::raw, whole_item, item);
  end_item();
  settle();
}

void ShapeWriter::write(ColumnSink& sink) const {
  ByteWriter w(sink.numbers);
  w.varint(columns_.size());
  for (const Column& column : columns_) w.u8(static_cast<std::uint8_t>(column.kind));
  w.varint(shapes_.size());
  for (const Bytes* shape : shapes_) w.raw(*shape);
  write_ints(sink, items_);
  for (const Column& column : columns_) {
    switch (column.kind) {
      case ColumnKind::ints:
        write_ints(sink, column.ints);
        break;
      case ColumnKind::texts:
        write_texts(sink, column.texts);
        break;
      case ColumnKind::ids:
        write_ids(sink, column.ids);
        break;
      case ColumnKind::hashes:
        w.varint(column.texts.size());
        for (const auto hash : column.texts) sink.random += hash;
        break;
    }
  }
}

}  // namespace holdline::sync
