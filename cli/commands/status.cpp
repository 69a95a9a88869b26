// holdline status and holdline wait
#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "platform/config/units.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

constexpr std::chrono::milliseconds between_looks{1000};

bool is_read_only(const json& status) { return text_of(member(status, "outbox"), "health") == "read-only"; }

ExitCode exit_code_for(const json& status) {
  const std::string mode = text_of(status, "mode");
  if (mode == "contingency") return ExitCode::contingency;
  const bool troubled = is_read_only(status) || !list_of(status, "health").empty() ||
                        is_counted(member(status, "outbox"), "quarantined") ||
                        member(member(status, "sync"), "error").is_object();
  return mode == "online" && !troubled ? ExitCode::ok : ExitCode::degraded;
}

Cell mode_cell(const json& status) {
  const std::string mode = text_of(status, "mode");
  if (mode == "online") return {"online", Tone::good};
  if (mode == "contingency" && text_of(member(member(status, "sync"), "error"), "code") == "device-revoked")
    return {"contingency: the hub has revoked this workstation, nobody can sign in", Tone::bad};
  const json& incident = member(member(status, "contingency"), "incident");
  if (mode == "contingency" && incident.is_object())
    return {std::string(is_set(incident, "drill") ? "contingency, practice: " : "contingency: ") +
                text_of(incident, "reason"),
            Tone::bad};
  if (mode == "contingency") return {"contingency: the hub is away, entries are saved on this PC", Tone::warning};
  if (mode == "recovering" && incident.is_object())
    return {"recovering: systems are back, what was taken by hand is brought together", Tone::warning};
  if (mode == "degraded") return {"degraded: something is wrong, everything can be saved here", Tone::warning};
  if (mode == "recovering") return {"recovering: the hub is back, catching up", Tone::warning};
  if (mode == "not-enrolled") return {"not enrolled: run holdline enroll CODE", Tone::bad};
  return {mode, Tone::warning};
}

// Whose it is, for who asks "is it me?"
std::string shown_cause(const std::string& cause) {
  if (cause == "my-network") return "the network of this PC";
  if (cause == "site-network") return "the line of this site";
  if (cause == "central-service") return "the central service";
  return {};
}

void add_link(Table& table, Session& session, const json& status) {
  const json& link = member(status, "link");
  const std::string state = text_of(link, "state"), since = session.time(member(link, "since"));
  if (state.empty() || state == "online") return;
  std::string note = shown_cause(text_of(link, "cause"));
  note = note.empty() ? "" : "it is " + note;
  const auto add = [&note](const std::string& more) { note += (note.empty() ? "" : "; ") + more; };
  if (is_set(link, "held"))
    add("it answers, after it came and went too often: believed when it stays");
  else if (is_set(link, "takes_writes"))
    add("it answers again: shown when it stays");
  table.row({"link", Cell(state + (since.empty() ? "" : " since " + since), Tone::warning), note});
}

void add_service(Table& table, Session& session, const json& status) {
  const json& service = member(status, "systems");
  if (text_of(service, "state") == "degraded") {
    const std::string since = session.time(member(service, "since"));
    table.row({"services", Cell("degraded" + (since.empty() ? "" : " since " + since), Tone::warning),
               text_of(service, "failing") + ": " + shown_cause(text_of(service, "cause"))});
  }
  const json& proposal = member(status, "proposal");
  if (proposal.is_object())
    table.row({"reported", Cell(text_of(proposal, "about") + " does not work", Tone::warning),
               shown(member(proposal, "people")) + " people say so: a supervisor decides about an incident"});
}

// "20000 customer, 3 callback_request"
std::string records_of(const json& replica) {
  std::string result;
  for (const auto& [collection, count] : member(replica, "records").items())
    result += (result.empty() ? "" : ", ") + shown(count) + " " + collection;
  return result;
}

// "37 %: can be searched when all of it is here"
std::string loaded_share(const json& bootstrap) {
  const auto number = [&](const char* name) { return std::strtoull(text_of(bootstrap, name).c_str(), nullptr, 10); };
  const auto done = number("bytes_done"), total = number("bytes_total");
  return (total == 0 ? "" : std::to_string(100 * done / total) + " %: ") + "can be searched when all of it is here";
}

void add_data(Table& table, Session& session, const json& status) {
  const json& bootstrap = member(member(status, "sync"), "bootstrap");
  if (bootstrap.is_object() && member(bootstrap, "done") != member(bootstrap, "total")) {
    table.row({"first copy",
               Cell("still loading, " + text_of(bootstrap, "done") + " of " + text_of(bootstrap, "total") + " parts",
                    Tone::warning),
               loaded_share(bootstrap)});
  }
  const json& replica = member(status, "replica");
  if (!replica.is_object()) return;
  const std::string when = session.time(member(replica, "as_of"));
  table.row({"data as of", when.empty() ? "nothing here yet" : when, records_of(replica)});
}

