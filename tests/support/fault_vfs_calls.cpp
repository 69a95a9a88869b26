// What SQLite calls on a FaultDisk and its files, but for locks.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include "tests/support/fault_vfs_file.hpp"

namespace holdline::support {
void fault_disk_put(std::string& image, std::uint64_t offset, std::string_view bytes) {
  if (image.size() < offset + bytes.size()) image.resize(offset + bytes.size());
  std::memcpy(image.data() + offset, bytes.data(), bytes.size());
}

namespace {

FaultDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<FaultDisk*>(vfs->pAppData); }

const sqlite3_io_methods methods = {
    2,
    FaultCalls::close,
    FaultCalls::read,
    FaultCalls::write,
    FaultCalls::truncate,
    FaultCalls::sync,
    FaultCalls::size,
    FaultCalls::lock,
    FaultCalls::unlock,
    FaultCalls::check_reserved,
    FaultCalls::control,
    [](sqlite3_file*) { return static_cast<int>(fault_disk_sector); },
    [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; },  // what SQLite assumes of real disks
    FaultCalls::shm_map,
    FaultCalls::shm_lock,
    FaultCalls::shm_barrier,
    FaultCalls::shm_unmap,
    nullptr,
    nullptr,
};

}  // namespace

int FaultCalls::close(sqlite3_file* f) {
  Handle& h = of(f);
  unlock(f, SQLITE_LOCK_NONE);
  h.~Handle();
  return SQLITE_OK;
}

