// holdline forms: paper forms, printed, entered and accounted for.

#include <nlohmann/json.hpp>

#include "cli/commands/assignment.hpp"
#include "cli/commands/callbacks/show.hpp"
#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "platform/os/files.hpp"
#include "platform/text/url.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr std::size_t largest_print = std::size_t{64} << 20;

Result<void> write_pages(Session& session, const std::string& pad) {
  HOLDLINE_ASSIGN(const Answer pages,
                  session.get("/paper/" + platform::percent_encoded(pad) + "/pdf", Session::usual, largest_print));
  if (auto written = platform::write_output(session.arguments().get("--out"), pages.text); !written)
    return fail(ErrorKind::ask_person, "refused", written.error().message);
  return {};
}

Outcome print_forms(Session& session) {
  const Arguments& given = session.arguments();
  for (const char* needed : {"--form", "--out"})
    if (given.get(needed).empty()) return usage(std::string(needed) + " is missing");
  json body{{"form", given.get("--form")}};
  if (given.has("--count")) {
    HOLDLINE_ASSIGN(body["count"], whole_number_of(given.get("--count")));
  }
  for (const auto& [option, name] :
       {std::pair{"--customer", "customer"}, {"--held-by", "held_by"}, {"--scope", "scope"}})
    if (given.has(option)) body[name] = given.get(option);
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/paper", body));
  const json saved = answer.document();
  const std::string pad = list_of(saved, "created").empty() ? std::string() : shown(list_of(saved, "created").front());
  if (auto written = write_pages(session, pad); !written) {
    session.world().err << "The pad " << escape(pad) << " is kept. Its pages can be drawn again: holdline forms pages "
                        << escape(pad) << " --out FILE\n";
    return fail(std::move(written));
  }
  if (session.printed_json(answer)) return ExitCode::ok;
  session.world().out << "Pad " << escape(pad) << " in " << escape(given.get("--out"))
                      << "\nEvery sheet counts as outstanding until it is entered or void: holdline forms chase\n";
  return ExitCode::ok;
}

Outcome draw_again(Session& session) {
  if (session.arguments().get("--out").empty()) return usage("--out is missing");
  HOLDLINE_TRY(write_pages(session, session.arguments().get("PAD")));
  return ExitCode::ok;
}

Result<Answer> ask_paper(Session& session, bool outstanding) {
  return session.get(target("/paper", {{"outstanding", outstanding ? "true" : ""},
                                       {"incident", session.arguments().get("--incident")},
                                       {"practice", session.arguments().has("--practice") ? "only" : ""}}));
}

std::string label_of(const json& pad) { return text_of(pad, "label") + (is_set(pad, "drill") ? " (practice)" : ""); }

void print_sum(Session& session, const json& document) {
  session.world().err << text_of(document, "outstanding") << " sheets are outstanding. This PC has "
                      << text_of(document, "numbers_left") << " numbers to print without the hub.\n";
}

Outcome list_pads(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, ask_paper(session, session.arguments().has("--outstanding")));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  Table table(
      {"PAD", "PRINTED", "FORM", "WHO HAS IT", "BY", "AT", "SHEETS", "ENTERED", "VOID", "MISSING", "OUTSTANDING"});
  for (const json& pad : list_of(document, "pads")) {
    const std::string out = text_of(pad, "outstanding_sheets");
    table.row({text_of(pad, "id"), session.time(member(pad, "printed")), label_of(pad), text_of(pad, "held_by"),
               text_of(pad, "person"), text_of(pad, "station"), text_of(pad, "sheets"), text_of(pad, "entered"),
               text_of(pad, "voided"), text_of(pad, "missing"),
               Cell(out.empty() ? "none" : out, out.empty() ? Tone::good : Tone::warning)});
  }
  if (!table.empty()) table.print(session.world().out, session.style());
  print_sum(session, document);
  return ExitCode::ok;
}

