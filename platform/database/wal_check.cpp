#include "platform/database/wal_check.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>
#include <vector>

namespace holdline::platform {
namespace {

constexpr std::size_t log_header = 32, frame_header = 24, summed_of_log_header = 24, summed_of_frame_header = 8;
constexpr std::uint32_t magic = 0x377f0682;  // its last bit: the words summed are big-endian
constexpr std::size_t sector = 512;          // what a disk writes whole or not at all
constexpr std::uint32_t min_page = 512, largest_page = 65536;

using Bytes = std::span<const std::uint8_t>;

std::uint32_t word(Bytes bytes, std::size_t at, bool big_endian = true) {
  const std::uint32_t big = std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
                            std::uint32_t{bytes[at + 2]} << 8 | std::uint32_t{bytes[at + 3]};
  return big_endian ? big : __builtin_bswap32(big);
}

bool is_zero(Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

struct Sum {
  std::uint32_t a = 0, b = 0;
  bool operator==(const Sum&) const = default;

  Sum over(Bytes bytes, bool big_endian) const {
    Sum sum = *this;
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      sum.a += word(bytes, at, big_endian) + sum.b;
      sum.b += word(bytes, at + 4, big_endian) + sum.a;
    }
    return sum;
  }
  static Sum at(Bytes bytes, std::size_t offset) { return {word(bytes, offset), word(bytes, offset + 4)}; }
};

int different_bits(const Sum& x, const Sum& y) { return std::popcount(x.a ^ y.a) + std::popcount(x.b ^ y.b); }

// Whether `difference` between two sums over `pairs` pairs of words is what one bit in one of the words makes. The sum
// is linear: what a word adds is carried on by every pair after it.
bool made_by_one_bit(const Sum& difference, std::size_t pairs) {
  Sum first{1, 1}, second{0, 1};  // what 1 more in either word of a pair adds to the sum at the end
  for (; pairs > 0; --pairs) {
    for (Sum* added : {&first, &second}) {
      for (int bit = 0; bit < 32; ++bit) {
        const Sum more{added->a << bit, added->b << bit};
        if (difference == more || difference == Sum{0 - more.a, 0 - more.b}) return true;
      }
      added->a += added->b;
      added->b += added->a;
    }
  }
  return false;
}

// What the two words of the first of `pairs` pairs would have to be more for the sum to be more by `difference`: the
// other way round of what a word adds, which is two neighbours of the Fibonacci numbers.
std::pair<std::uint32_t, std::uint32_t> first_words_for(const Sum& difference, std::size_t pairs) {
  std::uint32_t before = 0, here = 1;  // F(2k) and F(2k + 1)
  for (std::size_t k = 1; k < pairs; ++k) {
    before += here;
    here += before;
  }
  const std::uint32_t after = before + here;
  return {here * difference.a - before * difference.b, here * difference.b - after * difference.a};
}

class Log {
 public:
  Log(std::uint64_t size, std::uint64_t file_size, const ReadWal& read)
      : size_(size), file_size_(file_size), read_(read) {}

  Result<bool> is_damaged() {
    if (size_ <= log_header) return false;
    std::array<std::uint8_t, log_header> header{};
    HOLDLINE_TRY(read_(0, header));
    if (is_zero(header)) return frames_without_header();
    big_endian_ = (word(header, 0) & 1) != 0;
    page_ = word(header, 8);
    salt_ = Sum::at(header, 16);
    Sum sum = Sum{}.over(Bytes(header).first(summed_of_log_header), big_endian_);
    if ((word(header, 0) & ~1u) != magic || page_ < min_page || page_ > largest_page || !std::has_single_bit(page_) ||
        sum != Sum::at(header, summed_of_log_header))
      return true;
    for (std::uint64_t i = 0; i < frames(); ++i) {
      HOLDLINE_TRY(load(i));
      if (i == 0) starts_own_ = salt() == salt_;
      const Sum computed = sum_of_frame(sum);
      if (computed != stored() || salt() != salt_) return is_damaged_at(i, computed);
      sum = computed;
    }
    return false;
  }