int FaultCalls::read(sqlite3_file* f, void* out, int count, sqlite3_int64 offset) {
  Handle& h = of(f);
  const std::lock_guard guard(h.disk->mutex_);
  if (h.disk->power_off_) return SQLITE_IOERR_READ;
  if (h.disk->read_fails(*h.file, static_cast<std::uint64_t>(offset), static_cast<std::uint64_t>(count))) {
    // As SQLite's Unix VFS does with EIO.
    h.last_error = EIO;
    return SQLITE_IOERR_CORRUPTFS;
  }
  const std::string& now = h.file->now;
  const auto at = std::min(static_cast<std::size_t>(offset), now.size());
  const auto wanted = static_cast<std::size_t>(count), got = std::min(wanted, now.size() - at);
  std::memcpy(out, now.data() + at, got);
  std::memset(static_cast<char*>(out) + got, 0, wanted - got);
  return got == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int FaultCalls::write(sqlite3_file* f, const void* bytes, int count, sqlite3_int64 offset) {
  Handle& h = of(f);
  FaultDisk& disk = *h.disk;
  const std::lock_guard guard(disk.mutex_);
  if (disk.power_off_ || disk.change_refused()) return SQLITE_IOERR_WRITE;
  const std::string_view view(static_cast<const char*>(bytes), static_cast<std::size_t>(count));
  const auto at = static_cast<std::uint64_t>(offset);
  const std::uint64_t end = at + view.size(), size = h.file->now.size();
  if (disk.capacity_ && end > size && disk.used() + (end - size) > *disk.capacity_) {
    ++disk.counts_.full_writes;
    return SQLITE_FULL;
  }
  ++disk.counts_.writes;
  fault_disk_put(h.file->now, at, view);
  disk.lead_astray(*h.file, h.file->unsynced.emplace_back(FaultDisk::Write{at, std::string(view)}));
  return disk.change_fails() ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int FaultCalls::truncate(sqlite3_file* f, sqlite3_int64 size) {
  Handle& h = of(f);
  const std::lock_guard guard(h.disk->mutex_);
  if (h.disk->change_refused() || h.disk->change_fails()) return SQLITE_IOERR_TRUNCATE;
  h.file->now.resize(static_cast<std::size_t>(size));
  h.file->unsynced.push_back(FaultDisk::Write{static_cast<std::uint64_t>(size), {}, true});
  return SQLITE_OK;
}

int FaultCalls::sync(sqlite3_file* f, int) {
  Handle& h = of(f);
  FaultDisk& disk = *h.disk;
  auto& file = *h.file;
  const std::lock_guard guard(disk.mutex_);
  if (disk.change_fails()) return SQLITE_IOERR_FSYNC;
  const bool refused = !file.unsynced.empty() && disk.change_refused();
  if (refused || disk.sync_fails()) {
    disk.counts_.failed_syncs += refused ? 0 : 1;
    file.unsynced.clear();
    return SQLITE_IOERR_FSYNC;
  }
  ++disk.counts_.syncs;
  for (const auto& write : file.unsynced) write.apply_to_medium(file.durable);
  file.unsynced.clear();
  if (h.syncs_directory) {
    for (auto& [path, named] : disk.files_) named->named_durably = true;
    disk.undeleted_.clear();
    h.syncs_directory = false;
  }
  return SQLITE_OK;
}

int FaultCalls::size(sqlite3_file* f, sqlite3_int64* out) {
  Handle& h = of(f);
  const std::lock_guard guard(h.disk->mutex_);
  *out = static_cast<sqlite3_int64>(h.file->now.size());
  return SQLITE_OK;
}

// SQLite asks whether the file still has its name before it deletes the log of that name.
int FaultCalls::control(sqlite3_file* f, int what, void* answer) {
  Handle& h = of(f);
  const std::lock_guard guard(h.disk->mutex_);
  if (what == SQLITE_FCNTL_LAST_ERRNO) {
    *static_cast<int*>(answer) = h.last_error;
    return SQLITE_OK;
  }
  if (what != SQLITE_FCNTL_HAS_MOVED) return SQLITE_NOTFOUND;
  const auto& files = h.disk->files_;
  const bool named = std::any_of(files.begin(), files.end(), [&](const auto& entry) { return entry.second == h.file; });
  *static_cast<int*>(answer) = named ? 0 : 1;
  return SQLITE_OK;
}

int FaultCalls::open(sqlite3_vfs* vfs, const char* path, sqlite3_file* f, int flags, int* out_flags) {
  FaultDisk& disk = disk_of(vfs);
  const std::lock_guard guard(disk.mutex_);
  f->pMethods = nullptr;
  if (disk.power_off_) return SQLITE_CANTOPEN;
  // As SQLite's Unix VFS does: what may not be written is opened for reading.
  if (disk.refused_in_ == 1 && path != nullptr)
    flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
  std::shared_ptr<FaultDisk::File> file;
  if (path == nullptr) {
    file = std::make_shared<FaultDisk::File>();
  } else if (const auto it = disk.files_.find(path); it != disk.files_.end()) {
    file = it->second;
  } else if ((flags & SQLITE_OPEN_CREATE) != 0) {
    file = disk.files_[path] = std::make_shared<FaultDisk::File>();
  } else {
    return SQLITE_CANTOPEN;
  }
  constexpr int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
  const bool syncs_directory = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & journals) != 0;
  new (f) Handle{{&methods}, &disk, std::move(file), syncs_directory, SQLITE_LOCK_NONE, 0, false, {}};
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int FaultCalls::remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  FaultDisk& disk = disk_of(vfs);
  const std::lock_guard guard(disk.mutex_);
  if (disk.change_refused() || disk.change_fails()) return SQLITE_IOERR_DELETE;
  const auto it = disk.files_.find(path);
  if (it == disk.files_.end()) return SQLITE_IOERR_DELETE_NOENT;
  if (it->second->named_durably) disk.undeleted_[path] = it->second->durable;
  if (sync_directory != 0) disk.undeleted_.erase(path);
  disk.files_.erase(it);
  return SQLITE_OK;
}

int FaultCalls::access(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
  FaultDisk& disk = disk_of(vfs);
  const std::lock_guard guard(disk.mutex_);
  if (disk.power_off_) return SQLITE_IOERR_ACCESS;
  const auto it = disk.files_.find(path);
  // Like SQLite's own Unix VFS, an empty file does not count as existing.
  *result = it != disk.files_.end() && (flags != SQLITE_ACCESS_EXISTS || !it->second->now.empty());
  return SQLITE_OK;
}

int FaultCalls::randomness(sqlite3_vfs* vfs, int count, char* out) {
  FaultDisk& disk = disk_of(vfs);
  const std::lock_guard guard(disk.mutex_);
  for (int i = 0; i < count; ++i) out[i] = static_cast<char>(disk.random_());
  return count;
}

}  // namespace holdline::support
