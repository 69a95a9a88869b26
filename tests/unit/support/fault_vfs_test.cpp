// The disk that other tests trust to fail as real ones do.
#include "tests/support/fault_vfs.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdline::support {
namespace {

constexpr std::size_t page = 4096;

std::string pages(std::string_view letters) {
  std::string bytes;
  for (const char letter : letters) bytes.append(page, letter);
  return bytes;
}

// The first byte of every page.
std::string letters(std::string_view bytes) {
  std::string found;
  for (std::size_t at = 0; at < bytes.size(); at += page) found += bytes[at];
  return found;
}

// A file of the disk as SQLite sees it.
class OpenFile {
 public:
  OpenFile(const FaultDisk& disk, const char* path, int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) {
    sqlite3_vfs* vfs = sqlite3_vfs_find(disk.vfs_name().c_str());
    memory_.resize(static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) + 1);
    opened_ = vfs->xOpen(vfs, path, file(), flags | SQLITE_OPEN_MAIN_DB, &flags_) == SQLITE_OK;
  }
  ~OpenFile() {
    if (opened_) file()->pMethods->xClose(file());
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool opened() const { return opened_; }
  bool writable() const { return opened_ && (flags_ & SQLITE_OPEN_READWRITE) != 0; }
  bool write(std::size_t at, const std::string& bytes) {
    return file()->pMethods->xWrite(file(), bytes.data(), static_cast<int>(bytes.size()),
                                    static_cast<sqlite3_int64>(at)) == SQLITE_OK;
  }
  bool truncate(std::size_t size) {
    return file()->pMethods->xTruncate(file(), static_cast<sqlite3_int64>(size)) == SQLITE_OK;
  }
  bool sync() { return file()->pMethods->xSync(file(), SQLITE_SYNC_FULL) == SQLITE_OK; }
  std::optional<std::string> read(std::size_t at, std::size_t size) {
    std::string bytes(size, '\0');
    const int rc =
        file()->pMethods->xRead(file(), bytes.data(), static_cast<int>(size), static_cast<sqlite3_int64>(at));
    if (rc != SQLITE_OK) return std::nullopt;
    return bytes;
  }

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

  std::vector<std::max_align_t> memory_;
  int flags_ = 0;
  bool opened_ = false;
};

class FaultDiskTest : public testing::Test {
 protected:
  FaultDiskTest() { disk.write("/a", pages("abc")); }
  FaultDisk disk{"faulty", 1};
};

TEST_F(FaultDiskTest, ABadSectorFailsTheReadsThatTouchItUntilItIsMended) {
  OpenFile file(disk, "/a");
  disk.fail_reads_of("/a", page + 100, 1);
  EXPECT_TRUE(file.read(0, page));
  EXPECT_FALSE(file.read(page, page));
  EXPECT_FALSE(file.read(page + 100, 1));
  EXPECT_TRUE(file.read(page + 101, 10));
  EXPECT_EQ(disk.counts().failed_reads, 2u);
  disk.clear_faults();
  EXPECT_TRUE(file.read(page, page));
}

TEST_F(FaultDiskTest, TheNthReadFailsOnceOrForEver) {
  OpenFile file(disk, "/a");
  disk.fail_read(2);
  EXPECT_TRUE(file.read(0, 1));
  EXPECT_FALSE(file.read(0, 1));
  EXPECT_TRUE(file.read(0, 1));
  disk.fail_read(1, true);
  EXPECT_FALSE(file.read(0, 1));
  EXPECT_FALSE(file.read(0, 1));
}

TEST_F(FaultDiskTest, ADiskThatRefusesChangesCanOnlyBeRead) {
  OpenFile file(disk, "/a");
  ASSERT_TRUE(file.write(0, "X"));
  disk.refuse_changes(2);
  EXPECT_TRUE(file.write(1, "Y"));
  EXPECT_FALSE(file.write(2, "Z"));
  EXPECT_FALSE(file.truncate(0));
  EXPECT_FALSE(file.sync());
  EXPECT_EQ(file.read(0, 3), "XYa");
  EXPECT_FALSE(OpenFile(disk, "/new").opened());
  OpenFile again(disk, "/a");
  EXPECT_TRUE(again.opened());
  EXPECT_FALSE(again.writable());
  disk.clear_faults();
  EXPECT_TRUE(file.write(2, "Z"));
  EXPECT_TRUE(OpenFile(disk, "/a").writable());
}

TEST_F(FaultDiskTest, AMisdirectedWriteIsReadWellUntilTheCacheIsGone) {
  OpenFile file(disk, "/a");
  disk.misdirect_write("/a", 2, -static_cast<std::int64_t>(page));
  ASSERT_TRUE(file.write(0, pages("X")));
  ASSERT_TRUE(file.write(page, pages("Y")));
  ASSERT_TRUE(file.sync());
  EXPECT_EQ(letters(disk.read("/a")), "XYc");
  disk.forget_cache();
  EXPECT_EQ(letters(disk.read("/a")), "Ybc");
  EXPECT_EQ(disk.counts().stray_writes, 1u);
}

TEST_F(FaultDiskTest, ALostWriteLeavesTheOlderPageOnTheMedium) {
  OpenFile file(disk, "/a");
  disk.lose_write("/a", 1);
  ASSERT_TRUE(file.write(2 * page, pages("Z")));
  ASSERT_TRUE(file.sync());
  disk.restore_power(PowerLoss::none);
  EXPECT_EQ(letters(disk.read("/a")), "abZ") << "a process that died leaves the cache";
  disk.restore_power(PowerLoss::all_unsynced);
  EXPECT_EQ(letters(disk.read("/a")), "abc");
}

TEST_F(FaultDiskTest, WhatIsNotSyncedSurvivesTheLossOfTheCache) {
  OpenFile file(disk, "/a");
  ASSERT_TRUE(file.write(0, pages("X")));
  disk.forget_cache();
  EXPECT_EQ(letters(disk.read("/a")), "Xbc");
}

TEST_F(FaultDiskTest, AFailedSyncShowsItsLossWhenTheCacheIsGone) {
  OpenFile file(disk, "/a");
  ASSERT_TRUE(file.write(0, pages("X")));
  disk.fail_sync(1);
  EXPECT_FALSE(file.sync());
  EXPECT_TRUE(file.sync());
  EXPECT_EQ(letters(disk.read("/a")), "Xbc");
  disk.forget_cache();
  EXPECT_EQ(letters(disk.read("/a")), "abc");
}

TEST_F(FaultDiskTest, AFlippedBitIsTheOnlyDifference) {
  const std::string before = disk.read("/a");
  ASSERT_TRUE(disk.flip_bit("/a", 8 * 5000 + 3));
  std::string after = disk.read("/a");
  EXPECT_EQ(after[5000], static_cast<char>(before[5000] ^ 8));
  after[5000] = before[5000];
  EXPECT_EQ(after, before);
  disk.restore_power(PowerLoss::all_unsynced);
  EXPECT_NE(disk.read("/a"), before);
  EXPECT_FALSE(disk.flip_bit("/a", 8 * before.size()));
  EXPECT_FALSE(disk.flip_bit("/none", 0));
}

TEST_F(FaultDiskTest, APowerCutTearsByPiecesOfTheSectorSize) {
  for (const auto& [loss, piece] :
       {std::pair{PowerLoss::random_sectors, std::size_t{512}}, std::pair{PowerLoss::random_pages, page}}) {
    disk.write("/a", std::string(8 * page, 'a'));
    {
      OpenFile file(disk, "/a");
      ASSERT_TRUE(file.write(0, std::string(8 * page, 'b')));
      disk.cut_power();
    }
    disk.restore_power(loss);
    const std::string left = disk.read("/a");
    std::size_t old = 0;
    for (std::size_t at = 0; at < left.size(); at += piece) {
      EXPECT_EQ(left.substr(at, piece), std::string(piece, left[at]));
      old += left[at] == 'a' ? 1 : 0;
    }
    EXPECT_GT(old, 0u);
    EXPECT_LT(old, left.size() / piece);
  }
}

}  // namespace
}  // namespace holdline::support
