// Locks and shared memory of a FaultDisk: what lets several connections of one process use one file in WAL mode.
#include <atomic>

#include "tests/support/fault_vfs_file.hpp"

namespace holdline::support {

int FaultCalls::lock(sqlite3_file* f, int level) {
  Handle& h = of(f);
  const std::lock_guard guard(h.disk->mutex_);
  auto& file = *h.file;
  if (h.level >= level) return SQLITE_OK;
  if (level == SQLITE_LOCK_SHARED) {
    if (file.pending != nullptr) return SQLITE_BUSY;
    ++file.shared;
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (file.reserved != nullptr && file.reserved != &h) return SQLITE_BUSY;
    file.reserved = &h;
  } else {
    if (file.pending != nullptr && file.pending != &h) return SQLITE_BUSY;
    if (file.reserved != nullptr && file.reserved != &h) return SQLITE_BUSY;
    file.pending = &h;
    if (file.shared > 1) return h.level = SQLITE_LOCK_PENDING, SQLITE_BUSY;
  }
  h.level = level;
  return SQLITE_OK;
}

int FaultCalls::unlock(sqlite3_file* f, int level) {
  Handle& h = of(f);
  const std::lock_guard guard(h.disk->mutex_);
  auto& file = *h.file;
  if (h.level <= level) return SQLITE_OK;
  if (file.reserved == &h) file.reserved = nullptr;
  if (file.pending == &h) file.pending = nullptr;
  if (level == SQLITE_LOCK_NONE) --file.shared;
  h.level = level;
  return SQLITE_OK;
}

int FaultCalls::check_reserved(sqlite3_file* f, int* result) {
  Handle& h = of(f);
  const std::lock_guard guard(h.disk->mutex_);
  *result = h.file->reserved != nullptr || h.file->pending != nullptr;
  return SQLITE_OK;
}

int FaultCalls::shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  Handle& h = of(f);
  const std::lock_guard guard(h.disk->mutex_);
  auto& file = *h.file;
  *out = nullptr;
  if (size != 32768) return SQLITE_IOERR_SHMMAP;
  if (!h.maps_shm) ++file.shm_users;
  h.maps_shm = true;
  const auto wanted = static_cast<std::size_t>(page);
  if (wanted >= file.shm.size() && extend == 0) return SQLITE_OK;
  while (file.shm.size() <= wanted) file.shm.push_back(std::make_unique<std::array<char, 32768>>());
  *out = file.shm[wanted]->data();
  return SQLITE_OK;
}

int FaultCalls::shm_lock(sqlite3_file* f, int first, int count, int flags) {
  Handle& h = of(f);
  const std::lock_guard guard(h.disk->mutex_);
  auto& file = *h.file;
  const auto begin = static_cast<std::size_t>(first), end = begin + static_cast<std::size_t>(count);
  if ((flags & SQLITE_SHM_LOCK) != 0) {
    for (std::size_t i = begin; i < end; ++i) {
      const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
      if (file.shm_exclusive[i] != nullptr && file.shm_exclusive[i] != &h) return SQLITE_BUSY;
      if (exclusive && file.shm_shared[i] > (h.shm_shared[i] ? 1 : 0)) return SQLITE_BUSY;
    }
  }
  for (std::size_t i = begin; i < end; ++i) {
    const bool locks = (flags & SQLITE_SHM_LOCK) != 0;
    if ((flags & SQLITE_SHM_EXCLUSIVE) != 0) {
      file.shm_exclusive[i] = locks ? &h : nullptr;
    } else if (h.shm_shared[i] != locks) {
      file.shm_shared[i] += locks ? 1 : -1;
      h.shm_shared[i] = locks;
    }
  }
  return SQLITE_OK;
}

void FaultCalls::shm_barrier(sqlite3_file*) { std::atomic_thread_fence(std::memory_order_seq_cst); }

int FaultCalls::shm_unmap(sqlite3_file* f, int remove) {
  Handle& h = of(f);
  const std::lock_guard guard(h.disk->mutex_);
  auto& file = *h.file;
  if (!h.maps_shm) return SQLITE_OK;
  for (std::size_t i = 0; i < SQLITE_SHM_NLOCK; ++i) {
    if (file.shm_exclusive[i] == &h) file.shm_exclusive[i] = nullptr;
    if (h.shm_shared[i]) --file.shm_shared[i];
    h.shm_shared[i] = false;
  }
  h.maps_shm = false;
  if (--file.shm_users == 0 && remove != 0) file.shm.clear();
  return SQLITE_OK;
}

}  // namespace holdline::support
