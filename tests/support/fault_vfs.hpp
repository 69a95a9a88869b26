// A disk in memory that forgets what was not synced, for tests and the simulator: a sqlite3_vfs with a volatile and a
// durable image per file. Each FaultDisk is a VFS of its own with its own faults and its own chance, so that several
// machines can live in one process. One disk may be used from several threads.
//
// Model: a write or truncation is volatile until the file is synced. When the power goes, unsynced writes are lost, or
// survive sector by sector (512 bytes). Names appear and vanish durably when the directory is synced, which SQLite does
// with the first sync of a journal or log; until then a new file may be gone and a deleted one be back. A failed sync
// leaves the data readable but never written: the kernel has marked the pages clean (Rebello et al., USENIX ATC 2020).
// What the medium does wrong in silence (a write that goes astray or is never done) shows when the cache is gone: reads
// see the volatile image until then.
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
  random_sectors,  // any sector (512 bytes) of any unsynced write may be there or not
  random_pages,    // the same by pieces of 4,096 bytes, as disks of that sector size tear
};

struct FaultCounts {
  std::uint64_t syncs = 0, writes = 0, failed_syncs = 0, full_writes = 0, power_cuts = 0, torn_sectors = 0;
  std::uint64_t failed_reads = 0, refused_changes = 0, stray_writes = 0, lost_writes = 0, flipped_bits = 0;
};

// SQLite draws the salts of its logs from one generator for the whole process, and what a torn log looks like after a
// power failure depends on them. Begins that generator anew, so that what follows can be repeated.
void choose_log_salts(std::uint64_t seed);

class FaultDisk {
 public:
  // Registers a VFS named `name` (not yet taken). All chance of this disk comes from `seed`.
  FaultDisk(std::string name, std::uint64_t seed);
  // No file of this disk may be open any more.
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  const std::string& vfs_name() const { return name_; }
  // Begins the chance of this disk anew, so that one disk serves many runs that can each be repeated.
  void reseed(std::uint64_t seed);

  // The nth sync from now (1: the next one) fails; with `for_ever` every later one as well.
  void fail_sync(std::uint64_t nth, bool for_ever = false);
  // The nth read from now (1: the next one) fails; with `for_ever` every later one as well.
  void fail_read(std::uint64_t nth, bool for_ever = false);
  // Reads that touch these bytes of a file fail, as on a bad sector. Nothing happens when there is no such file.
  void fail_reads_of(const std::string& path, std::uint64_t offset, std::uint64_t size);
  // From the nth change (write, truncation, sync of something unsynced, deletion) from now on nothing can be changed
  // any more, as when the system remounts the disk read-only: files open for reading only, none can be made.
  void refuse_changes(std::uint64_t nth = 1);
  // Syncs, reads and changes work again, no write goes astray any more, and the power stays.
  void clear_faults();
  // While one of these lives no read fails, and none counts: for whoever only looks on. Not nested.
  class Truce {
   public:
    explicit Truce(FaultDisk& disk) : disk_(disk) { disk_.spare_reads(true); }
    ~Truce() { disk_.spare_reads(false); }
    Truce(const Truce&) = delete;
    Truce& operator=(const Truce&) = delete;

   private:
    FaultDisk& disk_;
  };

  // The nth write of a sector or more to this file from now goes `by` bytes astray on the medium, onto what lies there
  // within the file; the place it was meant for keeps what it had. Nobody is told.
  void misdirect_write(const std::string& path, std::uint64_t nth, std::int64_t by);
  // The same write is never done: the medium keeps the older bytes.
  void lose_write(const std::string& path, std::uint64_t nth);
  // The system needs its memory: what it can read again (everything synced) is what the medium has from now on.
  void forget_cache();
  // Turns over one bit of a file, on the medium and in the cache. False: the file is shorter, or not there.
  bool flip_bit(const std::string& path, std::uint64_t bit);
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

  void spare_reads(bool spared);
  bool change_fails();
  bool sync_fails();
  bool read_fails(const File& file, std::uint64_t offset, std::uint64_t size);
  bool change_refused();
  void lead_astray(const File& file, Write& write);
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
  std::uint64_t read_fails_in_ = 0, refused_in_ = 0;  // 0: never
  bool reads_fail_ = false, reads_spared_ = false;
  struct Astray {
    std::string path;
    std::uint64_t in = 0;            // 0: never
    std::optional<std::int64_t> by;  // nullopt: never written at all
  };
  Astray astray_;
  std::optional<std::uint64_t> capacity_;
  FaultCounts counts_;
};

}  // namespace holdline::support
