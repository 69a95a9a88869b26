// holdline entry add|list|show and holdline callback add|list|show: the same forms for two collections.
#include <nlohmann/json.hpp>

#include "cli/commands/assignment.hpp"
#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "platform/text/url.hpp"
#include "sync/base/id.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

Outcome add(Session& session, const std::string& path) {
  HOLDLINE_ASSIGN(const auto fields, parse_assignments(session.world(), session.arguments().all("FIELD=VALUE")));
  json body = {{"fields", object_of(fields)}};
  if (session.arguments().has("--form")) body["fields"]["form"] = session.arguments().get("--form");
  if (session.arguments().has("--scope")) body["scope"] = session.arguments().get("--scope");
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", path, body));
  return print_saved(session, answer);
}

Outcome show(Session& session, const std::string& path) {
  HOLDLINE_ASSIGN(const Answer answer,
                  session.get(path + "/" + platform::percent_encoded(session.arguments().get("ID"))));
  return print_record(session, answer);
}

// The number with its extension; without a number, what there is instead.
std::string number_of(const json& fields) {
  const std::string number = text_of(fields, "phone"), extension = text_of(fields, "extension");
  const std::string reach = text_of(fields, "reach");
  if (!number.empty()) return number + (extension.empty() ? "" : " ext. " + extension);
  if (extension.empty()) return reach;
  return "inside only: " + extension + (reach.empty() ? "" : ", " + reach);
}

// In which outage it was taken, by what people call it, and whether that was for practice.
Cell outage_of(const json& fields) {
  std::string name = text_of(fields, "incident").substr(0, 6);
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return is_set(fields, "drill") ? Cell(name + " practice", Tone::warning) : Cell(name);
}

using Columns = std::vector<std::pair<std::string, std::string>>;  // header, field

std::vector<std::pair<std::string, std::string>> paged(const Arguments& typed) {
  return {{"limit", typed.get("--limit")},
          {"before", typed.get("--before")},
          {"practice", typed.has("--practice") ? "only" : ""}};
}

Outcome list(Session& session, const std::string& path, const Columns& columns) {
  const Arguments& typed = session.arguments();
  HOLDLINE_ASSIGN(const Answer answer, session.get(target(path, paged(typed))));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  std::vector<std::string> header = {"ID"};
  for (const auto& [title, field] : columns) header.push_back(title);
  header.emplace_back("OUTAGE");
  header.emplace_back("ATTENTION");
  Table table(header);
  for (const json& record : list_of(document, "items")) {
    std::vector<Cell> row = {text_of(record, "id")};
    for (const auto& [title, field] : columns) {
      const json& value = member(member(record, "fields"), field);
      const bool is_time =
          field == "event_time" || field == "taken_at" || field == "received_at" || field.starts_with("promise_");
      row.emplace_back(is_time            ? session.time(value)
                       : field == "phone" ? number_of(member(record, "fields"))
                                          : shown(value));
    }
    row.emplace_back(outage_of(member(record, "fields")));
    row.emplace_back(list_of(record, "attention").empty() ? "" : words_for_state("needs-attention"), Tone::bad);
    table.row(std::move(row));
  }
  if (!table.empty())
    table.print(session.world().out, session.style());
  else
    session.world().err << "There are none on this PC.\n";
  print_rest(session, document, "--before");
  print_as_of(session, document);
  return ExitCode::ok;
}

const std::string entries = "/entries";
const std::string callbacks = "/callbacks";
const std::string complaints = "/records/complaint";

Outcome add_entry(Session& session) { return add(session, entries); }
Outcome show_entry(Session& session) { return show(session, entries); }
Outcome list_entries(Session& session) {
  return list(session, entries,
              {{"REFERENCE", "reference"},
               {"WHEN", "event_time"},
               {"KIND", "kind"},
               {"STATUS", "status"},
               {"NAME", "name"},
               {"PHONE", "phone"},
               {"NOTE", "note"},
               {"BY", "operator"},
               {"AT", "station"}});
}

Outcome add_callback(Session& session) { return add(session, callbacks); }
Outcome show_callback(Session& session) { return show(session, callbacks); }
Outcome list_callbacks(Session& session) {
  return list(session, callbacks,
              {{"REFERENCE", "reference"},
               {"TAKEN", "taken_at"},
               {"FROM", "promise_start"},
               {"UNTIL", "promise_end"},
               {"STATE", "state"},
               {"NAME", "name"},
               {"PHONE", "phone"},
               {"REASON", "reason"},
               {"BY", "taken_by"}});
}

Outcome add_complaint(Session& session) { return add(session, complaints); }
Outcome show_complaint(Session& session) { return show(session, complaints); }
Outcome list_complaints(Session& session) {
  return list(session, complaints,
              {{"REFERENCE", "reference"},
               {"RECEIVED", "received_at"},
               {"STATE", "state"},
               {"SEVERITY", "severity"},
               {"NAME", "name"},
               {"WHAT HAPPENED", "what_happened"},
               {"BY", "taken_by"}});
}