void add_outbox(Table& table, Session& session, const json& status) {
  const json& outbox = member(status, "outbox");
  if (!outbox.is_object()) return;
  const std::string oldest = session.time(member(outbox, "oldest"));
  table.row({"not yet at the hub", text_of(outbox, "waiting"), oldest.empty() ? "" : "oldest " + oldest});
  if (is_counted(outbox, "quarantined"))
    table.row(
        {"needs attention", Cell(text_of(outbox, "quarantined"), Tone::bad), "see: holdline outbox list --attention"});
  if (is_counted(status, "open_conflicts"))
    table.row(
        {"open conflicts", Cell(text_of(status, "open_conflicts"), Tone::warning), "see: holdline conflicts list"});
  if (is_counted(outbox, "lost"))
    table.row({"lost", Cell(text_of(outbox, "lost"), Tone::bad),
               "accepted entries that the hub lost when it was restored, and that are no longer kept on this PC"});
  const std::string lost_before = session.time(member(outbox, "lost_before"));
  if (!lost_before.empty())
    table.row({"outbox lost", Cell(lost_before, Tone::bad),
               "what this PC had saved before and not sent is not here; the hub was told"});
  if (is_read_only(status)) table.row({"saving", Cell("not possible", Tone::bad), text_of(outbox, "advice")});
}

// Wrong clocks stop nobody; people see them here. Seconds of difference are nobody's business.
void add_clock(Table& table, const json& sync) {
  constexpr std::int64_t worth_telling_ms = 60'000;
  const json& offset = member(sync, "clock_offset_ms");
  if (!offset.is_number_integer()) return;
  const std::int64_t hub_ahead_ms = offset.get<std::int64_t>();
  const std::int64_t apart_ms = hub_ahead_ms < 0 ? -hub_ahead_ms : hub_ahead_ms;
  if (apart_ms < worth_telling_ms) return;
  table.row(
      {"clock",
       Cell(length_of(apart_ms) + (hub_ahead_ms < 0 ? " ahead of the hub's" : " behind the hub's"), Tone::warning),
       "set this PC's clock: its entries bear wrong times"});
}

void add_certificate(Table& table, const json& status) {
  const json& certificate = member(status, "certificate");
  const json& days = member(certificate, "days_left");
  if (!days.is_number_integer()) return;
  const bool over = days.get<std::int64_t>() < 0;
  table.row({"certificate", Cell(over ? "expired" : "good for " + text_of(certificate, "days_left") + " days",
                                 over ? Tone::bad : Tone::plain)});
}

void add_health(Table& table, const json& status) {
  for (const json& note : list_of(status, "health"))
    table.row({"attention", Cell(text_of(note, "code"), Tone::warning), text_of(note, "message")});
}

void add_incident(Table& table, Session& session, const json& status) {
  const json& incident = member(member(status, "contingency"), "incident");
  if (!incident.is_object()) return;
  table.row({"incident", text_of(incident, "short") + " " + text_of(incident, "title"),
             "since " + session.time(member(incident, "begins"))});
  if (member(incident, "expected").is_string())
    table.row({"expected back", session.time(member(incident, "expected"))});
}

void print_status(std::ostream& out, Session& session, const json& status) {
  Table table;
  table.row({"mode", mode_cell(status)});
  add_incident(table, session, status);
  const json& workstation = member(status, "workstation");
  if (workstation.is_object()) table.row({"workstation", text_of(workstation, "name"), text_of(workstation, "id")});
  const json& person = member(status, "person");
  if (person.is_object())
    table.row({"signed in", text_of(person, "name"), text_of(person, "role")});
  else
    table.row({"signed in", "nobody", "sign in with: holdline login PERSON"});
  const json& sync = member(status, "sync");
  const std::string contact = session.time(member(sync, "last_contact"));
  if (!text_of(status, "hub").empty())
    table.row({"hub", text_of(status, "hub"), contact.empty() ? "never reached" : "last contact " + contact});
  add_link(table, session, status);
  add_service(table, session, status);
  const json& error = member(sync, "error");
  if (error.is_object()) table.row({"trouble", Cell(text_of(error, "code"), Tone::warning), text_of(error, "message")});
  add_clock(table, sync);
  add_certificate(table, status);
  add_health(table, status);
  add_data(table, session, status);
  add_outbox(table, session, status);
  table.row({"agent", text_of(status, "version")});
  table.print(out, session.style());
}

