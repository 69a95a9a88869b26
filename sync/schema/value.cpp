#include "sync/schema/value.hpp"

#include <cstddef>

namespace holdline::sync {

namespace {

using Tag = ValueTag;

constexpr std::size_t id_bytes = 16;
// Tag and removed flag: the least an element takes.
constexpr std::size_t min_element_bytes = id_bytes + 1;

struct Encoder {
  ByteWriter& out;

  void tag(Tag t) { out.u8(static_cast<std::uint8_t>(t)); }
  void operator()(const Null&) { tag(Tag::null); }
  void operator()(bool v) { tag(v ? Tag::yes : Tag::no); }
  void operator()(std::int64_t v) {
    tag(Tag::integer);
    out.svarint(v);
  }
  void operator()(const std::string& v) {
    tag(Tag::text);
    out.blob(v);
  }
  void operator()(const Id& v) {
    tag(Tag::id);
    out.raw(v.view());
  }
  void operator()(const Elements& v) {
    tag(Tag::elements);
    out.varint(v.size());
    for (const Element& element : v) {
      out.raw(element.tag.view());
      out.u8(element.removed ? 1 : 0);
      if (!element.removed) out.blob(element.text);
    }
  }
};

Value decode_elements(ByteReader& in, std::size_t max_text_bytes) {
  const std::size_t count = in.count(min_element_bytes);
  Elements elements;
  elements.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    Element element;
    element.tag = Id::from(in.raw(id_bytes));
    const std::uint8_t removed = in.u8();
    element.removed = removed == 1;
    if (!element.removed) element.text = in.blob(max_text_bytes);
    const bool ascending = elements.empty() || elements.back().tag < element.tag;
    if (removed > 1 || !ascending) in.fail();
    if (!in.ok()) return Null{};
    elements.push_back(std::move(element));
  }
  if (!in.ok()) return Null{};
  return elements;
}

}  // namespace

void encode_value(ByteWriter& out, const Value& value) { std::visit(Encoder{out}, value); }

Bytes encode_value(const Value& value) {
  Bytes bytes;
  ByteWriter out(bytes);
  encode_value(out, value);
  return bytes;
}

Value decode_value(ByteReader& in, std::size_t max_text_bytes) {
  Value value;
  switch (static_cast<Tag>(in.u8())) {
    case Tag::null:
      break;
    case Tag::no:
      value = false;
      break;
    case Tag::yes:
      value = true;
      break;
    case Tag::integer:
      value = in.svarint();
      break;
    case Tag::text:
      value.emplace<std::string>(in.blob(max_text_bytes));
      break;
    case Tag::id:
      value = Id::from(in.raw(id_bytes));
      break;
    case Tag::elements:
      return decode_elements(in, max_text_bytes);
    default:
      in.fail();
  }
  if (!in.ok()) return Null{};
  return value;
}

}  // namespace holdline::sync
