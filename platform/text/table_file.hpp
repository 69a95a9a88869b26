// What kind of text file somebody saved a table as: how its letters are encoded, and what separates its columns. Found
// out by looking, so that a file need not be saved anew before it can be imported; told, so that people can object.
#pragma once

#include <string>

#include "sync/base/result.hpp"

namespace holdline::platform {

struct TableFile {
  std::string text;           // in UTF-8, without byte order mark and without a first line "sep=;"
  char separator = ',';       // comma, semicolon, tab or bar
  std::string encoding;       // "UTF-8", "UTF-16", "Windows-1252"
  std::size_t lines_cut = 0;  // from the front: what is reported by line counts from there

  std::string described() const;  // "UTF-8, columns separated by semicolons"
};

// `bytes` as they lie in the file. Without a mark of order, a file without any letter in UTF-8 and with others is
// taken for Windows-1252, which Latin-1 is a part of. ask_person "not-a-table": a workbook, a compressed file, or zero
// bytes that are no UTF-16.
Result<TableFile> read_table(std::string bytes);

}  // namespace holdline::platform
