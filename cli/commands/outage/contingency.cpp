// holdline contingency: outages, as people at this workstation see them and decide about them.
#include <algorithm>
#include <cctype>
#include <iterator>

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/commands/records.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "contingency/states/transitions.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

Cell service_cell(const json& document) {
  const std::string service = text_of(document, "service");
  return {service, service == "normal" ? Tone::good : service == "contingency" ? Tone::bad : Tone::warning};
}

std::string words_for_incident(const json& incident) {
  std::string words = text_of(incident, "phase");
  if (is_set(incident, "drill")) words += ", practice";
  if (is_set(incident, "planned")) words += ", planned";
  if (member(incident, "confirmed") == false) words += ", confirmed by nobody";
  return words;
}

void print_incident(Session& session, const json& incident) {
  std::ostream& out = session.world().out;
  Table head;
  head.row({"incident", text_of(incident, "short") + " " + text_of(incident, "title"), words_for_incident(incident)});
  head.row({"because", text_of(incident, "reason")});
  head.row({"concerns", joined(member(incident, "scopes"))});
  head.row({"since", session.time(member(incident, "begins"))});
  if (member(incident, "expected").is_string()) head.row({"expected back", session.time(member(incident, "expected"))});
  const json& code = member(incident, "code");
  if (code.is_object())
    head.row({"code to read out", Cell(text_of(code, "code"), Tone::good),
              text_of(code, "spoken") + ", until " + session.time(member(code, "until"))});
  out << '\n';
  head.print(out, session.style());
}

void print_steps(Session& session, const json& incident) {
  Table table({"WHEN", "STEP", "BY", "BECAUSE"});
  for (const json& step : list_of(incident, "steps")) {
    std::string what = text_of(step, "step");
    if (is_set(step, "overridden")) what += " (overridden)";
    if (is_set(step, "idle")) what += " (nothing followed)";
    table.row({session.time(member(step, "at")), what, text_of(step, "person") + ", " + text_of(step, "role"),
               text_of(step, "reason")});
  }
  table.print(session.world().out, session.style());
}

void print_checklist(Session& session, const json& incident) {
  Table table({"POINT", "DONE", "WHAT IS LEFT"});
  for (const json& point : list_of(incident, "checklist")) {
    const json& excepted = member(point, "excepted");
    const bool done = is_set(point, "done");
    table.row({text_of(point, "point"),
               Cell(excepted.is_object() ? "signed for"
                    : done               ? "yes"
                                         : "no",
                    done ? Tone::good : Tone::warning),
               excepted.is_object() ? text_of(excepted, "person") + ": " + text_of(excepted, "reason")
                                    : text_of(point, "text")});
  }
  if (!table.empty()) table.print(session.world().out, session.style());
}

void print_gate(Table& table, const json& gate) {
  if (is_set(gate, "open"))
    table.row({"systems", Cell("well for long enough", Tone::good)});
  else if (is_set(gate, "looks_well"))
    table.row({"systems", Cell("well", Tone::good), "for long enough in " + text_of(gate, "opens_in_s") + " s"});
  else
    table.row({"systems", Cell("not known to be well", Tone::warning)});
}

// The six letters that people say.
std::string short_name(const json& pair, const char* which) {
  std::string name = text_of(pair, which).substr(0, 6);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

std::string pair_text(const json& document, const json& pair) {
  const auto named = [&](const char* which) {
    for (const json& incident : list_of(document, "incidents"))
      if (member(incident, "id") == member(pair, which))
        return text_of(incident, "short") + " " + text_of(incident, "title") + " (" + words_for_incident(incident) +
               ")";
    return short_name(pair, which);
  };
  return named("incident") + "\n  " + named("other");
}

void print_contingency(Session& session, const json& document) {
  std::ostream& out = session.world().out;
  Table head;
  head.row({"mode", text_of(document, "mode")});
  head.row({"service", service_cell(document), session.time(member(document, "since"))});
  if (text_of(document, "cause") != "none") head.row({"cause", text_of(document, "cause")});
  print_gate(head, member(document, "gate"));
  head.print(out, session.style());
  for (const json& incident : list_of(document, "incidents")) {
    if (!member(incident, "ended").is_null() && !session.arguments().has("--all")) continue;
    print_incident(session, incident);
    print_steps(session, incident);
    print_checklist(session, incident);
  }
  for (const json& pair : list_of(document, "undecided"))
    out << "\nThese meet, and nobody has said whether they are one outage:\n  " << escape(pair_text(document, pair))
        << "\n  holdline contingency link " << escape(short_name(pair, "incident") + " " + short_name(pair, "other"))
        << " --reason TEXT\n";
}

Outcome show_now(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get("/contingency"));
  if (session.printed_json(answer)) return ExitCode::ok;
  print_contingency(session, answer.document());
  return ExitCode::ok;
}

