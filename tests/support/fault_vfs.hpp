// A disk in memory that forgets what was not synced, for tests and the simulator: a sqlite3_vfs with a volatile and a
// durable image per file. Each FaultDisk is a VFS of its own with its own faults and its own chance, so that several
// machines can live in one process. One disk may be used from several threads.
//
// Model: a write or truncation is volatile until the file is synced. When the power goes, unsynced writes are lost, or
// survive sector by sector (512 bytes). Names appear and vanish durably when the directory is synced, which SQLite does
// with the first sync of a journal or log; until then a new file may be gone and a deleted one be back. A failed sync
// leaves the data readable but never written: the kernel has marked the pages clean (Rebello et al., USENIX ATC 2020).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <sqlite3.h>

namespace holdline::support {

enum class PowerLoss {
  none,            // the process died, the machine did not: everything written is still there
  all_unsynced,    // every unsynced write is gone
  random_sectors,  // any sector of any unsynced write may be there or not
};

struct FaultCounts {
  std::uint64_t syncs = 0, writes = 0, failed_syncs = 0, full_writes = 0, power_cuts = 0, torn_sectors = 0;
};

class FaultDisk {
 public:
  // Registers a VFS named `name` (not yet taken). All chance of this disk comes from `seed`.
  FaultDisk(std::string name, std::uint64_t seed);
  // No file of this disk may be open any more.
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  const std::string& vfs_name() const { return name_; }

  // The nth sync from now (1: the next one) fails; with `for_ever` every later one as well.
  void fail_sync(std::uint64_t nth, bool for_ever = false);
  // Syncs work again.
  void mend();
  // Writes that would let the files grow beyond this sum fail with SQLITE_FULL; nullopt: endless.
  void set_capacity(std::optional<std::uint64_t> bytes);

  // The power goes at the nth change (write, truncation, sync, deletion) from now: that one and every later call fail
  // until restore_power().
  void cut_power_at(std::uint64_t nth);
  void cut_power();
  bool power_is_off() const;
  // What a restarted machine finds. Close all files (their calls fail, which is harmless) before.
  void restore_power(PowerLoss loss);

  // Everything on the disk, to go back to an earlier moment (a machine rolled back) or to another disk (one cloned).
  // Files are not open meanwhile.
  struct Image;
  std::shared_ptr<const Image> image() const;
  void restore(const Image& image);

  // The volatile content of one file; empty when there is none. For tests that damage files.
  std::string read(const std::string& path) const;
  // Replaces (or makes, or with nullopt removes) a file, durably, behind the back of whoever uses it.
  void write(const std::string& path, std::optional<std::string> bytes);

  std::uint64_t used_bytes() const;
  FaultCounts counts() const;

 private:
  friend struct FaultCalls;
  struct Write;
  struct File;
  struct Handle;

  bool change_fails();
  bool sync_fails();
  std::uint64_t used() const;
  void lose_unsynced(File& file, PowerLoss loss);

  std::string name_;
  sqlite3_vfs vfs_{};
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<File>, std::less<>> files_;
  std::map<std::string, std::string, std::less<>> undeleted_;  // durable content of files whose deletion is not synced
  std::mt19937_64 random_;
  std::uint64_t sync_fails_in_ = 0, power_fails_in_ = 0;  // 0: never
  bool syncs_fail_ = false, power_off_ = false;
  std::optional<std::uint64_t> capacity_;
  FaultCounts counts_;
};

}  // namespace holdline::support
