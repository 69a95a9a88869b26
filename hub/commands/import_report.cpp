#include "hub/commands/import_report.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <utility>

#include "hub/commands/commands.hpp"
#include "platform/os/files.hpp"
#include "platform/text/csv.hpp"
#include "platform/text/reject_file.hpp"
#include "sync/table/columns.hpp"

namespace holdline::hub {

std::uint64_t count_in(const nlohmann::json& json, const char* name) { return json.value(name, std::uint64_t{0}); }

std::string shown_run(const nlohmann::json& run) {
  return "line " + std::to_string(count_in(run, "row")) + ": " + std::to_string(count_in(run, "created")) +
         " created, " + std::to_string(count_in(run, "updated")) + " updated, " +
         std::to_string(count_in(run, "unchanged")) + " unchanged, " + std::to_string(count_in(run, "conflicts")) +
         " in conflict, " + std::to_string(count_in(run, "rejected_count")) + " rejected";
}

namespace {

using Json = nlohmann::json;

// How many there are, and the first of them.
void show_some(const char* what, std::uint64_t count, const Json& some, const std::string& file) {
  if (count == 0) return;
  std::cout << what << " (" << count << "):";
  constexpr std::size_t shown = 20;
  for (std::size_t n = 0; n < some.size() && n < shown; ++n) std::cout << ' ' << some[n].get<std::string>();
  std::cout << (count > shown ? " …" : "") << (file.empty() ? "" : " — all in " + file) << "\n";
}

void show_columns(const Json& json) {
  std::cout << "Read as " << json.value("read_as", "") << ":\n";
  for (const Json& column : json["columns"])
    std::cout << "  " << column.value("heading", "") << ": "
              << (column.value("field", "").empty() ? "left out" : column.value("field", "")) << "\n";
}

std::string reason_of(const Json& row) { return row.value("message", "") + " [" + row.value("code", "") + "]"; }

// As forms name it.
std::string field_of(const Json& row) {
  return row.value("label", "").empty() ? row.value("field", "") : row.value("label", "");
}

// Most reasons name the field themselves.
std::string named_reason(const Json& row) {
  const std::string field = field_of(row), reason = reason_of(row);
  return field.empty() || reason.starts_with(field) ? reason : field + ": " + reason;
}

void show_rejected(const Json& json, const std::string& file) {
  constexpr std::size_t shown = 20;
  const Json& rejected = json["rejected"];
  for (std::size_t n = 0; n < rejected.size() && n < shown; ++n)
    std::cerr << "line " << count_in(rejected[n], "row") << ": " << named_reason(rejected[n]) << "\n";
  if (count_in(json, "rejected_count") > shown)
    std::cerr << "and " << count_in(json, "rejected_count") - shown << " more"
              << (file.empty() ? ": --reject-file FILE keeps them all with their reasons" : "") << "\n";
  if (!file.empty() && !rejected.empty())
    std::cout << "Rejected rows, to be put right and imported by themselves: " << file << "\n";
}

std::string probably(const Json& one) {
  const auto named = [&](const char* ref, const char* id) {
    return one.value(ref, "").empty() ? one.value(id, "") : one.value(ref, "");
  };
  const std::uint64_t line = count_in(one, "other_row");
  const auto name = [&](const char* key) {
    return one.value(key, "").empty() ? std::string() : " (" + one.value(key, "") + ")";
  };
  return named("ref", "id") + name("name") + " is probably " + named("other_ref", "other") + name("other_name") +
         (line != 0             ? " in line " + std::to_string(line)
          : one.contains("row") ? ", who is here already"
                                : "") +
         ": the same " + one.value("label", "") +
         (one.value("same", "") == "ref" ? ""
                                         : ", names " + std::to_string(count_in(one, "similarity")) + " of 100 alike");
}

void show_duplicates(const Json& json, const std::string& file) {
  const std::uint64_t count = count_in(json, "duplicate_count");
  if (count == 0) return;
  constexpr std::size_t shown = 10;
  std::cout << "Probably the same customer (" << count << "); a person decides, nothing was merged:\n";
  const Json& all = json["duplicates"];
  for (std::size_t n = 0; n < all.size() && n < shown; ++n)
    std::cout << "  " << (all[n].contains("row") ? "line " + std::to_string(count_in(all[n], "row")) + ": " : "")
              << probably(all[n]) << "\n";
  if (count > shown)
    std::cout << "  and " << count - shown << " more"
              << (file.empty() ? ": --duplicates-file FILE keeps them all" : ", all in " + file) << "\n";
}

// A wrong header line is one complaint for the file.
void show_guessed() {
  std::cerr << "The header line does not name fields, and the columns above are guessed: the import takes them so with "
               "--accept-columns, or say with --mapping FILE what the headings mean. [columns-guessed]\n";
}

Result<std::string> rejected_text(const Json& rejected, std::string imported) {
  std::vector<platform::RejectedLine> lines;
  for (const Json& row : rejected) lines.push_back({count_in(row, "row"), field_of(row), reason_of(row)});
  return platform::reject_file(std::move(imported), lines,
                               {sync::rejected_row_column, sync::rejected_field_column, sync::rejected_reason_column});
}

std::string duplicates_text(const Json& duplicates) {
  std::string text = "line,ref,probably,who_is,same,similarity,name,other_name\r\n";
  for (const Json& one : duplicates) {
    const std::uint64_t line = count_in(one, "other_row");
    // Who has no number is named by the id; of a file everybody has one.
    const std::string ref = one.value("ref", "").empty() ? one.value("id", "") : one.value("ref", "");
    for (const std::string& cell :
         {one.contains("row") ? std::to_string(count_in(one, "row")) : std::string(), ref, one.value("other_ref", ""),
          line == 0 ? one.value("other", "") : "line " + std::to_string(line), one.value("label", "")})
      text += platform::csv_safe_field(cell) + ",";
    text += std::to_string(count_in(one, "similarity")) + "," + platform::csv_safe_field(one.value("name", "")) + "," +
            platform::csv_safe_field(one.value("other_name", "")) + "\r\n";
  }
  return text;
}

std::string refs_text(const Json& refs) {
  std::string text = "ref\r\n";
  for (const Json& ref : refs) text += platform::csv_safe_field(ref.get<std::string>()) + "\r\n";
  return text;
}

std::array<std::string, 3> outputs_of(const WantedImport& given) {
  return {given.reject_file, given.duplicates_file, given.missing_file};
}

bool same_place(const std::string& a, const std::string& b) {
  std::error_code none;
  return std::filesystem::equivalent(a, b, none) ||
         std::filesystem::weakly_canonical(a, none) == std::filesystem::weakly_canonical(b, none);
}

}  // namespace

int show_import(const Json& json, const WantedImport& given) {
  const auto count = [&](const char* name) { return count_in(json, name); };
  const bool guessed = json.value("columns_guessed", false);
  if (given.dry_run) show_columns(json);
  if (guessed) show_guessed();
  if (json["earlier"].is_object())
    std::cout << "An earlier run of this file stopped behind " << shown_run(json["earlier"])
              << ".\nIt went on from there; what was taken then is among the unchanged.\n";
  std::cout << count("rows") << (count("rows") == 1 ? " row: " : " rows: ") << count("created") << " created, "
            << count("updated") << " updated, " << count("unchanged") << " unchanged, " << count("conflicts")
            << " in conflict, " << count("rejected_count") << " rejected";
  if (count("blank") != 0) std::cout << ", " << count("blank") << " blank";
  std::cout << "\n";
  const std::uint64_t accounted =
      count("created") + count("updated") + count("unchanged") + count("conflicts") + count("rejected_count");
  if (accounted != count("rows"))
    std::cerr << "holdline-hub: " << count("rows") << " rows were read and " << accounted
              << " are accounted for: please report this\n";
  show_rejected(json, given.reject_file);
  if (count("conflicts") != 0) std::cout << "A person decides about the conflicts: holdline conflicts list\n";
  show_duplicates(json, given.duplicates_file);
  show_some("Deleted here, and not brought back by the file; among the unchanged", count("deleted_count"),
            json["deleted"], "");
  show_some("Merged into others here, who were given what the file says", count("merged_count"), json["merged"], "");
  if (json.value("partial", false))
    std::cout << "The file is a part of its source: who is not in it was not looked for.\n";
  show_some("Named before and not in this file; nothing was done to them", count("missing_count"), json["missing"],
            given.missing_file);
  if (given.dry_run) std::cout << "Nothing was stored.\n";
  if (accounted != count("rows")) return failed;
  return count("rejected_count") == 0 && !guessed ? ok : findings;
}

Result<void> write_duplicates(const std::string& file, const Json& duplicates) {
  if (file.empty()) return {};
  return platform::write_output(file, duplicates_text(duplicates));
}

int show_rescan(const Json& json, const std::string& file) {
  std::cout << count_in(json, "customers") << " customers compared\n";
  show_duplicates(json, file);
  return ok;
}

Result<void> try_outputs(const WantedImport& given) {
  const auto outputs = outputs_of(given);
  for (std::size_t n = 0; n < outputs.size(); ++n) {
    const std::string& out = outputs[n];
    if (out.empty()) continue;
    if (same_place(out, given.file))
      return fail(ErrorKind::ask_person, "same-file",
                  out + " is the file that is imported; give what is written another name. Nothing was changed.");
    for (std::size_t other = 0; other < n; ++other)
      if (!outputs[other].empty() && same_place(out, outputs[other]))
        return fail(ErrorKind::ask_person, "same-file",
                    out + " is named twice; give each file another name. Nothing was changed.");
    HOLDLINE_TRY(platform::try_output(out));
  }
  return {};
}

Result<void> write_outputs(const WantedImport& given, const Json& report, std::string imported) {
  const auto write = [](const std::string& file, const std::string& text) -> Result<void> {
    if (file.empty()) return {};
    return platform::write_output(file, text);
  };
  if (!given.reject_file.empty()) {
    HOLDLINE_ASSIGN(const std::string text, rejected_text(report["rejected"], std::move(imported)));
    HOLDLINE_TRY(write(given.reject_file, text));
  }
  HOLDLINE_TRY(write_duplicates(given.duplicates_file, report["duplicates"]));
  return write(given.missing_file, refs_text(report["missing"]));
}

void tell_stale_outputs(const WantedImport& given) {
  for (const std::string& out : outputs_of(given)) {
    std::error_code none;
    if (!out.empty() && std::filesystem::exists(out, none))
      std::cerr << out << " is of an earlier import: this one wrote nothing.\n";
  }
}

}  // namespace holdline::hub
