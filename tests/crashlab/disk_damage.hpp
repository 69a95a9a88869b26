// What a disk does to the file and the log of a store, at a place that chance chooses.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tests/crashlab/station.hpp"

namespace holdline::crashlab {

enum class Swap : std::uint8_t {
  older_without_log,
  older_with_its_log,
  older_under_log_of_today,
  older_log,
  no_log,
  log_cut_off,
  file_emptied,
  file_cut_off,
  log_of_another,
  file_of_another,  // with its log
  file_missing,     // its log is still there
  both_missing,
};

// What a store has on its disk.
struct StoreFiles {
  std::string file, log;
};

// The file is away or empty, as on a machine where nothing was saved yet.
constexpr bool takes_file_away(Swap way) {
  return way == Swap::file_missing || way == Swap::both_missing || way == Swap::file_emptied;
}

struct FlippedBit {
  std::string path;
  std::uint64_t bit = 0;
};

// Draws from the chance of the experiment, and does its damage to one station. Tells what it did.
class DiskDamage {
 public:
  DiskDamage(Station& station, Random& random) : station_(station), random_(random) {}

  // Nothing was done yet.
  void begin() { done_ = {}; }
  // What the disk does not count itself.
  const Injected& done() const { return done_; }

  // A page of file or log cannot be read, or one of the next reads fails, once or for ever.
  void fail_reads(std::uint32_t reads);
  // Anywhere in file or log; nobody has them open.
  FlippedBit flip_bit();
  void turn_back(const FlippedBit& flipped);
  // One of the next writes to the file lands up to so many pages before or after its place, or is never done.
  void lead_write_astray(bool misdirect, std::uint32_t writes, std::uint32_t pages);
  // A page that is another one than in `before` becomes that again. False: there is none.
  bool put_page_back(const std::string& before);
  StoreFiles files() const;
  // In one of these ways; says which.
  Swap swap(std::span<const Swap> ways, const StoreFiles& older, const StoreFiles& of_another = {});
  // What such a swap took away is there again. Nothing else is touched.
  void put_back(Swap way, const StoreFiles& taken);

 private:
  void do_swap(Swap way, const StoreFiles& older, const StoreFiles& of_another);
  std::string part_of(const std::string& bytes);
  std::uint32_t below(std::size_t n) { return random_.below(static_cast<std::uint32_t>(n)); }

  Station& station_;
  Random& random_;
  Injected done_;
};

}  // namespace holdline::crashlab
