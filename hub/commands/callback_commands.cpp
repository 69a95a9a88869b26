// The list of callbacks, and what a supervisor decides about it.
#include <cstdlib>
#include <iostream>
#include <memory>

#include "hub/commands/commands.hpp"

namespace holdline::hub {

namespace {

using Json = nlohmann::json;

struct WantedCallbacks {
  std::string scope, release, reason, by, outcome, next;
  std::vector<std::string> reasons, zones, languages, cases;
  std::int64_t agents = 1, calls_an_hour = 6, per_minute = 10;
  std::int64_t claim = 0;
  bool accept_missing = false;
};
using GivenForCallbacks = std::shared_ptr<WantedCallbacks>;

std::string minute_of(const Json& time) {
  if (!time.is_string()) return "";
  std::string text = time.get<std::string>().substr(0, 16);
  text[10] = ' ';
  return text + "Z";
}

std::string counted(const Json& json, const char* member, const char* one, const char* many) {
  const auto count = json.value(member, std::uint64_t{0});
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string joined(const Json& texts) {
  std::string all;
  for (const Json& one : texts) all += (all.empty() ? "" : ", ") + one.get<std::string>();
  return all;
}

void show_case(const Json& one) {
  std::cout << one.value("place", 0) << ". " << one.value("case", "") << "  " << one.value("scope", "") << "  "
            << joined(one["reasons"]) << "\n";
  for (const Json& why : one["why_here"])
    std::cout << "     " << why.value("why", "") << (why.value("text", "").empty() ? "" : ": " + why.value("text", ""))
              << (why["at"].is_null() ? "" : " " + minute_of(why["at"])) << "\n";
  std::cout << "     " << one["promises"].size() << (one["promises"].size() == 1 ? " promise" : " promises");
  for (const Json& promise : one["promises"])
    if (!promise.value("reference", "").empty()) std::cout << " " << promise.value("reference", "");
  std::cout << ", first contact " << minute_of(one["contact"]);
  if (one["promised_until"].is_string()) std::cout << ", promised until " << minute_of(one["promised_until"]);
  std::cout << "\n";
  for (const Json& number : one["numbers"]) {
    std::cout << "     number …" << number.value("ends_in", "");
    if (!number.value("refused_for", "").empty()) std::cout << "  do not call, for " << number.value("refused_for", "");
    if (number.value("off", false)) std::cout << "  not to be used";
    std::cout << "\n";
  }
  if (const Json& claim = one["claim"]; claim.is_object())
    std::cout << "     claim " << claim.value("number", 0) << " of " << claim.value("agent", "") << " at "
              << claim.value("station", "") << ": " << claim.value("state", "") << ", until "
              << minute_of(claim["until"]) << "\n";
  if (one["blocked"].empty()) {
    std::cout << "     may be called now";
  } else {
    std::cout << "     not now:";
    for (const Json& block : one["blocked"])
      std::cout << " " << block.value("why", "")
                << (block["until"].is_null() ? "" : " until " + minute_of(block["until"]));
    if (one["may_be_called"].is_string()) std::cout << "; from " << minute_of(one["may_be_called"]);
  }
  if (one["zones"].size() == 1) std::cout << " (" << joined(one["zones"]) << ")";
  std::cout << "\n";
  for (const Json& hint : one["may_be_the_same"])
    std::cout << "     may be the same as " << hint.value("case", "") << " (" << hint.value("why", "") << ")\n";
}

void show_release(const Json& release) {
  std::cout << "release " << release.value("id", "") << " of " << release.value("scope", "") << ": "
            << release.value("state", "") << " since " << minute_of(release["since"]) << ", by "
            << release.value("changed_by", release.value("by", ""))
            << (release.value("because", "").empty() ? "" : ": " + release.value("because", "")) << "; "
            << release.value("allowed_by_now", 0) << " may be handed out by now\n";
}

int show_list(const Json& json) {
  for (const Json& release : json["releases"]) show_release(release);
  for (const Json& one : json["items"]) show_case(one);
  std::cout << counted(json, "promises", "promise", "promises") << " in " << counted(json, "cases", "case", "cases")
            << ", of which to be called: " << json.value("to_call", 0) << "\n";
  return ok;
}

void show_counts(const char* title, const Json& counts) {
  if (counts.empty()) return;
  std::cout << title << "\n";
  for (const auto& [name, count] : counts.items()) std::cout << "  " << count << "  " << name << "\n";
}

int show_preview(const Json& json) {
  std::cout << json.value("cases", 0) << " cases of " << json.value("promises", 0)
            << " promises: " << json.value("now", 0) << " may be called now, " << json.value("scheduled", 0)
            << " later, " << json.value("blocked", 0) << " not\n";
  show_counts("Not now, because:", json["not_now_because"]);
  show_counts("By time zone:", json["by_zone"]);
  show_counts("By reason:", json["by_reason"]);
  show_counts("By language:", json["by_language"]);
  std::cout << "Finished at this pace: " << minute_of(json["finished"])
            << "; promises that break: " << json.value("promises_that_break", 0) << "\n";
  if (!json["workstations_outstanding"].empty())
    std::cout << "Workstations that have not told everything: " << joined(json["workstations_outstanding"])
              << "; about " << counted(json, "may_be_missing", "entry", "entries") << " may be missing\n";
  if (json.contains("release")) show_release(json["release"]);
  return ok;
}

Json wanted_json(const WantedCallbacks& given) {
  return {{"scope", given.scope},          {"reasons", given.reasons}, {"zones", given.zones},
          {"languages", given.languages},  {"agents", given.agents},   {"calls_an_hour", given.calls_an_hour},
          {"per_minute", given.per_minute}};
}

int release(const Commands& commands, const WantedCallbacks& given) {
  Json body = wanted_json(given);
  body["by"] = given.by;
  body["reason"] = given.reason;
  body["accept_missing"] = given.accept_missing;
  return commands.ask("POST", "/admin/v1/callbacks/release", body, show_preview);
}

int change(const Commands& commands, const WantedCallbacks& given, const char* to) {
  return commands.ask("POST", "/admin/v1/callbacks/change",
                      {{"release", given.release}, {"change", to}, {"by", given.by}, {"reason", given.reason}},
                      [](const Json& json) {
                        show_release(json);
                        return ok;
                      });
}

int decide(const Commands& commands, const WantedCallbacks& given, const std::string& kind) {
  const char* named = kind == "apart" ? "promises" : "cases";
  return commands.ask("POST", "/admin/v1/callbacks/decide",
                      {{"kind", kind}, {named, given.cases}, {"by", given.by}, {"reason", given.reason}},
                      [](const Json& json) {
                        std::cout << "Decided, of " << counted(json, "promises", "promise", "promises") << ".\n";
                        return ok;
                      });
}

int next_case(const Commands& commands, const WantedCallbacks& given) {
  return commands.ask("POST", "/admin/v1/callbacks/next", {{"agent", given.by}}, [](const Json& json) {
    std::cout << "claim " << json.value("claim", 0) << ": case " << json.value("case", "") << ", "
              << joined(json["reasons"]) << ";";
    for (const Json& promise : json["promises"]) std::cout << " " << promise.value("reference", "");
    std::cout << "\nYours until " << minute_of(json["until"]) << ". Before you dial: callbacks dial "
              << json.value("claim", 0) << "\n";
    return ok;
  });
}

int dial(const Commands& commands, const WantedCallbacks& given) {
  return commands.ask(
      "POST", "/admin/v1/callbacks/dial", {{"claim", given.claim}, {"agent", given.by}}, [](const Json& json) {
        std::cout << "Dial " << json.value("number", "") << ", then tell how it ended: callbacks outcome "
                  << json.value("claim", 0) << " OUTCOME\n";
        return ok;
      });
}

int tell_outcome(const Commands& commands, const WantedCallbacks& given) {
  Json body{{"claim", given.claim}, {"agent", given.by}, {"outcome", given.outcome}, {"notes", given.reason}};
  if (!given.next.empty()) body["next"] = given.next;
  return commands.ask("POST", "/admin/v1/callbacks/outcome", body, [](const Json& json) {
    std::cout << "Kept: " << json.value("outcome", "") << "; then: " << json.value("then", "")
              << (json.value("late", false) ? ". The claim was over: somebody else may have called as well" : "")
              << "\n";
    return ok;
  });
}

int free_case(const Commands& commands, const WantedCallbacks& given) {
  return commands.ask("POST", "/admin/v1/callbacks/free", {{"claim", given.claim}, {"by", given.by}},
                      [](const Json& json) {
                        std::cout << "The case of claim " << json.value("claim", 0) << " may be called again.\n";
                        return ok;
                      });
}

// For whoever calls without a desk, such as the adapter of a telephone system.
void add_calling_commands(Commands& commands, CLI::App& group, const GivenForCallbacks& given) {
  const auto add = [&](const char* name, const char* help, int (*work)(const Commands&, const WantedCallbacks&)) {
    CLI::App* command =
        commands.add_with_json(group, name, help, [&commands, given, work] { return work(commands, *given); });
    command->add_option("--by", given->by, "who calls, or who decides")->required();
    return command;
  };
  const auto of_claim = [&](CLI::App* command) {
    command->add_option("CLAIM", given->claim, "its number")->required();
    return command;
  };
  add("next", "take the first case that may be called now", next_case);
  of_claim(add("dial", "about to dial: the number is told once the hub has it durably", dial));
  CLI::App* told = of_claim(add("outcome", "how the call ended", tell_outcome));
  told->add_option("OUTCOME", given->outcome, "resolved, no_answer, …; a wrong one names those there are")->required();
  told->add_option("--notes", given->reason, "what was said");
  told->add_option("--next", given->next, "rescheduled: when they want the call, like 2026-12-01T14:00:00Z");
  of_claim(add("free", "a case that may have been called may be called again", free_case));
}

void take_filter(CLI::App& command, const GivenForCallbacks& given) {
  command.add_option("--scope", given->scope, "whose callbacks");
  command.add_option("--only-reason", given->reasons, "only with this reason; may be given again");
  command.add_option("--only-zone", given->zones, "only in this time zone; may be given again");
  command.add_option("--only-language", given->languages, "only in this language; may be given again");
  command.add_option("--agents", given->agents, "who will call")->capture_default_str();
  command.add_option("--calls-an-hour", given->calls_an_hour, "that each of them makes")->capture_default_str();
  command.add_option("--per-minute", given->per_minute, "cases handed out at full pace")->capture_default_str();
}

}  // namespace

void add_callback_commands(Commands& commands) {
  CLI::App& group = commands.group("callbacks", "what was promised: the list, its release, decisions about it");
  const auto given = std::make_shared<WantedCallbacks>();
  add_calling_commands(commands, group, given);
  commands.add_with_json(group, "list", "the cases in the order in which they are called, and why",
                         [&commands] { return commands.ask("GET", "/admin/v1/callbacks", nullptr, show_list); });
  take_filter(*commands.add_with_json(group, "preview", "what a release would hand out, and what keeps the rest",
                                      [&commands, given] {
                                        return commands.ask("POST", "/admin/v1/callbacks/preview", wanted_json(*given),
                                                            show_preview);
                                      }),
              given);
  const auto signs = [&](CLI::App* command, bool reason) {
    command->add_option("--by", given->by, "who decides it")->required();
    auto* why = command->add_option("--reason", given->reason, "why; it is kept");
    if (reason) why->required();
    return command;
  };
  CLI::App* begin = signs(commands.add_with_json(group, "release", "begin to hand the list out to agents",
                                                 [&commands, given] { return release(commands, *given); }),
                          false);
  take_filter(*begin, given);
  begin->get_option("--scope")->required();
  begin->add_flag("--accept-missing", given->accept_missing, "though promises may be missing; needs a reason");
  for (const auto& [name, help] : {std::pair("hold", "hand out nothing more until it goes on"),
                                   std::pair("go-on", "hand out again"), std::pair("stop", "end a release")})
    signs(commands.add_with_json(group, name, help,
                                 [&commands, given, to = name] { return change(commands, *given, to); }),
          false)
        ->add_option("RELEASE", given->release, "its id; may be left out when only one has not ended");
  for (const auto& [name, help, what] :
       {std::tuple("together", "cases that are one matter", "ids of cases"),
        std::tuple("apart", "promises that are another matter than the rest of their case", "ids of promises"),
        std::tuple("settled", "the customer rang in, or it was done otherwise: no call", "ids of cases"),
        std::tuple("first", "to be called before all others", "ids of cases")})
    signs(
        commands.add_with_json(group, name, help,
                               [&commands, given, kind = std::string(name)] { return decide(commands, *given, kind); }),
        true)
        ->add_option("CASE", given->cases, what)
        ->required();
}

}  // namespace holdline::hub