 private:
  std::uint64_t frames() const { return (size_ - log_header) / (frame_header + page_); }
  Result<void> load(std::uint64_t frame) {
    frame_.resize(frame_header + page_);
    return read_(log_header + frame * frame_.size(), frame_);
  }
  bool commits() const { return word(frame_, 4) != 0; }  // the size of the database after it
  Sum salt() const { return Sum::at(frame_, 8); }
  // Left by an earlier generation of the log: every one counts the first word of the salt up by one. Frames of a later
  // one show that the header is not the one that was synced before they were written. But a log that was emptied begins
  // with a salt of its own, and a power failure before the sync of its header leaves that before whatever there was: no
  // frame of its own yet, and salts that say nothing of before and after. A header that came back with its sector has
  // the words of the first frame with it.
  bool is_earlier() const {
    return salt() != salt_ && (!starts_own_ || static_cast<std::int32_t>(salt().a - salt_.a) <= 0);
  }
  Sum stored() const { return Sum::at(frame_, 16); }
  Sum sum_of_frame(const Sum& before) const {
    return before.over(Bytes(frame_).first(summed_of_frame_header), big_endian_)
        .over(Bytes(frame_).subspan(frame_header), big_endian_);
  }

  // SQLite syncs the header before it writes the first frame. All zeros are a file that was made longer and never
  // written.
  Result<bool> frames_without_header() {
    for (std::uint64_t at = log_header; at < size_;) {
      frame_.resize(std::min<std::uint64_t>(largest_page, size_ - at));
      HOLDLINE_TRY(read_(at, frame_));
      if (!is_zero(frame_)) return true;
      at += frame_.size();
    }
    return false;
  }

  // The loaded frame is the first that does not fit.
  Result<bool> is_damaged_at(std::uint64_t broken, const Sum& computed) {
    if (computed == stored() && different_bits(salt(), salt_) == 1) return true;
    if (salt() == salt_) {
      const Sum difference{stored().a - computed.a, stored().b - computed.b};
      const std::size_t pairs = (summed_of_frame_header + page_) / 8;
      const auto lost = lost_start(broken, difference, pairs);
      if (!lost && (different_bits(computed, stored()) == 1 || made_by_one_bit(difference, pairs))) return true;
      return commit_was_followed(broken, lost ? lost->pages != 0 : commits() && !starts_alone(broken));
    }
    return commit_was_followed(broken, false);
  }

  // A frame that carries on the sum of a commit was written after that commit had been synced, with all before it.
  Result<bool> commit_was_followed(std::uint64_t broken, bool broken_commits) {
    Sum before = stored();
    bool after_commit = broken_commits;
    for (std::uint64_t i = broken + 1; i < frames(); ++i) {
      HOLDLINE_TRY(load(i));
      const bool follows = !is_earlier() && sum_of_frame(before) == stored();
      if (after_commit && follows) return true;
      // The salt shows that the size beside it is not what an earlier generation of the log left there.
      after_commit = commits() && !is_earlier() && (follows || !starts_alone(i));
      before = stored();
    }
    return false;
  }

  // Whether a sector ends between the page and size of a frame and its salt.
  bool starts_alone(std::uint64_t frame) const {
    return (log_header + frame * frame_.size() + summed_of_frame_header) % sector == 0;
  }

  struct Start {
    std::uint32_t page, pages;
  };
  // A power failure may lose the first words of a frame alone, page and size, where a sector ends behind them. What is
  // there instead, zeros or an older frame's words, often differs from them by one bit. What they were, if that would
  // explain the difference.
  std::optional<Start> lost_start(std::uint64_t frame, const Sum& difference, std::size_t pairs) const {
    if (!starts_alone(frame)) return std::nullopt;
    const auto [page, pages] = first_words_for(difference, pairs);
    const Start lost{number(word(frame_, 0, big_endian_) + page), number(word(frame_, 4, big_endian_) + pages)};
    // A log begins when all that the one before it said is in the file.
    const std::uint64_t most = file_size_ / page_ + frames();
    if (lost.page == 0 || lost.page > most || lost.pages > most) return std::nullopt;
    return lost;
  }
  // A word as it is summed, as the number it stands for.
  std::uint32_t number(std::uint32_t summed) const { return big_endian_ ? summed : __builtin_bswap32(summed); }

  std::uint64_t size_, file_size_;
  const ReadWal& read_;
  bool big_endian_ = false;
  std::uint32_t page_ = 0;
  Sum salt_;
  bool starts_own_ = false;  // the first frame has the header's salt
  std::vector<std::uint8_t> frame_;
};

}  // namespace

Result<bool> wal_is_damaged(std::uint64_t size, std::uint64_t file_size, const ReadWal& read) {
  return Log(size, file_size, read).is_damaged();
}

}  // namespace holdline::platform