// A line for each sheet, as somebody would walk along the desks and tick them off.
Outcome chase(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, ask_paper(session, true));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  Table table({"NUMBER", "SHEET", "FORM", "WHO HAS IT", "PRINTED BY", "AT", "SINCE"});
  for (const json& pad : list_of(document, "pads"))
    for (const json& sheet : list_of(pad, "outstanding"))
      table.row({text_of(sheet, "number"), text_of(sheet, "sheet") + " of " + text_of(pad, "sheets"), label_of(pad),
                 text_of(pad, "held_by"), text_of(pad, "person"), text_of(pad, "station"),
                 session.time(member(pad, "printed"))});
  if (!table.empty()) table.print(session.world().out, session.style());
  print_sum(session, document);
  return ExitCode::ok;
}

Outcome enter(Session& session) {
  const Arguments& given = session.arguments();
  if (given.get("--at").empty()) return usage("--at is missing — when it happened, as it stands on the paper");
  HOLDLINE_ASSIGN(const auto fields, parse_assignments(session.world(), given.all("FIELD=VALUE")));
  json body{{"fields", object_of(fields)}, {"event_time", given.get("--at")}};
  if (given.has("--written-by")) body["written_by"] = given.get("--written-by");
  if (given.has("--form")) body["form"] = given.get("--form");
  if (given.has("--printed-elsewhere")) body["elsewhere"] = true;
  HOLDLINE_ASSIGN(const Answer answer,
                  session.write("POST", "/paper/" + platform::percent_encoded(given.get("NUMBER")) + "/entry", body));
  return print_saved(session, answer);
}

Outcome account_for(Session& session) {
  const Arguments& given = session.arguments();
  if (given.get("--reason").empty()) return usage("--reason is missing — it is kept with each sheet");
  json body{{"numbers", given.all("NUMBER")}, {"reason", given.get("--reason")}};
  if (given.has("--missing")) body["missing"] = true;
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/paper/void", body));
  return print_saved(session, answer);
}

}  // namespace

std::vector<Command> paper_commands() {
  const std::string group = "forms";
  const Option out{"-o,--out", "FILE", "The PDF"}, practice{"--practice", "", "Those of drills, apart"},
      incident{"--incident", "ID", "Only of this one (as entries name it): printed in it, or opened in it"};
  return {
      {group,
       "print",
       "Paper forms with a number each, from the numbers that this workstation has in advance",
       {},
       {{"--form", "FORM", "manual_entry, callback_request, complaint, … or a form of the schema"},
        {"--count", "N", "Sheets, 1 to 100 (default: 1)"},
        {"--customer", "ID", "Filled in for this customer"},
        {"--held-by", "TEXT", "Who gets the paper: row 3"},
        {"--scope", "S", "Where it is used (default: your own)"},
        out},
       true,
       print_forms},
      {group, "pages", "The pages of a pad once more", {{"PAD", "As forms list names it"}}, {out}, false, draw_again},
      {group,
       "list",
       "Pads, and what became of their sheets",
       {},
       {{"--outstanding", "", "Only pads of which sheets are outstanding"}, incident, practice},
       false,
       list_pads},
      {group, "chase", "Sheets that are outstanding, one a line", {}, {incident, practice}, false, chase},
      {group,
       "enter",
       "Type in what was written on a sheet: its number becomes the reference of the entry, once",
       {{"NUMBER", "K7M-4XR-R2M, or what a scanner reads beside it"},
        {"FIELD=VALUE", "What stands on the paper; status=done when nothing is left to do", true}},
       with_answers({{"--at", "TIME", "When it happened, as it stands on the paper: 2026-03-01T09:30:00Z"},
                     {"--written-by", "NAME", "Whose handwriting it is"},
                     {"--form", "FORM", "Which it is, where the pad is not known here"},
                     {"--printed-elsewhere", "", "By a desk that has had no contact since"}}),
       true,
       enter},
      {group,
       "void",
       "Sheets that were spoiled or not used",
       {{"NUMBER", "K7M-4XR-R2M", true}},
       {{"--reason", "TEXT", "Why; kept with each"}, {"--missing", "", "Searched for and not found; for supervisors"}},
       true,
       account_for},
  };
}

}  // namespace holdline::cli
