// holdline conflicts resolve-all: many conflicts of one kind decided alike, each as an action of its own.
#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/text.hpp"
#include "platform/text/url.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

// More than anybody looks through: whoever has more decides them in turns.
constexpr std::size_t decided_at_once = 10'000;

// The conflicts that a rule is about.
struct ConflictRule {
  std::string collection, what, by;  // empty: whichever

  bool holds(const json& conflict) const {
    const auto same = [](const std::string& wanted, const std::string& is) { return wanted.empty() || wanted == is; };
    // A deletion and two records with one number are looked at one by one.
    return !is_set(conflict, "about_deletion") && text_of(conflict, "policy") != "duplicate" &&
           same(collection, text_of(conflict, "collection")) && same(what, text_of(conflict, "unit")) &&
           same(by, text_of(member(conflict, "by"), "name"));
  }
};

Result<std::vector<std::string>> open_conflicts(Session& session, const ConflictRule& rule) {
  std::vector<std::string> ids;
  for (std::string after;;) {
    HOLDLINE_ASSIGN(const Answer answer, session.get(target("/conflicts", {{"state", "open"}, {"after", after}})));
    const json document = answer.document();
    for (const json& conflict : list_of(document, "items"))
      if (rule.holds(conflict)) ids.push_back(text_of(conflict, "id"));
    after = text_of(document, "next");
    if (after.empty() || ids.size() >= decided_at_once) break;
  }
  ids.resize(std::min(ids.size(), decided_at_once));
  return ids;
}

// Those that cannot be decided so (somebody was faster, a value that is not for this workstation) are named, and the
// others are not held up.
Outcome resolve_all(Session& session) {
  const Arguments& typed = session.arguments();
  const std::string choice = typed.get("--take"), reason = typed.get("--reason");
  const ConflictRule rule{typed.get("--of"), typed.get("--about"), typed.get("--by")};
  if (choice != "current" && choice != "other") return usage("--take is current (keep what stands) or other");
  if (reason.empty()) return usage("--reason is missing — it is kept with each decision");
  if (rule.collection.empty() && rule.what.empty() && rule.by.empty())
    return usage("say which conflicts: --of COLLECTION, --about WHAT or --by NAME, as conflicts list shows them");
  HOLDLINE_ASSIGN(const auto ids, open_conflicts(session, rule));
  std::ostream& out = session.world().out;
  if (typed.has("--dry-run")) {
    out << count_of(ids.size(), "open conflict", "open conflicts") << " would be decided.\n";
    return ExitCode::ok;
  }
  std::size_t decided = 0;
  for (const std::string& id : ids) {
    const auto saved = session.write("POST", "/conflicts/" + platform::percent_encoded(id) + "/resolve",
                                     {{"choice", choice}, {"reason", reason}});
    if (saved) {
      ++decided;
      continue;
    }
    // Of one conflict, or of everything that would be asked from now on.
    if (saved.error().code != "refused") return tl::unexpected<Error>(saved.error());
    session.world().err << escape(id) << ": " << saved.error().message << '\n';
  }
  out << count_of(decided, "conflict", "conflicts") << " decided, saved on this PC.\n";
  return decided == ids.size() ? ExitCode::ok : ExitCode::findings;
}

}  // namespace

std::vector<Command> conflict_rule_commands() {
  return {{"conflicts",
           "resolve-all",
           "Decide all open conflicts of one kind alike (not those about deletions)",
           {},
           {{"--of", "COLLECTION", "Those of customer, phone, …"},
            {"--about", "WHAT", "Those about city, family, …"},
            {"--by", "NAME", "Those whose other value is this person's"},
            {"--take", "current|other", "current keeps what stands, other takes the losing value"},
            {"--reason", "TEXT", "Why; kept with each decision"},
            {"--dry-run", "", "Only say how many"}},
           false,
           resolve_all}};
}

}  // namespace holdline::cli
