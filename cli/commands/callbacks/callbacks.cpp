// holdline callbacks: what was promised, called one after another; and what supervisors decide about the list.
#include <charconv>

#include <nlohmann/json.hpp>

#include "cli/commands/callbacks/show.hpp"
#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

template <void (*print)(Session&, const json&)>
Outcome print_answer(Session& session, const Result<Answer>& answer) {
  if (!answer) return tl::unexpected<Error>(answer.error());
  if (!session.printed_json(*answer)) print(session, answer->document());
  return ExitCode::ok;
}

// --- an agent's work ---

Outcome show_work(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get("/callbacks/work"));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json work = answer.document();
  std::ostream& out = session.world().out;
  if (!is_set(work, "hub_answers"))
    session.world().err << "The hub does not answer: nobody is dialled until it is back. How a call ended can be "
                           "told.\n";
  for (const json& release : list_of(work, "releases")) print_release(session, release);
  for (const json& claim : list_of(work, "claims")) print_claim(session, claim);
  if (list_of(work, "claims").empty()) out << "You have no case. The next one: holdline callbacks next\n";
  return ExitCode::ok;
}

Outcome take_next(Session& session) {
  return print_answer<print_claim>(session, session.write("POST", "/callbacks/next", json::object()));
}

Result<json> claim_body(Session& session) {
  HOLDLINE_ASSIGN(const auto claim, whole_number_of(session.arguments().get("CLAIM")));
  return json{{"claim", claim}};
}

Outcome dial(Session& session) {
  HOLDLINE_ASSIGN(const json body, claim_body(session));
  return print_answer<print_claim>(session, session.write("POST", "/callbacks/dial", body));
}

Outcome give_back(Session& session) {
  HOLDLINE_ASSIGN(const json body, claim_body(session));
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/callbacks/give-back", body));
  if (!session.printed_json(answer)) session.world().out << "Given back; somebody else may call them.\n";
  return ExitCode::ok;
}

Outcome tell_outcome(Session& session) {
  HOLDLINE_ASSIGN(json body, claim_body(session));
  body["outcome"] = session.arguments().get("OUTCOME");
  if (session.arguments().has("--notes")) body["notes"] = session.arguments().get("--notes");
  if (session.arguments().has("--next")) body["next"] = session.arguments().get("--next");
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/callbacks/outcome", body));
  if (!session.printed_json(answer))
    session.world().out << "Saved on this PC: " << text_of(answer.document(), "outcome")
                        << "; then: " << text_of(answer.document(), "then") << ".\n";
  return ExitCode::ok;
}

// --- what supervisors decide ---

Outcome list_cases(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer,
                  session.get(target("/callbacks/cases", {{"limit", session.arguments().get("--limit")}})));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json list = answer.document();
  for (const json& release : list_of(list, "releases")) print_release(session, release);
  for (const json& one : list_of(list, "items")) print_case(session, one);
  session.world().out << text_of(list, "promises") << " promises in " << text_of(list, "cases")
                      << " cases, of which to be called: " << text_of(list, "to_call") << ".\n";
  print_coverage(session, list);
  return ExitCode::ok;
}

Outcome preview(Session& session) {
  HOLDLINE_ASSIGN(const json body, filter_body(session));
  return print_answer<print_preview>(session, session.write("POST", "/callbacks/preview", body));
}

Outcome release(Session& session) {
  HOLDLINE_ASSIGN(json body, filter_body(session));
  if (session.arguments().has("--reason")) body["reason"] = session.arguments().get("--reason");
  if (session.arguments().has("--accept-missing")) body["accept_missing"] = true;
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/callbacks/release", body));
  if (session.printed_json(answer)) return ExitCode::ok;
  const json begun = answer.document();
  print_preview(session, begun);
  print_release(session, member(begun, "release"));
  return ExitCode::ok;
}

template <const char* to>
Outcome change(Session& session) {
  json body{{"change", to}};
  if (session.arguments().has("--reason")) body["reason"] = session.arguments().get("--reason");
  if (session.arguments().has("--release")) body["release"] = session.arguments().get("--release");
  return print_answer<print_release>(session, session.write("POST", "/callbacks/change", body));
}

template <const char* kind>
Outcome decide(Session& session) {
  const bool apart = std::string_view(kind) == "apart";
  const json body{{"kind", kind},
                  {apart ? "promises" : "cases", session.arguments().all("CASE")},
                  {"reason", session.arguments().get("--reason")}};
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/callbacks/decide", body));
  if (!session.printed_json(answer))
    session.world().out << "Decided, of " << text_of(answer.document(), "promises") << " promises.\n";
  return ExitCode::ok;
}

Outcome hand(Session& session) {
  json body{{"case", session.arguments().get("CASE")}, {"reason", session.arguments().get("--reason")}};
  if (session.arguments().has("--to")) body["agent"] = session.arguments().get("--to");
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/callbacks/hand", body));
  const json claim = answer.document();
  if (!session.printed_json(answer))
    session.world().out << "Theirs as claim " << text_of(claim, "claim") << " until "
                        << session.time(member(claim, "until")) << "; they see it among their callbacks.\n";
  return ExitCode::ok;
}

