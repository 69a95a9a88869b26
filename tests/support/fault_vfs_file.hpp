// The inside of a FaultDisk, shared by its source files.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/fault_vfs.hpp"

namespace holdline::support {

inline constexpr std::uint64_t fault_disk_sector = 512, fault_disk_page = 4096;

// Writes into an image, growing it with zeros.
void fault_disk_put(std::string& image, std::uint64_t offset, std::string_view bytes);

struct FaultDisk::Write {
  std::uint64_t offset = 0;
  std::string bytes;
  bool truncates = false;                    // to `offset`
  bool lost = false;                         // never reaches the medium
  std::optional<std::uint64_t> astray_to{};  // where on the medium it lands instead

  // Does it to what the system sees, and to what the medium has.
  void apply_to_cache(std::string& image) const;
  void apply_to_medium(std::string& image) const;
};

struct FaultDisk::File {
  std::string now, durable;
  std::vector<Write> unsynced;
  bool named_durably = false;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> unreadable;  // offset and size

  // Locks of the connections to this file, as SQLite's Unix VFS holds them between processes.
  int shared = 0;
  const Handle* reserved = nullptr;
  const Handle* pending = nullptr;
  std::vector<std::unique_ptr<std::array<char, 32768>>> shm;
  int shm_users = 0;
  std::array<int, SQLITE_SHM_NLOCK> shm_shared{};
  std::array<const Handle*, SQLITE_SHM_NLOCK> shm_exclusive{};
};

// What SQLite allocates and owns; the disk only fills it in.
struct FaultDisk::Handle {
  sqlite3_file base;  // first, as SQLite wants it
  FaultDisk* disk;
  std::shared_ptr<File> file;
  bool syncs_directory;  // with its first sync, as SQLite's Unix VFS does for journals and logs
  int level;
  int last_error;  // as the system numbers it; kept until the file is closed
  bool maps_shm;
  std::array<bool, SQLITE_SHM_NLOCK> shm_shared;
};

struct FaultDisk::Image {
  struct FileImage {
    std::string now, durable;
    std::vector<Write> unsynced;
    bool named_durably = false;
  };
  std::map<std::string, FileImage, std::less<>> files;
  std::map<std::string, std::string, std::less<>> undeleted;
};

// The callbacks. A struct, so that one friend declaration lets them in.
struct FaultCalls {
  using Handle = FaultDisk::Handle;
  static Handle& of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }

  static int close(sqlite3_file*);
  static int read(sqlite3_file*, void*, int, sqlite3_int64);
  static int write(sqlite3_file*, const void*, int, sqlite3_int64);
  static int truncate(sqlite3_file*, sqlite3_int64);
  static int sync(sqlite3_file*, int);
  static int size(sqlite3_file*, sqlite3_int64*);
  static int control(sqlite3_file*, int what, void* answer);
  static int lock(sqlite3_file*, int);
  static int unlock(sqlite3_file*, int);
  static int check_reserved(sqlite3_file*, int*);
  static int shm_map(sqlite3_file*, int, int, int, void volatile**);
  static int shm_lock(sqlite3_file*, int, int, int);
  static void shm_barrier(sqlite3_file*);
  static int shm_unmap(sqlite3_file*, int);

  static int open(sqlite3_vfs*, const char*, sqlite3_file*, int, int*);
  static int remove(sqlite3_vfs*, const char*, int);
  static int access(sqlite3_vfs*, const char*, int, int*);
  static int randomness(sqlite3_vfs*, int, char*);
};

}  // namespace holdline::support
