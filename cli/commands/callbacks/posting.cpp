// holdline posting: what was taken by hand, brought into the central system.
#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

Outcome list_postings(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer,
                  session.get(target("/postings", {{"state", session.arguments().get("--state")},
                                                   {"limit", session.arguments().get("--limit")}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json list = answer.document();
  Table table({"ENTRY", "REFERENCE", "KIND", "NAME", "TAKEN", "POSTING", "BY", "AS"});
  for (const json& item : list_of(list, "items")) {
    const json &fields = member(item, "fields"), &posting = member(item, "posting");
    const std::string state = text_of(posting, "state");
    table.row({text_of(item, "entry"), text_of(item, "reference"), text_of(fields, "kind"), text_of(fields, "name"),
               session.time(member(fields, "event_time")),
               Cell(state, state == "unposted" ? Tone::warning : Tone::plain), text_of(posting, "person"),
               text_of(posting, "posted_as") + text_of(posting, "reason")});
  }
  if (!table.empty()) table.print(session.world().out, session.style());
  const json& counts = member(list, "counts");
  session.world().out << text_of(counts, "unposted") << " unposted, " << text_of(counts, "claimed") << " being posted, "
                      << text_of(counts, "posted") << " posted, " << text_of(counts, "not_needed") << " not needed.\n";
  return ExitCode::ok;
}

template <const char* state>
Outcome settle_posting(Session& session) {
  json body{{"state", state}};
  if (session.arguments().has("--as")) body["posted_as"] = session.arguments().get("--as");
  if (session.arguments().has("--reason")) body["reason"] = session.arguments().get("--reason");
  HOLDLINE_ASSIGN(const Answer answer,
                  session.write("POST", "/entries/" + session.arguments().get("ENTRY") + "/posting", body));
  return print_saved(session, answer);
}

constexpr char claimed_word[] = "claimed", posted_word[] = "posted", not_needed_word[] = "not_needed",
               unposted_word[] = "unposted";

}  // namespace

std::vector<Command> posting_commands() {
  const std::string group = "posting";
  const Positional entry = {"ENTRY", "Its id"};
  return {
      {group,
       "list",
       "Entries that were taken in an outage and are not in the central system yet",
       {},
       {{"--state", "STATE", "open (default), unposted, claimed, posted, not_needed or all"},
        {"--limit", "N", "At most so many (default: 50)"}},
       false,
       list_postings},
      {group, "claim", "Take one, so that nobody else posts it", {entry}, {}, true, settle_posting<claimed_word>},
      {group,
       "done",
       "It is posted",
       {entry},
       {{"--as", "REF", "The reference that it has there"}},
       true,
       settle_posting<posted_word>},
      {group,
       "not-needed",
       "It does not have to be posted",
       {entry},
       {{"--reason", "TEXT", "Why; it is kept"}},
       true,
       settle_posting<not_needed_word>},
      {group, "give-back", "Somebody else is to post it", {entry}, {}, true, settle_posting<unposted_word>},
  };
}

}  // namespace holdline::cli