// Asks, and shows how things stand then.
Outcome decide(Session& session, const std::string& verb, const json& body) {
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/contingency/" + verb, body));
  if (session.printed_json(answer)) return ExitCode::ok;
  return show_now(session);
}

json with_given(Session& session, std::initializer_list<const char*> options) {
  json body = json::object();
  for (const char* option : options)
    if (session.arguments().has(option)) body[option + 2] = session.arguments().get(option);
  return body;
}

Outcome declare(Session& session) {
  const Arguments& typed = session.arguments();
  if (typed.get("--reason").empty()) return usage("--reason is missing — it is kept with the incident");
  json body = with_given(session, {"--reason", "--title", "--cause", "--expected", "--word"});
  if (typed.has("--scope")) body["scopes"] = typed.all("--scope");
  if (typed.has("--drill")) body["drill"] = true;
  if (typed.has("--another")) body["another"] = true;
  return decide(session, "declare", body);
}

template <const char* verb>
Outcome move_on(Session& session) {
  if (session.arguments().get("--reason").empty()) return usage("--reason is missing — it is kept with the incident");
  json body = with_given(session, {"--reason", "--incident"});
  if (session.arguments().has("--override")) body["override"] = true;
  return decide(session, verb, body);
}

Outcome except(Session& session) {
  json body = with_given(session, {"--reason", "--incident"});
  body["point"] = session.arguments().get("POINT");
  return decide(session, "except", body);
}

Outcome expect(Session& session) {
  json body = with_given(session, {"--reason", "--incident"});
  body["expected"] = session.arguments().get("TIME");
  return decide(session, "expect", body);
}

// Without names: the two that meet and that nobody has decided on, where there is no choice.
Outcome link_two(Session& session) {
  json body = with_given(session, {"--reason"});
  if (session.arguments().get("--reason").empty()) return usage("--reason is missing — it is kept with the incidents");
  const auto& named = session.arguments().all("INCIDENT");
  if (named.size() == 2) {
    body["incident"] = named[0];
    body["other"] = named[1];
  } else if (!named.empty()) {
    return usage("Name two incidents, or none where only two meet");
  } else {
    HOLDLINE_ASSIGN(const Answer answer, session.get("/contingency"));
    const json document = answer.document();
    const json& pairs = list_of(document, "undecided");
    if (pairs.empty()) return usage("No two incidents in force wait for that answer; name two to decide it anew");
    std::string choices;
    for (const json& pair : pairs)
      choices += "\nholdline contingency link " + short_name(pair, "incident") + " " + short_name(pair, "other");
    if (pairs.size() > 1) return usage("Several pairs wait for that answer, name one:" + choices);
    body["incident"] = pairs[0]["incident"];
    body["other"] = pairs[0]["other"];
  }
  body["same"] = !session.arguments().has("--apart");
  return decide(session, "link", body);
}

Outcome make_code(Session& session) {
  json body = with_given(session, {"--scope"});
  if (session.arguments().has("--drill")) body["drill"] = true;
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/contingency/codes", body));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json code = answer.document();
  Table table;
  table.row({"code", Cell(text_of(code, "code"), Tone::good), text_of(code, "spoken")});
  table.row({"declares", is_set(code, "drill") ? "practice" : "an incident", text_of(code, "scope")});
  table.row({"good until", session.time(member(code, "until"))});
  table.print(session.world().out, session.style());
  return ExitCode::ok;
}

