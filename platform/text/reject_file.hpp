// A file of the rows that an import did not take, each with its line and the reason, to be put right and imported by
// itself: in the form of the file it comes from, and safe to open in a spreadsheet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/result.hpp"

namespace holdline::platform {

struct RejectedLine {
  std::uint64_t line = 0;  // as TableRows tells it
  std::string field, reason;
};

// What the three columns in front are called; an import passes over columns of these names, and they are not written a
// second time.
struct RejectColumns {
  std::string_view row, field, because;
};

// `bytes` is the file that was imported, `lines` ascend. A row that cannot be taken apart stands whole in one cell.
// Ends as TableRows::open() does.
Result<std::string> reject_file(std::string bytes, const std::vector<RejectedLine>& lines, const RejectColumns& names);

}  // namespace holdline::platform
