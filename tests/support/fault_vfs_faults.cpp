// What goes wrong on a FaultDisk: what is asked for, and whether it is due.
#include "tests/support/fault_vfs_file.hpp"

namespace holdline::support {
namespace {

// Counts down to the one that fails; with `for_ever` it stays there.
bool due(std::uint64_t& in, bool for_ever) {
  if (in == 0) return false;
  if (in > 1) return --in, false;
  if (!for_ever) in = 0;
  return true;
}

}  // namespace

void FaultDisk::Write::apply_to_cache(std::string& image) const {
  if (truncates) {
    image.resize(offset);
  } else {
    fault_disk_put(image, offset, bytes);
  }
}

void FaultDisk::Write::apply_to_medium(std::string& image) const {
  if (astray_to) return fault_disk_put(image, *astray_to, bytes);
  if (!lost) apply_to_cache(image);
}

void FaultDisk::fail_sync(std::uint64_t nth, bool for_ever) {
  const std::lock_guard guard(mutex_);
  sync_fails_in_ = nth;
  syncs_fail_ = for_ever;
}

void FaultDisk::fail_read(std::uint64_t nth, bool for_ever) {
  const std::lock_guard guard(mutex_);
  read_fails_in_ = nth;
  reads_fail_ = for_ever;
}

void FaultDisk::fail_reads_of(const std::string& path, std::uint64_t offset, std::uint64_t size) {
  const std::lock_guard guard(mutex_);
  if (const auto it = files_.find(path); it != files_.end()) it->second->unreadable.emplace_back(offset, size);
}

void FaultDisk::refuse_changes(std::uint64_t nth) {
  const std::lock_guard guard(mutex_);
  refused_in_ = nth;
}

void FaultDisk::clear_faults() {
  const std::lock_guard guard(mutex_);
  sync_fails_in_ = read_fails_in_ = refused_in_ = power_fails_in_ = 0;
  syncs_fail_ = reads_fail_ = false;
  astray_ = {};
  for (auto& [path, file] : files_) file->unreadable.clear();
}

void FaultDisk::spare_reads(bool spared) {
  const std::lock_guard guard(mutex_);
  reads_spared_ = spared;
}

void FaultDisk::misdirect_write(const std::string& path, std::uint64_t nth, std::int64_t by) {
  const std::lock_guard guard(mutex_);
  astray_ = {path, nth, by};
}

void FaultDisk::lose_write(const std::string& path, std::uint64_t nth) {
  const std::lock_guard guard(mutex_);
  astray_ = {path, nth, std::nullopt};
}

void FaultDisk::forget_cache() {
  const std::lock_guard guard(mutex_);
  for (auto& [path, file] : files_) {
    file->now = file->durable;
    for (const Write& write : file->unsynced) write.apply_to_cache(file->now);
  }
}

bool FaultDisk::flip_bit(const std::string& path, std::uint64_t bit) {
  const std::lock_guard guard(mutex_);
  const auto it = files_.find(path);
  if (it == files_.end() || bit / 8 >= it->second->now.size()) return false;
  for (std::string* image : {&it->second->now, &it->second->durable})
    if (bit / 8 < image->size()) (*image)[bit / 8] = static_cast<char>((*image)[bit / 8] ^ (1 << bit % 8));
  ++counts_.flipped_bits;
  return true;
}

bool FaultDisk::change_fails() {
  if (power_fails_in_ != 0 && --power_fails_in_ == 0) power_off_ = true;
  return power_off_;
}

bool FaultDisk::sync_fails() { return due(sync_fails_in_, syncs_fail_); }

bool FaultDisk::read_fails(const File& file, std::uint64_t offset, std::uint64_t size) {
  if (reads_spared_) return false;
  bool fails = due(read_fails_in_, reads_fail_);
  for (const auto& [bad, length] : file.unreadable) fails = fails || (offset < bad + length && bad < offset + size);
  if (fails) ++counts_.failed_reads;
  return fails;
}

bool FaultDisk::change_refused() {
  if (!due(refused_in_, true)) return false;
  ++counts_.refused_changes;
  return true;
}

void FaultDisk::lead_astray(const File& file, Write& write) {
  if (astray_.in == 0 || write.bytes.size() < fault_disk_sector) return;
  const auto it = files_.find(astray_.path);
  if (it == files_.end() || it->second.get() != &file || !due(astray_.in, false)) return;
  const auto to = static_cast<std::int64_t>(write.offset) + astray_.by.value_or(0);
  const bool within = to >= 0 && static_cast<std::uint64_t>(to) + write.bytes.size() <= file.durable.size();
  write.lost = true;
  if (astray_.by && within) write.astray_to = static_cast<std::uint64_t>(to);
  ++(astray_.by ? counts_.stray_writes : counts_.lost_writes);
}

}  // namespace holdline::support