Outcome enter_code(Session& session) {
  return decide(session, "codes/enter", {{"code", session.arguments().get("CODE")}});
}

// Whoever sees it, not only who may declare.
Outcome report(Session& session) {
  json body = {{"fields", {{"what", session.arguments().get("WHAT")}}}};
  if (session.arguments().has("--note")) body["fields"]["note"] = session.arguments().get("--note");
  if (session.arguments().has("--scope")) body["scope"] = session.arguments().get("--scope");
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/contingency/reports", body));
  return print_saved(session, answer);
}

// What may follow what, from the code itself; asks no agent.
Outcome print_table(Session& session) {
  session.world().out << contingency::transitions_as_text();
  return ExitCode::ok;
}

constexpr char confirm_verb[] = "confirm", recover_verb[] = "recover", close_verb[] = "close", cancel_verb[] = "cancel";

std::vector<Option> about_one(std::vector<Option> more = {}) {
  std::vector<Option> options{{"--reason", "TEXT", "Why; kept with the incident"},
                              {"--incident", "ID", "Which (default: the only one in force; its first letters do)"}};
  options.insert(options.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return options;
}

}  // namespace

std::vector<Command> contingency_commands() {
  const std::string group = "contingency";
  return {
      {group,
       "status",
       "What is in force here, since when, why, and what is left to do",
       {},
       {{"--all", "", "Incidents that are over as well"}},
       false,
       show_now},
      {group,
       "declare",
       "An incident: this site works by hand from now on",
       {},
       {{"--reason", "TEXT", "Why; kept with the incident"},
        {"--title", "TEXT", "What people call it"},
        {"--scope", "S", "What it concerns (default: your own; several times for several)", true},
        {"--cause", "CAUSE", "my_network, site_network or central_service"},
        {"--expected", "TIME", "When the systems are expected back: 2026-03-01T09:30:00Z"},
        {"--drill", "", "Practice: what is taken is marked, and left out of lists that count"},
        {"--word", "WORD", "declare, typed out: asked for while everything looks well"},
        {"--another", "", "Although one is in force there already"}},
       true,
       declare},
      {group,
       "confirm",
       "A person stands behind what a machine declared",
       {},
       about_one(),
       true,
       move_on<confirm_verb>},
      {group,
       "recover",
       "Systems are back: what was taken by hand is brought together",
       {},
       about_one({{"--override", "", "Although they have not been well for long enough"}}),
       true,
       move_on<recover_verb>},
      {group, "close", "Nothing is left to do", {}, about_one(), true, move_on<close_verb>},
      {group, "cancel", "A false alarm", {}, about_one(), true, move_on<cancel_verb>},
      {group,
       "except",
       "Sign for a point of the checklist that stays as it is",
       {{"POINT", "As contingency status names it"}},
       about_one(),
       true,
       except},
      {group,
       "expect",
       "Say when the systems are expected back",
       {{"TIME", "2026-03-01T09:30:00Z"}},
       about_one(),
       true,
       expect},
      {group,
       "link",
       "Two incidents that meet are one outage",
       {{"INCIDENT", "Which two, by their first letters (default: the only two that meet)", true, true}},
       {{"--reason", "TEXT", "Why; kept with it"}, {"--apart", "", "They are two outages"}},
       true,
       link_two},
      {group,
       "code",
       "A short code to read out, for desks without a network",
       {},
       {{"--scope", "S", "What it declares (default: your own)"}, {"--drill", "", "For practice"}},
       false,
       make_code},
      {group,
       "report",
       "Say that a central system does not work; several people within minutes propose an incident",
       {{"WHAT", "crm, telephony, identity or other"}},
       {{"--note", "TEXT", "What is seen, in a few words"}, {"--scope", "S", "Where (default: your own)"}},
       true,
       report},
      {group, "table", "What may follow what: every state and transition of this program", {}, {}, false, print_table},
      {group, "enter", "Type a short code that was read out", {{"CODE", "K7M3F-9QXTQ"}}, {}, true, enter_code},
  };
}

}  // namespace holdline::cli
