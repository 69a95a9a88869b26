#include "cli/commands/callbacks/show.hpp"

#include <nlohmann/json.hpp>

#include "cli/document.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

// "Ada Lovelace", of the first promise that this workstation has.
std::string name_of_case(const json& of) {
  for (const json& promise : list_of(of, "promises"))
    if (const std::string name = text_of(member(promise, "fields"), "name"); !name.empty()) return name;
  return "(not on this PC yet)";
}

std::string promised_in(Session& session, const json& fields) {
  std::string promised;
  for (const char* end : {"promise_start", "promise_end"})
    if (member(fields, end).is_string())
      promised += (promised.empty() ? "" : " to ") + session.time(member(fields, end));
  return promised;
}

void print_promises(Session& session, const json& of) {
  Table table({"PROMISE", "BY", "TAKEN", "PROMISED", "ABOUT", "SAID"});
  for (const json& promise : list_of(of, "promises")) {
    const json& fields = member(promise, "fields");
    table.row({text_of(promise, "reference"), text_of(fields, "taken_by"), session.time(member(fields, "taken_at")),
               promised_in(session, fields), text_of(fields, "reason"), text_of(fields, "context")});
  }
  table.print(session.world().out, session.style());
}

std::string why_of(Session& session, const json& of) {
  std::string why;
  for (const json& one : list_of(of, "why_here")) {
    why += (why.empty() ? "" : "; ") + text_of(one, "why");
    if (!text_of(one, "text").empty()) why += ": " + text_of(one, "text");
    if (member(one, "at").is_string()) why += ", " + session.time(member(one, "at"));
  }
  return why;
}

std::string not_now_of(Session& session, const json& of) {
  std::string blocked;
  for (const json& one : list_of(of, "blocked")) {
    blocked += (blocked.empty() ? "" : "; ") + text_of(one, "why");
    if (member(one, "until").is_string()) blocked += " until " + session.time(member(one, "until"));
  }
  return blocked;
}

}  // namespace

void print_claim(Session& session, const json& claim) {
  std::ostream& out = session.world().out;
  Table head;
  const std::string fence = text_of(claim, "claim");
  head.row({"claim " + fence, Cell(name_of_case(claim), Tone::good), text_of(claim, "state")});
  head.row({"about", joined(member(claim, "reasons"))});
  head.row({"why it is next", why_of(session, claim)});
  if (!list_of(claim, "languages").empty()) head.row({"language", joined(member(claim, "languages"))});
  head.row({"yours until", session.time(member(claim, "until"))});
  if (member(claim, "number_shown").is_string())
    head.row({"number", Cell(text_of(claim, "number_shown"), Tone::good), text_of(claim, "number")});
  head.print(out, session.style());
  print_promises(session, claim);
  if (text_of(claim, "state") == "dialling")
    out << "Dial, then tell how it ended: holdline callbacks outcome " << fence << " OUTCOME\n";
  else
    out << "Before you dial: holdline callbacks dial " << fence << '\n';
}

void print_case(Session& session, const json& one) {
  std::ostream& out = session.world().out;
  const std::string not_now = not_now_of(session, one);
  const json& claim = member(one, "claim");
  Table table;
  table.row({text_of(one, "place") + ".", Cell(name_of_case(one)), joined(member(one, "reasons")),
             not_now.empty() ? Cell("may be called", Tone::good) : Cell("not now: " + not_now, Tone::warning)});
  table.print(out, session.style());
  out << "   " << text_of(one, "case") << "  " << escape(why_of(session, one)) << '\n';
  if (claim.is_object())
    out << "   claim " << text_of(claim, "number") << " of " << escape(text_of(claim, "agent")) << " at "
        << escape(text_of(claim, "station")) << ": " << text_of(claim, "state") << '\n';
  for (const json& hint : list_of(one, "may_be_the_same"))
    out << "   may be the same as " << text_of(hint, "case") << " (" << text_of(hint, "why") << ")\n";
}

void print_release(Session& session, const json& release) {
  Table table;
  table.row({"release " + text_of(release, "id"), text_of(release, "scope"),
             Cell(text_of(release, "state"), text_of(release, "state") == "running" ? Tone::good : Tone::warning),
             "since " + session.time(member(release, "since")) + ", by " + text_of(release, "changed_by"),
             text_of(release, "because"), text_of(release, "handed_out") + " handed out"});
  table.print(session.world().out, session.style());
}

void print_coverage(Session& session, const json& document) {
  const auto desks = list_of(document, "workstations_outstanding").size();
  if (desks == 0) return;
  session.world().out << count_of(desks, "workstation has", "workstations have") << " not told everything ("
                      << escape(joined(member(document, "workstations_outstanding"))) << "): about "
                      << text_of(document, "may_be_missing") << " requests may be missing.\n";
}

void print_counts(Session& session, const char* title, const json& counts) {
  if (!counts.is_object() || counts.empty()) return;
  std::ostream& out = session.world().out;
  out << '\n';
  Table table({title, "CASES"});
  for (const auto& [name, count] : counts.items()) table.row({name, shown(count)});
  table.print(out, session.style());
}

void print_preview(Session& session, const json& preview) {
  std::ostream& out = session.world().out;
  out << text_of(preview, "cases") << " cases of " << text_of(preview, "promises")
      << " promises: " << text_of(preview, "now") << " may be called now, " << text_of(preview, "scheduled")
      << " later, " << text_of(preview, "blocked") << " not.\n";
  print_counts(session, "NOT NOW, BECAUSE", member(preview, "not_now_because"));
  print_counts(session, "TIME ZONE", member(preview, "by_zone"));
  print_counts(session, "REASON", member(preview, "by_reason"));
  print_counts(session, "LANGUAGE", member(preview, "by_language"));
  out << '\n'
      << text_of(preview, "cases") << " cases at " << text_of(preview, "calls_an_hour") << " calls an hour: all called "
      << session.time(member(preview, "finished"))
      << " at this pace; promises that break: " << text_of(preview, "promises_that_break") << ".\n";
  Table breaks({"CASE", "PROMISED UNTIL", "CALLED AT THIS PACE"});
  for (const json& one : list_of(preview, "breaks"))
    breaks.row(
        {text_of(one, "case"), session.time(member(one, "promised_until")), session.time(member(one, "expected"))});
  if (!breaks.empty()) {
    breaks.print(out, session.style());
    out << "Promise them another time: holdline callbacks promise-breaking --reason WHY, with the same options.\n";
  }
  print_coverage(session, preview);
}

}  // namespace holdline::cli