Outcome free_case(Session& session) {
  HOLDLINE_ASSIGN(const json body, claim_body(session));
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/callbacks/free", body));
  if (!session.printed_json(answer)) session.world().out << "They may be called again.\n";
  return ExitCode::ok;
}

constexpr char hold_word[] = "hold", go_on_word[] = "go-on", stop_word[] = "stop";
constexpr char together_word[] = "together", apart_word[] = "apart", settled_word[] = "settled", first_word[] = "first";

const std::string callbacks_group = "callbacks";
const Positional claim_word = {"CLAIM", "Its number"};
const Option kept_reason = {"--reason", "TEXT", "Why; it is kept"};

std::vector<Command> work_commands() {
  return {
      {callbacks_group, "work", "What you have to call, and whether a list is released", {}, {}, false, show_work},
      {callbacks_group, "next", "Take the first case that may be called now", {}, {}, false, take_next},
      {callbacks_group,
       "dial",
       "The number, once the hub has it that you are about to dial",
       {claim_word},
       {},
       false,
       dial},
      {callbacks_group,
       "outcome",
       "How the call ended; with the hub away as well",
       {claim_word, {"OUTCOME", "resolved, no_answer, …: callbacks work --json tells them"}},
       {{"--notes", "TEXT", "What was said"}, {"--next", "TIME", "rescheduled: when they want the call"}},
       true,
       tell_outcome},
      {callbacks_group, "give-back", "Somebody else is to call them", {claim_word}, {}, false, give_back},
  };
}

std::vector<Command> deciding_commands() {
  const Option which = {"--release", "ID", "Which (default: the only one)"};
  const Positional cases = {"CASE", "Ids of cases", true};
  return {
      {callbacks_group,
       "list",
       "The cases in the order in which they are called, and why",
       {},
       {{"--limit", "N", "At most so many (default: 50)"}},
       false,
       list_cases},
      {callbacks_group,
       "preview",
       "What a release would hand out, and what keeps the rest",
       {},
       filter_options({}),
       false,
       preview},
      {callbacks_group,
       "release",
       "Begin to hand the list out to agents",
       {},
       filter_options({kept_reason, {"--accept-missing", "", "Though promises may be missing; needs a reason"}}),
       false,
       release},
      {callbacks_group,
       "hold",
       "Hand out nothing more until it goes on",
       {},
       {kept_reason, which},
       false,
       change<hold_word>},
      {callbacks_group, "go-on", "Hand out again", {}, {kept_reason, which}, false, change<go_on_word>},
      {callbacks_group, "stop", "End a release", {}, {kept_reason, which}, false, change<stop_word>},
      {callbacks_group,
       "hand",
       "One urgent case to one person, before or beside a release",
       {{"CASE", "Its id"}},
       {kept_reason, {"--to", "NAME", "Who calls (default: you)"}},
       false,
       hand},
      {callbacks_group,
       "free",
       "A case that may have been called may be called again",
       {claim_word},
       {},
       false,
       free_case},
      {callbacks_group, "together", "Cases that are one matter", {cases}, {kept_reason}, false, decide<together_word>},
      {callbacks_group,
       "apart",
       "Promises that are another matter than the rest of their case",
       {{"CASE", "Ids of promises", true}},
       {kept_reason},
       false,
       decide<apart_word>},
      {callbacks_group,
       "settled",
       "The customer rang in, or it was done otherwise: no call",
       {cases},
       {kept_reason},
       false,
       decide<settled_word>},
      {callbacks_group, "first", "To be called before all others", {cases}, {kept_reason}, false, decide<first_word>},
  };
}

}  // namespace

Result<std::int64_t> whole_number_of(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0)
    return usage("“" + text + "” is no whole number");
  return number;
}

Result<json> filter_body(Session& session) {
  const Arguments& given = session.arguments();
  json body = json::object();
  if (given.has("--scope")) body["scope"] = given.get("--scope");
  for (const auto& [option, name] : {std::pair("--only-reason", "reasons"), std::pair("--only-zone", "zones"),
                                     std::pair("--only-language", "languages")})
    if (given.has(option)) body[name] = given.all(option);
  for (const auto& [option, name] : {std::pair("--agents", "agents"), std::pair("--calls-an-hour", "calls_an_hour"),
                                     std::pair("--per-minute", "per_minute")}) {
    if (!given.has(option)) continue;
    HOLDLINE_ASSIGN(body[name], whole_number_of(given.get(option)));
  }
  return body;
}

std::vector<Option> filter_options(std::vector<Option> own) {
  std::vector<Option> options{{"--scope", "S", "Whose callbacks"},
                              {"--only-reason", "TEXT", "Only with this reason", true},
                              {"--only-zone", "ZONE", "Only in this time zone", true},
                              {"--only-language", "LANG", "Only in this language", true},
                              {"--agents", "N", "Who will call (default: 1)"},
                              {"--calls-an-hour", "N", "That each of them makes (default: 6)"},
                              {"--per-minute", "N", "Cases handed out at full pace (default: 10)"}};
  options.insert(options.end(), own.begin(), own.end());
  return options;
}

std::vector<Command> callback_commands() {
  auto commands = work_commands();
  for (auto more : {deciding_commands(), promise_commands(), dialler_commands()})
    for (Command& one : more) commands.push_back(std::move(one));
  return commands;
}

}  // namespace holdline::cli
