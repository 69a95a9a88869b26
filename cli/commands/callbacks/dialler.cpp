// holdline callbacks export, outcomes, take-back: cases to a dialler of another maker, and back what came of them.
#include <charconv>
#include <map>

#include <nlohmann/json.hpp>

#include "cli/commands/callbacks/show.hpp"
#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "platform/os/files.hpp"
#include "platform/text/csv.hpp"
#include "sync/base/hash.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr std::size_t largest_outcomes = std::size_t{64} << 20;
// What is asked of the hub in a person's name stays small: the text of a file goes there in pieces of about this size.
constexpr std::size_t piece_bytes = 12 * 1024;

Result<json> export_body(Session& session) {
  const Arguments& given = session.arguments();
  json body{{"format", given.get("--format")}, {"reason", given.get("--reason")}};
  for (const auto& [option, name] : {std::pair("--scope", "scope"), std::pair("--again", "again"),
                                     std::pair("--list", "list"), std::pair("--campaign", "campaign")})
    if (given.has(option)) body[name] = given.get(option);
  for (const auto& [option, name] : {std::pair("--only-reason", "reasons"), std::pair("--only-zone", "zones"),
                                     std::pair("--only-language", "languages")})
    if (given.has(option)) body[name] = given.all(option);
  for (const auto& [option, name] : {std::pair("--most", "most"), std::pair("--minutes", "minutes")}) {
    if (!given.has(option)) continue;
    HOLDLINE_ASSIGN(body[name], whole_number_of(given.get(option)));
  }
  if (given.has("--details")) body["details"] = true;
  if (given.has("--accept-missing")) body["accept_missing"] = true;
  return body;
}

// Once the hub has answered, the cases are the dialler's: what can go wrong with the file is looked at before.
Outcome export_cases(Session& session) {
  const std::string file = session.arguments().get("--output");
  for (const char* needed : {"--format", "--output", "--reason"})
    if (session.arguments().get(needed).empty()) return usage(std::string(needed) + " is missing");
  HOLDLINE_ASSIGN(const json body, export_body(session));
  if (auto writable = platform::try_output(file); !writable)
    return fail(ErrorKind::ask_person, "refused", writable.error().message);
  HOLDLINE_ASSIGN(const Answer answer, session.write_large("POST", "/callbacks/export", body));
  json document = answer.document();
  const std::string content = text_of(document, "content"), batch = text_of(document, "batch");
  if (sync::to_hex(sync::sha256(content).view()) != text_of(document, "sha256")) return not_understood();
  if (auto written = platform::write_output(file, content); !written)
    return fail(ErrorKind::ask_person, "refused",
                written.error().message + " The cases are with the dialler now: write the file with --again " + batch +
                    ", or take them back: holdline callbacks take-back " + batch);
  document.erase("content");
  std::ostream& out = session.world().out;
  if (session.json()) {
    out << document.dump() << '\n';
    return ExitCode::ok;
  }
  out << count_of(document.value("rows", std::size_t{0}), "case", "cases") << " in " << escape(file) << " for "
      << text_of(document, "format") << ", to be dialled until " << session.time(member(document, "until"))
      << ".\nSHA-256 " << text_of(document, "sha256") << "\nHanded over as " << batch
      << "; nobody here dials them meanwhile. What came of them: holdline callbacks outcomes FILE --format "
      << text_of(document, "format") << '\n';
  print_counts(session, "LEFT OUT, BECAUSE", member(document, "left_out"));
  out << "The file is plain text with full numbers; delete it when it has served.\n";
  return ExitCode::ok;
}

// --- what came of it ---

// Whole rows, each piece below the first line of the table.
std::vector<std::string> table_pieces(std::string_view text) {
  std::vector<std::string> pieces;
  platform::CsvReader reader(text, text.substr(0, text.find('\n')).find('\t') != text.npos ? '\t' : ',');
  const auto header = reader.next();
  if (!header) return {std::string(text)};
  const std::string first = std::string(header->raw) + "\n";
  std::string piece = first;
  while (const auto row = reader.next()) {
    piece += std::string(row->raw) + "\n";
    if (piece.size() >= piece_bytes) pieces.push_back(std::exchange(piece, first));
  }
  if (piece.size() > first.size() || pieces.empty()) pieces.push_back(piece);
  return pieces;
}

std::vector<std::string> line_pieces(std::string_view text) {
  std::vector<std::string> pieces;
  std::string piece;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    piece += text.substr(0, end);
    text.remove_prefix(end);
    if (piece.size() >= piece_bytes) pieces.push_back(std::exchange(piece, {}));
  }
  if (!piece.empty() || pieces.empty()) pieces.push_back(piece);
  return pieces;
}

Result<json> meanings_given(Session& session) {
  json meanings = json::object();
  for (const std::string& one : session.arguments().all("--map")) {
    const std::size_t is = one.find('=');
    if (is == std::string::npos || is == 0) return usage("--map is like SALE=resolved");
    meanings[one.substr(0, is)] = one.substr(is + 1);
  }
  return meanings;
}

struct Totals {
  std::int64_t kept = 0, late = 0, known = 0, open = 0, not_ours = 0, wrong_lines = 0;
  std::map<std::string, std::int64_t> unknown;

