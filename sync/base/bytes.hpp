// Byte strings and the two cursors that every encoding of the tree is written with. Bounds are checked before any
// allocation; a reader that ran out of input stays failed, so a decoder checks once at its end.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace holdline::sync {

using Bytes =
    std::string;  // raw bytes; std::string for its small-buffer storage and because SQLite, zstd and curl take it

// Appends to a byte string it does not own.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}

  void u8(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
  // LEB128, 1..10 bytes.
  void varint(std::uint64_t v) {
    while (v >= 0x80) {
      u8(static_cast<std::uint8_t>(v | 0x80));
      v >>= 7;
    }
    u8(static_cast<std::uint8_t>(v));
  }
  // Zigzag LEB128: small magnitudes of either sign are short.
  void svarint(std::int64_t v) { varint((static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63)); }
  void raw(std::string_view bytes) { out_.append(bytes); }
  // Length, then bytes.
  void blob(std::string_view bytes) {
    varint(bytes.size());
    raw(bytes);
  }

 private:
  Bytes& out_;
};

// Reads from bytes it does not own; views it returns live as long as those bytes.
class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : in_(in) {}

  std::uint8_t u8() {
    if (at_ >= in_.size()) return failed_ = true, std::uint8_t{0};
    return static_cast<std::uint8_t>(in_[at_++]);
  }
  // Refuses more than 10 bytes, values above 64 bits, and padded forms (one value has one encoding).
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t b = u8();
      if (failed_) return 0;
      if (shift == 63 && b > 1) break;
      v |= std::uint64_t(b & 0x7f) << shift;
      if (!(b & 0x80)) {
        if (b == 0 && shift != 0) break;
        return v;
      }
    }
    failed_ = true;
    return 0;
  }
  std::int64_t svarint() {
    const std::uint64_t v = varint();
    return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
  }
  std::string_view raw(std::size_t n) {
    if (n > in_.size() - at_) return failed_ = true, std::string_view{};
    const auto view = in_.substr(at_, n);
    at_ += n;
    return view;
  }
  std::string_view blob(std::size_t max = SIZE_MAX) {
    const std::uint64_t n = varint();
    if (n > max || n > in_.size() - at_) return failed_ = true, std::string_view{};
    return raw(static_cast<std::size_t>(n));
  }
  // A count of items of at least `min_item_bytes` each: fails when the input cannot hold that many, so a hostile
  // count never sizes an allocation.
  std::size_t count(std::size_t min_item_bytes = 1) {
    const std::uint64_t n = varint();
    if (min_item_bytes != 0 && n > (in_.size() - at_) / min_item_bytes) return failed_ = true, std::size_t{0};
    return static_cast<std::size_t>(n);
  }

  void fail() { failed_ = true; }
  bool ok() const { return !failed_; }
  bool done() const { return !failed_ && at_ == in_.size(); }
  std::size_t position() const { return at_; }
  std::size_t remaining() const { return in_.size() - at_; }

 private:
  std::string_view in_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace holdline::sync
