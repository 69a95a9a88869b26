// holdline verify and holdline sync: the local copy of the ledger.
#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/document.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

struct Comparison {
  std::size_t equal = 0;
  std::size_t different = 0;
  std::size_t unknown = 0;
};

constexpr std::size_t shown_digits = 12;  // of a digest: enough to compare by eye, the rest is in --json

void print_digests(Session& session, const json& digests, const Comparison& found) {
  Table table({"SCOPE", "COLLECTION", "GROUP", "REPLICA", "LEDGER", "ROWS", "RESULT"});
  for (const json& digest : digests) {
    const json& equal = member(digest, "equal");
    const Cell result = equal.is_null() ? Cell("unknown", Tone::warning)
                        : equal == true ? Cell("equal", Tone::good)
                                        : Cell("DIFFERS", Tone::bad);
    const auto first = [&digest](std::string_view name) { return text_of(digest, name).substr(0, shown_digits); };
    table.row({text_of(digest, "scope"), text_of(digest, "collection"), text_of(digest, "group"), first("replica"),
               first("ledger"), first("recomputed"), result});
  }
  table.print(session.world().out, session.style());
  session.world().err << found.equal << " equal, " << found.different << " different, " << found.unknown
                      << " not comparable now.\n";
}

Outcome verify(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.get("/verify", Session::long_work));
  const json document = answer.document();
  const json& digests = list_of(document, "digests");
  // A proof is nothing that may be guessed: without the verdict the answer is a failure.
  if (!member(document, "equal").is_boolean()) return not_understood();
  Comparison found;
  for (const json& digest : digests) {
    const json& equal = member(digest, "equal");
    ++(equal.is_null() ? found.unknown : equal == true ? found.equal : found.different);
  }
  if (!session.printed_json(answer)) print_digests(session, digests, found);
  return is_set(document, "equal") && found.different == 0 ? ExitCode::ok : ExitCode::findings;
}

Outcome sync_now(Session& session) {
  HOLDLINE_ASSIGN(const Answer answer, session.write("POST", "/sync", json::object()));
  if (!session.printed_json(answer))
    session.world().out << "The agent contacts the hub now. Its outcome: holdline status\n";
  return ExitCode::ok;
}

}  // namespace

std::vector<Command> replica_commands() {
  return {
      {"", "verify", "Prove that this PC holds what the hub holds (exit code 3: it does not)", {}, {}, false, verify},
      {"", "sync", "Contact the hub now instead of at the next turn", {}, {}, true, sync_now},
  };
}

}  // namespace holdline::cli
