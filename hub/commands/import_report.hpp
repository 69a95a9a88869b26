// What an import is asked to do, what it tells people, and the files it leaves behind.
// Internal to hub/commands.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sync/base/result.hpp"

namespace holdline::hub {

struct WantedImport {
  std::string file, scope, columns, mapping, because, source, obtained, reject_file, duplicates_file, missing_file, by;
  std::vector<std::string> accepted;
  bool dry_run = false, accept_columns = false, partial = false, older = false, wait = false;
};

// A number in an answer of the hub; 0 when it is not there.
std::uint64_t count_in(const nlohmann::json& json, const char* name);
// How far an import came, in one line.
std::string shown_run(const nlohmann::json& run);
// Prints the report. Answers how the program ends.
int show_import(const nlohmann::json& report, const WantedImport& given);

// Of duplicates among all customers of a scope; `file`: where they are kept, empty: nowhere.
int show_rescan(const nlohmann::json& found, const std::string& file);
Result<void> write_duplicates(const std::string& file, const nlohmann::json& duplicates);

// Whether the files that are to be left behind can be, before anything is imported. ask_person "same-file" (one takes
// the place of the file that is read, or of another one); what the disk says of a place that cannot be written.
Result<void> try_outputs(const WantedImport& given);
// Writes them, with their header line alone when there is nothing to be kept, so that none is of an earlier import.
// `imported`: the file as it was read.
Result<void> write_outputs(const WantedImport& given, const nlohmann::json& report, std::string imported);
// Says which of them are there from before, when an import left none.
void tell_stale_outputs(const WantedImport& given);

}  // namespace holdline::hub
