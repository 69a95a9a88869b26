// Columns of like values: how a batch lays numbers, texts and ids side by side so that zstd sees like beside like. The
// writer picks a column's mode by size and says it in one byte; the reader is a cursor over the bytes it was given, so
// that a hostile count or mode never sizes an allocation. The byte-exact form is in PROTOCOL.md.
// Internal to sync/wire.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/bytes.hpp"
#include "sync/base/id.hpp"

namespace holdline::sync {

// The three parts of a body. Bytes that do not compress (salts, random halves of ids) lie together, and so do texts:
// zstd keeps one table of symbol frequencies per block.
struct ColumnSink {
  Bytes numbers, random, texts;
};

struct ColumnSource {
  ByteReader numbers, random, texts;
  bool ok() const { return numbers.ok() && random.ok() && texts.ok(); }
  bool done() const { return numbers.done() && random.done() && texts.done(); }
};

// The body of a batch: lengths of `random` and `numbers`, then the three parts.
Bytes join(const ColumnSink& sink);
ColumnSource split(std::string_view body);

enum class IntMode : std::uint8_t { constant, plain, delta, fixed };
enum class TextMode : std::uint8_t { plain, dictionary, phone };
enum class IdMode : std::uint8_t { plain, v7, dictionary };

// Texts of one dictionary, numbered by one byte.
inline constexpr std::size_t text_dictionary_limit = 255;

void write_ints(ColumnSink& sink, std::span<const std::int64_t> values);
void write_texts(ColumnSink& sink, std::span<const std::string_view> values);
void write_ids(ColumnSink& sink, std::span<const Id> values);

// Each reader starts at the column the source is at, moves the source behind it, and then hands out one value per call.
// Malformed input and reading past the end leave it failed; the values it then returns mean nothing. `done` also
// requires that every value was read.
class IntReader {
 public:
  IntReader() = default;
  explicit IntReader(ColumnSource& source);
  std::int64_t next();
  bool done() const { return mode_ == IntMode::constant ? data_.ok() : data_.done(); }

 private:
  IntMode mode_ = IntMode::constant;
  unsigned width_ = 0;  // fixed: bytes per value
  std::int64_t base_ = 0;
  ByteReader data_{{}};
};

class TextReader {
 public:
  TextReader() = default;
  explicit TextReader(ColumnSource& source);
  std::string_view next();  // valid until the next call and as long as the body
  bool done() const;

 private:
  void read_table(ByteReader& texts);
  std::string_view phone(std::string_view head);

  TextMode mode_ = TextMode::plain;
  bool ok_ = true;
  unsigned digits_ = 0;       // phone: of the number column
  IntReader index_, number_;  // plain: index_ holds lengths
  ByteReader bytes_{{}};
  std::vector<std::string_view> entries_;  // dictionary: texts; phone: what stands before the last digits
  std::string scratch_;                    // phone: the text put together
};

class IdReader {
 public:
  IdReader() = default;
  explicit IdReader(ColumnSource& source);
  Id next();
  bool done() const;

 private:
  IdMode mode_ = IdMode::plain;
  bool ok_ = true;
  std::string_view prefix_;
  ByteReader rest_{{}};
  std::string_view table_;  // dictionary: the entries without the common prefix
  IntReader number_;        // v7: time and two bits; dictionary: index
};

}  // namespace holdline::sync
