// Looks for planted texts in every byte that programs left on disks, also in files that have no name any more.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "tests/process/support/process.hpp"

namespace holdline::process {

// A text that stands nowhere else on this machine, in all forms in which it could be found again.
struct Marker {
  std::string name;   // what is told of it: never the text
  std::string typed;  // as a person typed it
  std::vector<std::string> spellings;
};

// A word with accents and capitals, different in each run. Spellings: as typed, lower and upper case, folded as the
// search folds it, and its unaccented part alone, which survives any escaping of the rest; each in UTF-8 and in UTF-16
// of both byte orders.
Marker word_marker(const std::string& name);
// A telephone number. Spellings: as typed, its digits, and its digits backwards, as the search keeps them.
Marker phone_marker(const std::string& name);

class PlaintextScan {
 public:
  // Spellings have at least shortest_spelling bytes, which makes a scan cost a fraction of a second per gigabyte.
  static constexpr std::size_t shortest_spelling = 12;

  explicit PlaintextScan(std::vector<Marker> markers);

  // Every byte of every file below a directory.
  void directory(const Path& root);
  // The same for files that were written since `since` in a directory that others use as well. Other file systems below
  // it are left out: they may be anything.
  void recent_files(const Path& root, std::filesystem::file_time_type since);
  // What a process has open, also files that were deleted; its memory is not looked at. Needs root for a process that
  // hides itself.
  void open_files(pid_t pid);

  // "what: where" for each marker that was seen.
  const std::set<std::string>& seen() const { return seen_; }
  std::size_t bytes() const { return bytes_; }

 private:
  void file(const Path& path, const std::string& called);
  void look_through(std::string_view bytes, const std::string& called);

  struct Place {
    std::size_t marker = 0;
    std::string_view spelling;
    std::size_t offset = 0;  // of four bytes within the spelling
  };

  std::vector<Marker> markers_;
  std::vector<std::vector<Place>> places_;  // by the hash of those four bytes
  std::size_t longest_ = 0;
  std::set<std::string> seen_;
  std::size_t bytes_ = 0;
};

}  // namespace holdline::process
