#include "tests/crashlab/disk_damage.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace holdline::crashlab {

namespace {

constexpr std::size_t page = 4096;

}  // namespace

void DiskDamage::fail_reads(std::uint32_t reads) {
  const std::string path = one_in(random_, 3) ? station_.log_path() : station_.path();
  if (const std::size_t size = station_.disk().read(path).size(); size > 0 && !one_in(random_, 4)) {
    const std::size_t at = below(size) / page * page;
    station_.disk().fail_reads_of(path, at, page);
    return station_.tell(path + " cannot be read at " + std::to_string(at));
  }
  const bool for_ever = one_in(random_, 3);
  station_.disk().fail_read(1 + random_.below(reads), for_ever);
}

FlippedBit DiskDamage::flip_bit() {
  const StoreFiles now = files();
  const std::size_t in_file = now.file.size() * 8, in_log = now.log.size() * 8;
  const std::uint64_t at = below(in_file + in_log);
  const FlippedBit flipped =
      at < in_file ? FlippedBit{station_.path(), at} : FlippedBit{station_.log_path(), at - in_file};
  station_.disk().flip_bit(flipped.path, flipped.bit);
  station_.tell("bit " + std::to_string(flipped.bit) + " of " + flipped.path + " (" +
                std::to_string((at < in_file ? now.file : now.log).size()) + " bytes) turns over");
  return flipped;
}

void DiskDamage::turn_back(const FlippedBit& flipped) {
  station_.disk().flip_bit(flipped.path, flipped.bit);
  done_.bit_flips -= 1;  // one damage, which the disk counted twice
}

void DiskDamage::lead_write_astray(bool misdirect, std::uint32_t writes, std::uint32_t pages) {
  if (!misdirect) return station_.disk().lose_write(station_.path(), 1 + random_.below(writes));
  const auto away = static_cast<std::int64_t>((1 + random_.below(pages)) * page);
  const bool behind = one_in(random_, 2);
  station_.disk().misdirect_write(station_.path(), 1 + random_.below(writes), behind ? away : -away);
}

bool DiskDamage::put_page_back(const std::string& before) {
  std::string now = station_.disk().read(station_.path());
  std::vector<std::size_t> changed;
  for (std::size_t at = 0; at + page <= std::min(before.size(), now.size()); at += page)
    if (before.compare(at, page, now, at, page) != 0) changed.push_back(at);
  if (changed.empty()) return false;
  const std::size_t at = changed[below(changed.size())];
  now.replace(at, page, before, at, page);
  station_.disk().write(station_.path(), now);
  ++done_.stale_pages;
  station_.tell("the page at " + std::to_string(at) + " is the older one again");
  return true;
}

StoreFiles DiskDamage::files() const {
  return {station_.disk().read(station_.path()), station_.disk().read(station_.log_path())};
}

Swap DiskDamage::swap(std::span<const Swap> ways, const StoreFiles& older, const StoreFiles& of_another) {
  ++done_.swapped_files;
  const Swap way = ways[below(ways.size())];
  do_swap(way, older, of_another);
  return way;
}

void DiskDamage::put_back(Swap way, const StoreFiles& taken) {
  station_.disk().write(station_.path(), taken.file);
  if (way == Swap::both_missing && !taken.log.empty()) station_.disk().write(station_.log_path(), taken.log);
  station_.tell("what was taken away is put back");
}

std::string DiskDamage::part_of(const std::string& bytes) {
  return bytes.substr(0, bytes.empty() ? 0 : below(bytes.size()));
}

void DiskDamage::do_swap(Swap way, const StoreFiles& older, const StoreFiles& of_another) {
  const auto file = [this](std::optional<std::string> bytes) {
    station_.disk().write(station_.path(), std::move(bytes));
  };
  const auto log = [this](std::optional<std::string> bytes) {
    station_.disk().write(station_.log_path(), std::move(bytes));
  };
  switch (way) {
    case Swap::older_without_log:
      station_.tell("an older file is put back");
      return file(older.file), log(std::nullopt);
    case Swap::older_with_its_log:
      station_.tell("an older file is put back, with its log");
      return file(older.file), log(older.log);
    case Swap::older_under_log_of_today:
      station_.tell("an older file is put back under the log of today");
      return file(older.file);
    case Swap::older_log:
      station_.tell("an older log is put back beside the file of today");
      return log(older.log);
    case Swap::no_log:
      station_.tell("the log is deleted");
      return log(std::nullopt);
    case Swap::log_cut_off:
      station_.tell("the log is cut off");
      return log(part_of(files().log));
    case Swap::file_emptied:
      station_.tell("the file is emptied");
      return file("");
    case Swap::file_cut_off:
      station_.tell("the file is cut off");
      return file(part_of(files().file));
    case Swap::log_of_another:
      station_.tell("the log of another workstation lies beside the file");
      return log(of_another.log);
    case Swap::file_of_another:
      station_.tell("the file of another workstation is put there");
      return file(of_another.file), log(of_another.log);
    case Swap::file_missing:
      station_.tell("the file is taken away, its log stays");
      return file(std::nullopt);
    case Swap::both_missing:
      station_.tell("the file and its log are taken away");
      return file(std::nullopt), log(std::nullopt);
  }
}

}  // namespace holdline::crashlab
