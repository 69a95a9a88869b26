// Values to columns: each column is tried plain, by difference and by dictionary, and written the shortest way.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "sync/base/interner.hpp"
#include "sync/wire/columns.hpp"

namespace holdline::sync {

namespace {

std::uint64_t zigzag(std::int64_t v) {
  return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}
std::size_t varint_size(std::uint64_t v) { return (static_cast<std::size_t>(std::bit_width(v | 1)) + 6) / 7; }
std::int64_t difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

template <class Mode>
void write_mode(ColumnSink& sink, Mode mode) {
  sink.numbers.push_back(static_cast<char>(mode));
}

struct IntSizes {
  std::size_t plain = 0, delta = 0;
  std::int64_t least = 0, most = 0;
  unsigned width() const {
    const auto range = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
    return (static_cast<unsigned>(std::bit_width(range)) + 7) / 8;
  }
};

IntSizes measure(std::span<const std::int64_t> values) {
  IntSizes sizes;
  sizes.least = sizes.most = values[0];
  std::int64_t last = 0;
  for (const std::int64_t v : values) {
    sizes.plain += varint_size(zigzag(v));
    sizes.delta += varint_size(zigzag(difference(v, last)));
    sizes.least = std::min(sizes.least, v);
    sizes.most = std::max(sizes.most, v);
    last = v;
  }
  return sizes;
}

void write_fixed(Bytes& out, std::span<const std::int64_t> values, std::int64_t least, unsigned width) {
  static_assert(std::endian::native == std::endian::little);
  for (const std::int64_t v : values) {
    const std::int64_t offset = difference(v, least);
    out.append(reinterpret_cast<const char*>(&offset), width);
  }
}

// The number of digits to split off so that what is left makes a dictionary, or 0 when these are not all phone numbers.
unsigned phone_digits(std::span<const std::string_view> values, Interner& heads) {
  const auto is_phone = [](std::string_view text) {
    if (text.size() < 9 || text.size() > 16 || text[0] != '+') return false;
    return std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (values.size() < 2 || !std::all_of(values.begin(), values.end(), is_phone)) return 0;
  for (unsigned digits = 7; digits <= 8; ++digits) {
    heads.clear();
    bool fits = true;
    for (std::size_t i = 0; fits && i < values.size(); ++i) {
      heads.number(values[i].substr(0, values[i].size() - digits));
      fits = heads.keys().size() <= text_dictionary_limit;
    }
    if (fits) return digits;
  }
  return 0;
}

void write_dictionary(ColumnSink& sink, const std::vector<std::string_view>& entries) {
  ByteWriter w(sink.texts);
  w.u8(static_cast<std::uint8_t>(entries.size()));
  for (const auto entry : entries) w.blob(entry);
}

void write_phones(ColumnSink& sink, std::span<const std::string_view> values, unsigned digits, Interner& heads) {
  ByteWriter w(sink.numbers);
  write_mode(sink, TextMode::phone);
  w.u8(static_cast<std::uint8_t>(digits));
  write_dictionary(sink, heads.keys());
  std::vector<std::int64_t> index, number;
  index.reserve(values.size());
  number.reserve(values.size());
  for (const auto text : values) {
    index.push_back(heads.number(text.substr(0, text.size() - digits)));
    std::int64_t v = 0;
    for (const char c : text.substr(text.size() - digits)) v = v * 10 + (c - '0');
    number.push_back(v);
  }
  write_ints(sink, index);
  write_ints(sink, number);
}

// Tries a dictionary; false (and nothing written) when it would not be smaller.
bool write_by_dictionary(ColumnSink& sink, std::span<const std::string_view> values, Interner& entries) {
  entries.clear();
  std::vector<std::int64_t> index;
  index.reserve(values.size());
  std::size_t plain = 0, table = 0;
  for (const auto text : values) {
    const std::size_t before = entries.keys().size();
    index.push_back(entries.number(text));
    if (entries.keys().size() != before) table += text.size() + 1;
    if (entries.keys().size() > text_dictionary_limit) return false;
    plain += text.size();
  }
  // A dictionary of one needs no index: the index column is constant.
  const std::size_t indexed = entries.keys().size() == 1 ? 2 : values.size();
  if (table + indexed >= plain + values.size()) return false;
  write_mode(sink, TextMode::dictionary);
  write_dictionary(sink, entries.keys());
  write_ints(sink, index);
  return true;
}

bool is_v7(const Id& id) { return id.bytes[6] >> 4 == 7 && id.bytes[8] >> 6 == 2; }

// Everything of a UUIDv7 but version and variant: 48 bits of time and the first two random ones as a number, 72 random
// bits as 9 bytes.
std::pair<std::int64_t, std::array<char, 9>> pack_v7(const Id& id) {
  std::uint64_t ms = 0, tail = 0;
  for (unsigned i = 0; i < 6; ++i) ms = ms << 8 | id.bytes[i];
  for (unsigned i = 8; i < 16; ++i) tail = tail << 8 | id.bytes[i];
  const std::uint64_t head = (id.bytes[6] & 0x0fu) << 8 | id.bytes[7];  // 12 random bits
  tail = (tail & ~(3ull << 62)) | (head & 3) << 62;
  std::array<char, 9> packed;
  packed[0] = static_cast<char>(head >> 2 & 0xff);
  for (unsigned i = 0; i < 8; ++i) packed[1 + i] = static_cast<char>(tail >> (8 * (7 - i)));
  return {static_cast<std::int64_t>(ms << 2 | head >> 10), packed};
}

void write_v7(ColumnSink& sink, std::span<const Id> values) {
  write_mode(sink, IdMode::v7);
  std::vector<std::int64_t> numbers;
  numbers.reserve(values.size());
  Bytes tails;
  tails.reserve(values.size() * 9);
  for (const Id& id : values) {
    const auto [number, tail] = pack_v7(id);
    numbers.push_back(number);
    tails.append(tail.data(), tail.size());
  }
  write_ints(sink, numbers);
  ByteWriter(sink.numbers).varint(tails.size());
  sink.random += tails;
}

// Prefix that all have, then the rest of each.
void write_rests(ColumnSink& sink, std::span<const Id> values) {
  std::size_t prefix = values.empty() ? 0 : 16;
  for (const Id& id : values)
    while (prefix != 0 && std::memcmp(id.bytes.data(), values[0].bytes.data(), prefix) != 0) --prefix;
  ByteWriter w(sink.numbers);
  w.u8(static_cast<std::uint8_t>(prefix));
  if (prefix != 0) w.raw(values[0].view().substr(0, prefix));
  w.varint(values.size() * (16 - prefix));
  for (const Id& id : values) sink.random += id.view().substr(prefix);
}

}  // namespace

Bytes join(const ColumnSink& sink) {
  Bytes body;
  body.reserve(sink.numbers.size() + sink.random.size() + sink.texts.size() + 20);
  ByteWriter w(body);
  w.varint(sink.random.size());
  w.varint(sink.numbers.size());
  w.raw(sink.random);
  w.raw(sink.numbers);
  w.raw(sink.texts);
  return body;
}

void write_ints(ColumnSink& sink, std::span<const std::int64_t> values) {
  ByteWriter w(sink.numbers);
  const IntSizes sizes = values.empty() ? IntSizes{} : measure(values);
  if (sizes.least == sizes.most) {
    write_mode(sink, IntMode::constant);
    w.svarint(sizes.least);
    return;
  }
  const std::size_t fixed = values.size() * sizes.width();
  if (fixed < std::min(sizes.plain, sizes.delta)) {
    write_mode(sink, IntMode::fixed);
    w.u8(static_cast<std::uint8_t>(sizes.width()));
    w.svarint(sizes.least);
    w.varint(fixed);
    write_fixed(sizes.width() > 1 ? sink.random : sink.numbers, values, sizes.least, sizes.width());
    return;
  }
  const bool delta = sizes.delta < sizes.plain;
  write_mode(sink, delta ? IntMode::delta : IntMode::plain);
  w.varint(delta ? sizes.delta : sizes.plain);
  std::int64_t last = 0;
  for (const std::int64_t v : values) {
    w.svarint(delta ? difference(v, last) : v);
    last = v;
  }
}

void write_texts(ColumnSink& sink, std::span<const std::string_view> values) {
  Interner interner;
  if (values.size() > 1 && write_by_dictionary(sink, values, interner)) return;
  if (const unsigned digits = phone_digits(values, interner)) return write_phones(sink, values, digits, interner);
  ByteWriter w(sink.numbers);
  write_mode(sink, TextMode::plain);
  std::vector<std::int64_t> lengths;
  lengths.reserve(values.size());
  std::size_t total = 0;
  for (const auto text : values) {
    lengths.push_back(static_cast<std::int64_t>(text.size()));
    total += text.size();
  }
  write_ints(sink, lengths);
  w.varint(total);
  for (const auto text : values) sink.texts += text;
}

void write_ids(ColumnSink& sink, std::span<const Id> values) {
  ByteWriter w(sink.numbers);
  Interner interner;
  std::vector<std::int64_t> index;
  index.reserve(values.size());
  for (const Id& id : values) index.push_back(interner.number(id.view()));
  const auto& keys = interner.keys();
  const std::size_t index_bytes = keys.size() == 1 ? 0 : keys.size() <= 256 ? 1 : 3;
  if (values.size() > 1 && keys.size() * 16 + values.size() * index_bytes < values.size() * 14) {
    std::vector<Id> table;
    for (const auto key : keys) table.push_back(Id::from(key));
    write_mode(sink, IdMode::dictionary);
    write_rests(sink, table);
    write_ints(sink, index);
  } else if (!values.empty() && std::all_of(values.begin(), values.end(), is_v7)) {
    write_v7(sink, values);
  } else {
    write_mode(sink, IdMode::plain);
    write_rests(sink, values);
  }
}

}  // namespace holdline::sync
