#include "tests/support/fault_vfs.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <stdexcept>

#include "tests/support/fault_vfs_file.hpp"

namespace holdline::support {
namespace {

bool tears(PowerLoss loss) { return loss == PowerLoss::random_sectors || loss == PowerLoss::random_pages; }

}  // namespace

void choose_log_salts(std::uint64_t seed) {
  const auto folded = static_cast<int>((seed ^ (seed >> 31)) % std::numeric_limits<int>::max());
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, folded + 1, nullptr);  // 0 would ask the system for a seed
}

FaultDisk::FaultDisk(std::string name, std::uint64_t seed) : name_(std::move(name)), random_(seed) {
  if (sqlite3_vfs_find(name_.c_str()) != nullptr) throw std::logic_error("a VFS of this name exists: " + name_);
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(Handle);
  vfs_.mxPathname = 512;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = FaultCalls::open;
  vfs_.xDelete = FaultCalls::remove;
  vfs_.xAccess = FaultCalls::access;
  vfs_.xFullPathname = [](sqlite3_vfs*, const char* path, int size, char* out) {
    return std::snprintf(out, static_cast<std::size_t>(size), "%s", path) < size ? SQLITE_OK : SQLITE_CANTOPEN;
  };
  vfs_.xRandomness = FaultCalls::randomness;
  vfs_.xSleep = [](sqlite3_vfs*, int) { return 0; };
  vfs_.xCurrentTime = [](sqlite3_vfs*, double* days) { return *days = 2460000.5, SQLITE_OK; };
  sqlite3_vfs_register(&vfs_, 0);
}

FaultDisk::~FaultDisk() { sqlite3_vfs_unregister(&vfs_); }

void FaultDisk::reseed(std::uint64_t seed) {
  const std::lock_guard guard(mutex_);
  random_.seed(seed);
}

void FaultDisk::set_capacity(std::optional<std::uint64_t> bytes) {
  const std::lock_guard guard(mutex_);
  capacity_ = bytes;
}

void FaultDisk::cut_power_at(std::uint64_t nth) {
  const std::lock_guard guard(mutex_);
  power_fails_in_ = nth;
}

void FaultDisk::cut_power() {
  const std::lock_guard guard(mutex_);
  power_off_ = true;
}

bool FaultDisk::power_is_off() const {
  const std::lock_guard guard(mutex_);
  return power_off_;
}

void FaultDisk::restore_power(PowerLoss loss) {
  const std::lock_guard guard(mutex_);
  power_off_ = false;
  power_fails_in_ = 0;
  // Whoever opens a file first finds no shared memory: it ended with the last process that had it.
  for (auto& [path, file] : files_) file->shm.clear();
  if (loss == PowerLoss::none) return;
  ++counts_.power_cuts;
  for (auto it = files_.begin(); it != files_.end();) {
    lose_unsynced(*it->second, loss);
    const bool kept = it->second->named_durably || (tears(loss) && random_() % 2 == 0);
    it = kept ? std::next(it) : files_.erase(it);
  }
  for (auto& [path, durable] : undeleted_) {
    if (files_.contains(path) || (tears(loss) && random_() % 2 == 0)) continue;
    auto& file = *(files_[path] = std::make_shared<File>());
    file.now = file.durable = durable;
    file.named_durably = true;
  }
  undeleted_.clear();
}

void FaultDisk::lose_unsynced(File& file, PowerLoss loss) {
  const std::uint64_t piece = loss == PowerLoss::random_pages ? fault_disk_page : fault_disk_sector;
  for (const Write& write : file.unsynced) {
    if (loss == PowerLoss::all_unsynced) break;
    if (write.truncates) {
      if (random_() % 2 == 0) file.durable.resize(write.offset);
      continue;
    }
    if (write.lost) continue;
    const std::uint64_t to = write.astray_to.value_or(write.offset);
    for (std::uint64_t at = 0; at < write.bytes.size();) {
      const std::uint64_t n = std::min(piece - (to + at) % piece, write.bytes.size() - at);
      if (random_() % 4 != 0) {
        fault_disk_put(file.durable, to + at, std::string_view(write.bytes).substr(at, n));
      } else {
        ++counts_.torn_sectors;
      }
      at += n;
    }
  }
  file.unsynced.clear();
  file.now = file.durable;
}

std::shared_ptr<const FaultDisk::Image> FaultDisk::image() const {
  const std::lock_guard guard(mutex_);
  auto image = std::make_shared<Image>();
  for (const auto& [path, file] : files_)
    image->files[path] = {file->now, file->durable, file->unsynced, file->named_durably};
  image->undeleted = undeleted_;
  return image;
}

void FaultDisk::restore(const Image& image) {
  const std::lock_guard guard(mutex_);
  files_.clear();
  for (const auto& [path, from] : image.files) {
    auto& file = *(files_[path] = std::make_shared<File>());
    file.now = from.now;
    file.durable = from.durable;
    file.unsynced = from.unsynced;
    file.named_durably = from.named_durably;
  }
  undeleted_ = image.undeleted;
}

std::string FaultDisk::read(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  const auto it = files_.find(path);
  return it == files_.end() ? std::string() : it->second->now;
}

void FaultDisk::write(const std::string& path, std::optional<std::string> bytes) {
  const std::lock_guard guard(mutex_);
  undeleted_.erase(path);
  if (!bytes) {
    files_.erase(path);
    return;
  }
  auto& slot = files_[path];
  if (!slot) slot = std::make_shared<File>();
  slot->now = slot->durable = *std::move(bytes);
  slot->unsynced.clear();
  slot->named_durably = true;
}

std::uint64_t FaultDisk::used_bytes() const {
  const std::lock_guard guard(mutex_);
  return used();
}

std::uint64_t FaultDisk::used() const {
  std::uint64_t sum = 0;
  for (const auto& [path, file] : files_) sum += file->now.size();
  return sum;
}

FaultCounts FaultDisk::counts() const {
  const std::lock_guard guard(mutex_);
  return counts_;
}

}  // namespace holdline::support
