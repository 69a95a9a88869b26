#include "sync/wire/op_shape.hpp"

#include <vector>

#include "sync/action/format.hpp"
#include "sync/base/limits.hpp"

namespace holdline::sync {

namespace {

using namespace action_format;

constexpr std::size_t id_bytes = 16;

class OpShaper {
 public:
  OpShaper(ShapeWriter& shapes, std::string_view payload) : shapes_(shapes), all_(payload), in_(payload) {}

  std::optional<std::size_t> run() {
    const std::size_t ops = in_.count();
    if (ops > limits::ops_per_action) return std::nullopt;
    for (std::size_t i = 0; i < ops; ++i) {
      if (!shape_op()) return std::nullopt;
      shapes_.end_item();
    }
    return in_.done() ? std::optional(ops) : std::nullopt;
  }

 private:
  bool shape_op() {
    const std::size_t start = in_.position();
    const std::uint8_t kind = in_.u8();
    collection_ = in_.varint();
    const std::uint8_t target = in_.u8();
    literal_since(start);
    if (!in_.ok() || collection_ > UINT16_MAX) return false;
    if (target == target_explicit) shapes_.id(field(0, Slot::target), Id::from(in_.raw(id_bytes)));
    const std::size_t scope = in_.position();
    in_.blob();
    literal_since(scope);
    shapes_.number(Hole::varint, field(0, Slot::seen), static_cast<std::int64_t>(in_.varint()));
    if (!in_.ok()) return false;
    if (kind == static_cast<std::uint8_t>(OpKind::erase_row)) return shape_hash(field(0, Slot::digest));
    return shape_changes();
  }

  bool shape_changes() {
    const std::size_t start = in_.position();
    const std::size_t count = in_.count(3);
    literal_since(start);
    for (std::size_t i = 0; i < count; ++i)
      if (!shape_change()) return false;
    return in_.ok();
  }

  bool shape_change() {
    const std::size_t start = in_.position();
    const std::uint64_t no = in_.varint();
    const std::uint8_t form = in_.u8();
    if (!in_.ok() || no > UINT16_MAX || !is_change_form(form)) return false;
    literal_since(start);
    if (base_of(form) == base_value) shape_value(shapes_, field(no, Slot::base), in_, all_);
    if (base_of(form) == base_hash && !shape_hash(field(no, Slot::base_hash))) return false;
    if (content_of(form) == content_elements) return shape_elements(no);
    if (content_of(form) == content_created)
      shapes_.number(Hole::varint, field(no, Slot::created), static_cast<std::int64_t>(in_.varint()));
    else
      shape_value(shapes_, field(no, Slot::value), in_, all_);
    return in_.ok();
  }

  bool shape_elements(std::uint64_t no) {
    std::vector<std::string_view> adds(in_.count());
    for (auto& text : adds) text = in_.blob();
    std::vector<Id> removes(in_.count(id_bytes));
    for (auto& tag : removes) tag = Id::from(in_.raw(id_bytes));
    if (!in_.ok()) return false;
    shapes_.texts(field(no, Slot::adds), adds);
    shapes_.ids(field(no, Slot::removes), removes);
    return true;
  }

  bool shape_hash(std::uint64_t column) {
    const auto hash = in_.raw(sizeof(Hash));
    if (!in_.ok()) return false;
    shapes_.hash(column, hash);
    return true;
  }

  std::uint64_t field(std::uint64_t no, Slot slot) const { return column_field(collection_, no, slot); }
  void literal_since(std::size_t start) { shapes_.literal(all_.substr(start, in_.position() - start)); }

  ShapeWriter& shapes_;
  std::string_view all_;
  ByteReader in_;
  std::uint64_t collection_ = 0;
};

}  // namespace

void shape_value(ShapeWriter& shapes, std::uint64_t field, ByteReader& in, std::string_view all) {
  const std::size_t start = in.position();
  const auto tag = static_cast<ValueTag>(in.u8());
  if (!in.ok()) return;
  if (tag == ValueTag::no || tag == ValueTag::yes)
    return shapes.number(Hole::byte, field, static_cast<std::int64_t>(tag));
  if (tag == ValueTag::elements) {  // rare as a whole value; its inner form does not matter here
    ByteReader inner(all.substr(start));
    decode_value(inner, limits::text_bytes);
    if (!inner.ok()) return in.fail();
    in.raw(inner.position() - 1);
    return shapes.text(Hole::raw, field, all.substr(start, inner.position()));
  }
  shapes.literal(all.substr(start, 1));
  if (tag == ValueTag::integer) {
    shapes.number(Hole::svarint, field, in.svarint());
  } else if (tag == ValueTag::text) {
    shapes.text(Hole::blob, field, in.blob());
  } else if (tag == ValueTag::id) {
    shapes.id(field, Id::from(in.raw(id_bytes)));
  } else if (tag != ValueTag::null) {
    in.fail();
  }
}

std::optional<std::size_t> shape_ops(ShapeWriter& shapes, std::string_view payload) {
  return OpShaper(shapes, payload).run();
}

}  // namespace holdline::sync