std::string record_target(Session& session) {
  return "/records/" + platform::percent_encoded(session.arguments().get("COLLECTION"));
}
Outcome add_record(Session& session) { return add(session, record_target(session)); }
Outcome show_record(Session& session) { return show(session, record_target(session)); }
Outcome edit_any_record(Session& session) {
  HOLDLINE_ASSIGN(const auto changes, parse_assignments(session.world(), session.arguments().all("FIELD=VALUE")));
  return edit_record(session, record_target(session) + "/" + platform::percent_encoded(session.arguments().get("ID")),
                     changes);
}
// Whatever the collection is: what each record says, one line each.
Outcome list_records(Session& session) {
  const Arguments& typed = session.arguments();
  HOLDLINE_ASSIGN(const Answer answer, session.get(target(record_target(session), paged(typed))));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  Table table({"ID", "WHAT IT SAYS"});
  for (const json& record : list_of(document, "items")) {
    std::string says;
    for (const auto& [name, value] : member(record, "fields").items())
      says += (says.empty() ? "" : ", ") + name + " " + shown(value);
    table.row({text_of(record, "id"), says});
  }
  if (!table.empty())
    table.print(session.world().out, session.style());
  else
    session.world().err << "There are none on this PC.\n";
  print_rest(session, document, "--before");
  print_as_of(session, document);
  return ExitCode::ok;
}

// "danger_now is gas_smell or wires_down"
std::string condition_of(const json& when) {
  std::string text;
  for (const auto& [field, options] : when.items()) {
    std::string either;
    for (const json& option : options) either += (either.empty() ? "" : " or ") + shown(option);
    text += (text.empty() ? "" : " and ") + field + " is " + either;
  }
  return text;
}

Outcome list_forms(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get("/forms"));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  Table table({"NAME", "FORM", "VERSION", "APPROVED BY", "NEEDS"});
  for (const json& form : list_of(document, "forms"))
    table.row({text_of(form, "name"), text_of(form, "label"), text_of(form, "version"),
               text_of(form, "approved_by").empty() ? "nobody yet" : text_of(form, "approved_by"),
               text_of(form, "required")});
  if (table.empty())
    session.world().err << "This centre has no forms beside its own.\n";
  else
    table.print(session.world().out, session.style());
  return ExitCode::ok;
}

Outcome show_form(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get("/forms"));
  const json document = answer.document();
  for (const json& form : list_of(document, "forms")) {
    if (text_of(form, "name") != session.arguments().get("NAME")) continue;
    std::ostream& out = session.world().out;
    if (session.json()) return out << form.dump() << '\n', ExitCode::ok;
    out << escape(text_of(form, "label")) << ", version " << escape(text_of(form, "version")) << '\n';
    for (const json& stop : list_of(form, "stops")) {
      const std::string when = condition_of(member(stop, "when")), call = text_of(stop, "call");
      out << "First" << (when.empty() ? "" : ", when " + escape(when)) << ": " << escape(text_of(stop, "text"))
          << (call.empty() ? "" : " " + escape(call)) << '\n';
    }
    out << "Asks for: " << escape(text_of(form, "fields")) << "\nNeeds: " << escape(text_of(form, "required"))
        << "\nholdline entry add --form " << escape(text_of(form, "name")) << " FIELD=VALUE…\n";
    return ExitCode::ok;
  }
  return usage("There is no form of that name; see: holdline form list");
}

}  // namespace

std::vector<Command> entry_commands() {
  const Positional id{"ID", "Id or reference, as list shows it"};
  const Positional collection{"COLLECTION", "A collection of the schema, such as complaint or consent"};
  const Option form{"--form", "NAME", "Which form, as form list shows it"};
  const Positional entry_fields{"FIELD=VALUE", "kind=message name=… phone=… note=…", true};
  const Positional callback_fields{"FIELD=VALUE", "name=… phone=… reason=… promise_start=… promise_end=…", true};
  const Option scope{"--scope", "S", "Where it belongs (default: the person's own)"};
  const std::vector<Option> page = {{"--limit", "N", "At most so many"},
                                    {"--before", "ID", "Those older than this one"},
                                    {"--practice", "", "What was taken in drills, apart"}};
  return {
      {"entry",
       "add",
       "Take something down: a message, an order, a complaint",
       {entry_fields},
       with_answers_and_real({form, scope}),
       true,
       add_entry},
      {"entry", "list", "Newest first", {}, page, false, list_entries},
      {"entry", "show", "One entry", {id}, {}, false, show_entry},
      {"callback",
       "add",
       "Promise to call back",
       {callback_fields},
       with_answers_and_real({scope}),
       true,
       add_callback},
      {"callback", "list", "Newest first", {}, page, false, list_callbacks},
      {"callback", "show", "One callback", {id}, {}, false, show_callback},
      {"complaint",
       "add",
       "Take a complaint down",
       {{"FIELD=VALUE", "name=… what_happened=… severity=… remedy_asked=…", true}},
       with_answers_and_real({scope}),
       true,
       add_complaint},
      {"complaint", "list", "Newest first", {}, page, false, list_complaints},
      {"complaint", "show", "One complaint", {id}, {}, false, show_complaint},
      {"record",
       "add",
       "Anything else that the schema knows: a consent, a follow-up, a data request",
       {collection, {"FIELD=VALUE", "Fields, as holdline schema docs explains them", true}},
       with_answers_and_real({scope}),
       true,
       add_record},
      {"record", "list", "Records of a collection, newest first", {collection}, page, false, list_records},
      {"record", "show", "One record", {collection, id}, {}, false, show_record},
      {"record",
       "edit",
       "Change fields of a record",
       {collection, id, {"FIELD=VALUE", "New values; FIELD= empties", true}},
       with_answers(
           {{"--base", "FIELD=VALUE", "What stood there when you decided (default: what stands there now)", true}}),
       true,
       edit_any_record},
      {"form", "list", "The forms of this centre", {}, {}, false, list_forms},
      {"form",
       "show",
       "One form: what to say first, what it asks for",
       {{"NAME", "As list shows it"}},
       {},
       false,
       show_form},
  };
}

}  // namespace holdline::cli