// What one look shows, as text: also that the agent does not answer.
struct Look {
  std::string text;
  Outcome outcome = ExitCode::ok;
};

Look look(Session& session) {
  const auto answer = session.get("/status");
  if (!answer) return {{}, tl::unexpected<Error>(answer.error())};
  const json status = answer->document();
  if (!member(status, "mode").is_string()) return {{}, not_understood()};
  std::ostringstream text;
  if (session.json())
    text << answer->text << (answer->text.ends_with('\n') ? "" : "\n");
  else
    print_status(text, session, status);
  return {text.str(), exit_code_for(status)};
}

// Shows every change: over the last one at a terminal, as another document or paragraph elsewhere.
Outcome watch(Session& session) {
  Environment& world = session.world();
  const bool over = world.out_is_terminal && !session.json();
  std::string last;
  do {
    Look now = look(session);
    if (!now.outcome && exit_code_of(now.outcome.error()) == ExitCode::permission) return now.outcome;
    if (!now.outcome) now.text = session.json() ? "" : escape(now.outcome.error().message) + "\n";
    if (now.text == last || now.text.empty()) continue;
    if (over) world.out << "\x1b[H\x1b[2J";
    if (!over && !session.json() && !last.empty()) world.out << '\n';
    world.out << now.text << std::flush;
    last = std::move(now.text);
  } while (world.out && world.pause(between_looks));
  return ExitCode::ok;
}

Outcome status(Session& session) {
  if (session.arguments().has("--watch")) return watch(session);
  const Look now = look(session);
  session.world().out << now.text;
  if (!session.arguments().has("--exit-code")) {
    if (!now.outcome) return now.outcome;
    return ExitCode::ok;
  }
  if (now.outcome || exit_code_of(now.outcome.error()) == ExitCode::permission) return now.outcome;
  complain(session.world().err, now.outcome.error());
  return ExitCode::unreachable;
}

// online: the hub takes what is saved; ready: entries can be saved, hub or not; drained: nothing waits for the hub.
bool is_reached(const std::string& goal, const json& status) {
  // At this moment, in a declared incident as well: the mode that is shown waits until the hub has stayed for a while.
  const json& sync = member(status, "sync");
  if (goal == "online") return is_set(sync, "connected") && is_set(sync, "settled");
  if (goal == "ready") return is_set(status, "enrolled") && text_of(member(status, "outbox"), "health") == "writable";
  return text_of(member(status, "outbox"), "waiting") == "0";
}

Error not_in_time(const std::string& goal, const std::string& timeout, const std::optional<Error>& last) {
  if (last) return *last;
  return {ErrorKind::retry_later, "not-now",
          "Not " + goal + " within " + timeout + " — see what is missing with: holdline status"};
}

Outcome wait(Session& session) {
  const std::string goal = session.arguments().get("GOAL");
  if (goal != "online" && goal != "ready" && goal != "drained") return usage("wait for one of: online, ready, drained");
  const std::string typed = session.arguments().get("--timeout");
  const auto timeout = platform::parse_duration(typed);
  if (!typed.empty() && !timeout) return usage("--timeout takes a duration: 500ms, 30s, 5min, 2h");
  Environment& world = session.world();
  const auto began = world.clock.monotonic();
  for (;;) {
    const auto answer = session.get("/status");
    std::optional<Error> error;
    if (answer && is_reached(goal, answer->document())) {
      session.printed_json(*answer);
      return ExitCode::ok;
    }
    if (!answer) error = answer.error();
    if (error && exit_code_of(*error) == ExitCode::permission) return tl::unexpected<Error>(*error);
    const bool over = timeout && world.clock.monotonic() - began >= *timeout;
    if (over || !world.pause(timeout ? std::min(between_looks, *timeout) : between_looks))
      return tl::unexpected<Error>(not_in_time(goal, typed, error));
  }
}

}  // namespace

std::vector<Command> status_commands() {
  return {
      {"",
       "status",
       "Mode, age of the data, what is not yet at the hub",
       {},
       {{"--watch", "", "Show every change until Ctrl-C"},
        {"--exit-code", "", "10 degraded, 11 contingency, 12 the agent does not answer"}},
       false,
       status},
      {"",
       "wait",
       "Wait until the workstation is online, ready or drained",
       {{"GOAL", "online: the hub answers; ready: entries can be saved; drained: everything is at the hub"}},
       {{"--timeout", "TIME", "Give up after so long: 30s, 5min (default: never)"}},
       false,
       wait},
  };
}

}  // namespace holdline::cli
