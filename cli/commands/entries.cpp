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

using Columns = std::vector<std::pair<std::string, std::string>>;  // header, field

Outcome list(Session& session, const std::string& path, const Columns& columns) {
  const Arguments& typed = session.arguments();
  HOLDLINE_ASSIGN(const Answer answer,
                  session.get(target(path, {{"limit", typed.get("--limit")}, {"before", typed.get("--before")}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json document = answer.document();
  std::vector<std::string> header = {"ID"};
  for (const auto& [title, field] : columns) header.push_back(title);
  header.emplace_back("ATTENTION");
  Table table(header);
  for (const json& record : list_of(document, "items")) {
    std::vector<Cell> row = {text_of(record, "id")};
    for (const auto& [title, field] : columns) {
      const json& value = member(member(record, "fields"), field);
      const bool is_time = field == "event_time" || field == "taken_at" || field.starts_with("promise_");
      row.emplace_back(is_time            ? session.time(value)
                       : field == "phone" ? number_of(member(record, "fields"))
                                          : shown(value));
    }
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

Outcome add_entry(Session& session) { return add(session, entries); }
Outcome show_entry(Session& session) { return show(session, entries); }
Outcome list_entries(Session& session) {
  return list(session, entries,
              {{"WHEN", "event_time"},
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
              {{"TAKEN", "taken_at"},
               {"FROM", "promise_start"},
               {"UNTIL", "promise_end"},
               {"STATE", "state"},
               {"NAME", "name"},
               {"PHONE", "phone"},
               {"REASON", "reason"},
               {"BY", "taken_by"}});
}

}  // namespace

std::vector<Command> entry_commands() {
  const Positional id{"ID", "Id, as list shows it"};
  const Positional entry_fields{"FIELD=VALUE", "kind=message name=… phone=… note=…", true};
  const Positional callback_fields{"FIELD=VALUE", "name=… phone=… reason=… promise_start=… promise_end=…", true};
  const Option scope{"--scope", "S", "Where it belongs (default: the person's own)"};
  const std::vector<Option> page = {{"--limit", "N", "At most so many"},
                                    {"--before", "ID", "Those older than this one"}};
  return {
      {"entry",
       "add",
       "Take something down: a message, an order, a complaint",
       {entry_fields},
       with_answers({scope}),
       true,
       add_entry},
      {"entry", "list", "Newest first", {}, page, false, list_entries},
      {"entry", "show", "One entry", {id}, {}, false, show_entry},
      {"callback", "add", "Promise to call back", {callback_fields}, with_answers({scope}), true, add_callback},
      {"callback", "list", "Newest first", {}, page, false, list_callbacks},
      {"callback", "show", "One callback", {id}, {}, false, show_callback},
  };
}

}  // namespace holdline::cli