  void add(const json& told) {
    const auto number = [&](const char* name) { return told.value(name, std::int64_t{0}); };
    kept += number("kept");
    late += number("late");
    known += number("known");
    open += number("open");
    not_ours += number("not_ours");
    wrong_lines += number("wrong_lines");
    for (const json& one : list_of(told, "unknown")) unknown[text_of(one, "disposition")] += one.value("rows", 0);
  }

  json document(const std::string& format, bool dry_run) const {
    json list = json::array();
    for (const auto& [disposition, rows] : unknown) list.push_back({{"disposition", disposition}, {"rows", rows}});
    return {{"schema", "holdline.callback-outcomes/1"},
            {"format", format},
            {"kept", kept},
            {"late", late},
            {"known", known},
            {"open", open},
            {"unknown", list},
            {"not_ours", not_ours},
            {"wrong_lines", wrong_lines},
            {"dry_run", dry_run}};
  }
};

void print_totals(Session& session, const Totals& totals, bool dry_run) {
  std::ostream& out = session.world().out;
  const auto kept = count_of(static_cast<std::size_t>(totals.kept), "outcome", "outcomes");
  out << kept << (dry_run ? " would be kept, " : " kept, ") << totals.known << " known before, " << totals.open
      << " not called yet, " << totals.not_ours << " rows of other cases.\n";
  if (totals.late != 0)
    out << totals.late << " came after their claim was over: somebody else may have called as well.\n";
  if (totals.wrong_lines != 0) out << totals.wrong_lines << " lines could not be read.\n";
  if (totals.unknown.empty()) return;
  out << "Nobody said what these mean, so nothing was kept of them:\n";
  Table table({"DISPOSITION", "ROWS"});
  for (const auto& [disposition, rows] : totals.unknown) table.row({disposition, std::to_string(rows)});
  table.print(out, session.style());
  out << "Say it and read the file again: --map \"" << escape(totals.unknown.begin()->first) << "=OUTCOME\"\n";
}

Outcome read_outcomes(Session& session) {
  const Arguments& given = session.arguments();
  const std::string format = given.get("--format");
  if (format.empty()) return usage("--format is missing");
  HOLDLINE_ASSIGN(const std::string text, read_input(session.world(), given.get("FILE"), largest_outcomes));
  HOLDLINE_ASSIGN(const json meanings, meanings_given(session));
  const bool table = format == "vicidial" || format == "genesys", dry_run = given.has("--dry-run");
  Totals totals;
  for (const std::string& piece : table ? table_pieces(text) : line_pieces(text)) {
    json body{{"format", format}, {"content", piece}, {"meanings", meanings}, {"dry_run", dry_run}};
    if (given.has("--zone")) body["zone"] = given.get("--zone");
    HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/callbacks/outcomes", body));
    totals.add(answer.document());
  }
  if (session.json())
    session.world().out << totals.document(format, dry_run).dump() << '\n';
  else
    print_totals(session, totals, dry_run);
  return totals.unknown.empty() && totals.wrong_lines == 0 ? ExitCode::ok : ExitCode::findings;
}

Outcome take_back(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer,
                  session.write("POST", "/callbacks/take-back", json{{"batch", session.arguments().get("BATCH")}}));
  if (!session.printed_json(answer))
    session.world().out << count_of(answer.document().value("cases", std::size_t{0}), "case", "cases")
                        << " may be called by anybody again.\n";
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> dialler_commands() {
  const std::string group = "callbacks";
  const Option format = {"--format", "F", "vicidial, genesys, connect or jsonl"};
  return {
      {group,
       "export",
       "Cases that may be called now into a file for a dialler; nobody here dials them meanwhile",
       {},
       {format,
        {"-o,--output", "FILE", "The file; only its owner can read it"},
        {"--reason", "TEXT", "Why; it is kept on the list of exports"},
        {"--scope", "S", "Whose callbacks"},
        {"--only-reason", "TEXT", "Only with this reason", true},
        {"--only-zone", "ZONE", "Only in this time zone", true},
        {"--only-language", "LANG", "Only in this language", true},
        {"--most", "N", "At most so many (default: 200, most: 900)"},
        {"--minutes", "N", "To be dialled within (default: 240; Connect takes 14)"},
        {"--list", "ID", "vicidial: the list to add to"},
        {"--campaign", "ID", "connect: the campaign; vicidial: whose do-not-call list counts as well"},
        {"--details", "", "With names and reasons"},
        {"--accept-missing", "", "Though promises may be missing"},
        {"--again", "BATCH", "The file of an earlier export once more, as far as it is still to be dialled"}},
       false,
       export_cases},
      {group,
       "outcomes",
       "What a dialler tells of its calls, read into outcomes; again changes nothing",
       {{"FILE", "Its file; - is standard input"}},
       {format,
        {"--map", "WORD=OUTCOME", "What a disposition of your site means", true},
        {"--zone", "ZONE", "Where the clock of its times is"},
        {"--dry-run", "", "Say what would be kept, keep nothing"}},
       false,
       read_outcomes},
      {group,
       "take-back",
       "What was handed over was not called and will not be",
       {{"BATCH", "As export, or slice, told it"}},
       {},
       false,
       take_back},
  };
}

}  // namespace holdline::cli
