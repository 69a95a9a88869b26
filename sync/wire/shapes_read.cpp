// Rows of one shape back from their columns.
#include "sync/wire/shapes.hpp"

namespace holdline::sync {

namespace {

bool fits(Hole hole, std::uint32_t column, const std::vector<ColumnKind>& kinds) {
  const auto is = [&](std::uint32_t number, ColumnKind kind) { return number < kinds.size() && kinds[number] == kind; };
  switch (hole) {
    case Hole::end:
      return true;
    case Hole::varint:
    case Hole::svarint:
    case Hole::byte:
      return is(column, ColumnKind::ints);
    case Hole::blob:
    case Hole::raw:
      return is(column, ColumnKind::texts);
    case Hole::id:
      return is(column, ColumnKind::ids);
    case Hole::hash:
      return is(column, ColumnKind::hashes);
    case Hole::texts:
      return is(column, ColumnKind::ints) && is(column + 1, ColumnKind::texts);
    case Hole::ids:
      break;
  }
  return is(column, ColumnKind::ints) && is(column + 1, ColumnKind::ids);
}

}  // namespace

ShapeReader::ShapeReader(ColumnSource& source) {
  const std::size_t columns = source.numbers.count();
  std::vector<ColumnKind> kinds;
  ok_ = columns <= columns_limit;
  for (std::size_t i = 0; ok_ && i < columns; ++i) {
    const std::uint8_t kind = source.numbers.u8();
    ok_ = kind <= static_cast<std::uint8_t>(ColumnKind::hashes);
    kinds.push_back(static_cast<ColumnKind>(kind));
  }
  ok_ = ok_ && read_shapes(source.numbers, kinds);
  if (!ok_) return;
  items_ = IntReader(source);
  columns_.reserve(kinds.size());
  for (const ColumnKind kind : kinds) columns_.push_back(read_column(source, kind));
  ok_ = source.ok();
}

ShapeReader::Column ShapeReader::read_column(ColumnSource& source, ColumnKind kind) {
  switch (kind) {
    case ColumnKind::ints:
      return IntReader(source);
    case ColumnKind::texts:
      return TextReader(source);
    case ColumnKind::ids:
      return IdReader(source);
    case ColumnKind::hashes:
      break;
  }
  const std::uint64_t count = source.numbers.varint();
  if (count > source.random.remaining() / sizeof(Hash)) return source.numbers.fail(), ByteReader({});
  return ByteReader(source.random.raw(static_cast<std::size_t>(count) * sizeof(Hash)));
}

bool ShapeReader::read_shapes(ByteReader& in, const std::vector<ColumnKind>& kinds) {
  const std::size_t shapes = in.count(2);
  if (shapes > shapes_limit) return false;
  for (std::size_t i = 0; i < shapes; ++i) {
    starts_.push_back(static_cast<std::uint32_t>(parts_.size()));
    for (bool last = false; !last;) {
      Part part;
      part.literal = in.blob();
      const std::uint8_t hole = in.u8();
      if (hole > static_cast<std::uint8_t>(Hole::ids)) return false;
      part.hole = static_cast<Hole>(hole);
      last = part.hole == Hole::end;
      const std::uint64_t column = last ? 0 : in.varint();
      if (!in.ok() || column >= columns_limit || parts_.size() == parts_limit) return false;
      part.column = static_cast<std::uint32_t>(column);
      if (!fits(part.hole, part.column, kinds)) return false;
      parts_.push_back(part);
    }
  }
  return in.ok();
}

bool ShapeReader::next(Bytes& out, std::size_t limit) {
  const auto shape = static_cast<std::uint64_t>(items_.next());
  if (!ok_ || shape >= starts_.size()) return ok_ = false;
  ByteWriter w(out);
  for (const Part* part = &parts_[starts_[static_cast<std::size_t>(shape)]];; ++part) {
    if (out.size() > limit || part->literal.size() > limit - out.size()) return ok_ = false;
    w.raw(part->literal);
    if (part->hole == Hole::end) return true;
    if (!fill(*part, out, limit)) return ok_ = false;
  }
}

bool ShapeReader::fill(const Part& part, Bytes& out, std::size_t limit) {
  ByteWriter w(out);
  Column& column = columns_[part.column];
  const auto number = [&] { return std::get<IntReader>(column).next(); };
  switch (part.hole) {
    case Hole::end:
      break;
    case Hole::varint:
      w.varint(static_cast<std::uint64_t>(number()));
      break;
    case Hole::svarint:
      w.svarint(number());
      break;
    case Hole::byte:
      w.u8(static_cast<std::uint8_t>(number()));
      break;
    case Hole::blob:
    case Hole::raw:
      return fill_text(std::get<TextReader>(column).next(), part.hole, out, limit);
    case Hole::id:
      w.raw(std::get<IdReader>(column).next().view());
      break;
    case Hole::hash:
      w.raw(std::get<ByteReader>(column).raw(sizeof(Hash)));
      break;
    case Hole::texts:
    case Hole::ids:
      return fill_list(part, static_cast<std::uint64_t>(number()), out, limit);
  }
  return true;
}

bool ShapeReader::fill_text(std::string_view text, Hole hole, Bytes& out, std::size_t limit) {
  if (out.size() > limit || text.size() > limit - out.size()) return false;
  ByteWriter w(out);
  if (hole == Hole::blob) w.varint(text.size());
  w.raw(text);
  return true;
}

bool ShapeReader::fill_list(const Part& part, std::uint64_t count, Bytes& out, std::size_t limit) {
  ByteWriter w(out);
  w.varint(count);
  Column& values = columns_[part.column + 1];
  // Every value takes at least a byte of `out`, so the limit also ends a hostile count.
  for (std::uint64_t i = 0; i < count; ++i) {
    if (out.size() > limit) return false;
    if (part.hole == Hole::ids)
      w.raw(std::get<IdReader>(values).next().view());
    else if (!fill_text(std::get<TextReader>(values).next(), Hole::blob, out, limit))
      return false;
  }
  return true;
}

bool ShapeReader::done() const {
  if (!ok_ || !items_.done()) return false;
  for (const Column& column : columns_)
    if (!std::visit([](const auto& reader) { return reader.done(); }, column)) return false;
  return true;
}

}  // namespace holdline::sync
