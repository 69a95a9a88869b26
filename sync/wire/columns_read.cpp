// Columns back to values: plain, by difference or by dictionary, nothing allocated beyond what the bytes can hold.
#include <bit>
#include <cstring>
#include <limits>

#include "sync/wire/columns.hpp"

namespace holdline::sync {

namespace {

std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

// The bytes a column keeps in one of the parts; their number stands among the numbers.
std::string_view take(ColumnSource& source, ByteReader& part) {
  const std::uint64_t size = source.numbers.varint();
  if (size > part.remaining()) return source.numbers.fail(), std::string_view{};
  return part.raw(static_cast<std::size_t>(size));
}

Id unpack_v7(std::int64_t number, std::string_view tail) {
  const auto packed = static_cast<std::uint64_t>(number);
  const auto byte = [tail](std::size_t i) { return static_cast<std::uint8_t>(tail[i]); };
  const unsigned head = static_cast<unsigned>(packed & 3) << 10 | byte(0) << 2u | byte(1) >> 6u;
  Id id;
  for (unsigned i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(packed >> (2 + 8 * (5 - i)));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | head >> 8);
  id.bytes[7] = static_cast<std::uint8_t>(head);
  std::memcpy(id.bytes.data() + 8, tail.data() + 1, 8);
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

constexpr std::size_t v7_tail = 9;
constexpr std::int64_t v7_limit = std::int64_t{1} << 50;

}  // namespace

ColumnSource split(std::string_view body) {
  ByteReader in(body);
  const std::uint64_t random = in.varint(), numbers = in.varint();
  ColumnSource source{ByteReader({}), ByteReader({}), ByteReader({})};
  if (!in.ok() || random > in.remaining() || numbers > in.remaining() - random) return source.numbers.fail(), source;
  source.random = ByteReader(in.raw(static_cast<std::size_t>(random)));
  source.numbers = ByteReader(in.raw(static_cast<std::size_t>(numbers)));
  source.texts = ByteReader(in.raw(in.remaining()));
  return source;
}

IntReader::IntReader(ColumnSource& source) {
  const std::uint8_t mode = source.numbers.u8();
  if (mode > static_cast<std::uint8_t>(IntMode::fixed)) {
    source.numbers.fail();
    data_.fail();
    return;
  }
  mode_ = static_cast<IntMode>(mode);
  if (mode_ == IntMode::fixed) width_ = source.numbers.u8();
  if (mode_ == IntMode::constant || mode_ == IntMode::fixed) base_ = source.numbers.svarint();
  if (mode_ == IntMode::constant) return;
  if (mode_ == IntMode::fixed && (width_ == 0 || width_ > 8)) {
    source.numbers.fail();
    data_.fail();
    return;
  }
  data_ = ByteReader(take(source, mode_ == IntMode::fixed && width_ > 1 ? source.random : source.numbers));
}

std::int64_t IntReader::next() {
  switch (mode_) {
    case IntMode::constant:
      return base_;
    case IntMode::plain:
      return data_.svarint();
    case IntMode::delta:
      return base_ = sum(base_, data_.svarint());
    case IntMode::fixed:
      break;
  }
  static_assert(std::endian::native == std::endian::little);
  std::int64_t offset = 0;
  const auto bytes = data_.raw(width_);
  if (bytes.size() == width_) std::memcpy(&offset, bytes.data(), width_);
  return sum(base_, offset);
}

TextReader::TextReader(ColumnSource& source) {
  const std::uint8_t mode = source.numbers.u8();
  ok_ = mode <= static_cast<std::uint8_t>(TextMode::phone);
  if (!ok_) {
    source.numbers.fail();
    return;
  }
  mode_ = static_cast<TextMode>(mode);
  if (mode_ == TextMode::plain) {
    index_ = IntReader(source);
    bytes_ = ByteReader(take(source, source.texts));
    return;
  }
  if (mode_ == TextMode::phone) digits_ = source.numbers.u8();
  if (digits_ > 18) {
    source.numbers.fail();
    return;
  }
  read_table(source.texts);
  index_ = IntReader(source);
  if (mode_ == TextMode::phone) number_ = IntReader(source);
}

void TextReader::read_table(ByteReader& texts) {
  const std::size_t count = texts.u8();
  entries_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) entries_.push_back(texts.blob());
}

std::string_view TextReader::next() {
  const auto index = static_cast<std::uint64_t>(index_.next());
  if (mode_ == TextMode::plain) {
    if (index > bytes_.remaining()) return ok_ = false, std::string_view{};
    return bytes_.raw(static_cast<std::size_t>(index));
  }
  if (index >= entries_.size()) return ok_ = false, std::string_view{};
  const std::string_view entry = entries_[static_cast<std::size_t>(index)];
  return mode_ == TextMode::phone ? phone(entry) : entry;
}

std::string_view TextReader::phone(std::string_view head) {
  auto number = static_cast<std::uint64_t>(number_.next());
  scratch_.assign(head);
  scratch_.resize(head.size() + digits_);
  for (std::size_t i = scratch_.size(); i > head.size(); --i, number /= 10)
    scratch_[i - 1] = static_cast<char>('0' + number % 10);
  if (number != 0) ok_ = false;
  return scratch_;
}

bool TextReader::done() const {
  return ok_ && index_.done() && number_.done() && (mode_ != TextMode::plain || bytes_.done());
}

IdReader::IdReader(ColumnSource& source) {
  const std::uint8_t mode = source.numbers.u8();
  ok_ = mode <= static_cast<std::uint8_t>(IdMode::dictionary);
  if (!ok_) {
    source.numbers.fail();
    return;
  }
  mode_ = static_cast<IdMode>(mode);
  if (mode_ == IdMode::v7) {
    number_ = IntReader(source);
    rest_ = ByteReader(take(source, source.random));
    return;
  }
  const std::size_t prefix = source.numbers.u8();
  if (prefix > 16) {
    source.numbers.fail();
    return;
  }
  prefix_ = source.numbers.raw(prefix);
  const std::string_view rests = take(source, source.random);
  if (mode_ == IdMode::plain) {
    rest_ = ByteReader(rests);
  } else {
    table_ = rests;
    number_ = IntReader(source);
  }
}

Id IdReader::next() {
  if (mode_ == IdMode::v7) {
    const std::int64_t number = number_.next();
    const auto tail = rest_.raw(v7_tail);
    if (tail.size() != v7_tail || number < 0 || number >= v7_limit) return ok_ = false, Id{};
    return unpack_v7(number, tail);
  }
  const std::size_t width = 16 - prefix_.size();
  std::string_view rest;
  if (mode_ == IdMode::plain) {
    rest = rest_.raw(width);
  } else {
    const auto index = static_cast<std::uint64_t>(number_.next());
    if (width == 0 ? index != 0 : index >= table_.size() / width) return ok_ = false, Id{};
    rest = table_.substr(static_cast<std::size_t>(index) * width, width);
  }
  if (rest.size() != width) return ok_ = false, Id{};
  Id id;
  char* const out = reinterpret_cast<char*>(id.bytes.data());
  rest.copy(out + prefix_.copy(out, prefix_.size()), width);
  return id;
}

bool IdReader::done() const { return ok_ && number_.done() && (mode_ == IdMode::dictionary || rest_.done()); }

}  // namespace holdline::sync
