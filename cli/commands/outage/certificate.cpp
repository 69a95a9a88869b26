// holdline certificate verify: of a file, without an agent and without the hub that wrote it.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "cli/commands/command.hpp"
#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "contingency/convergence/statement.hpp"
#include "platform/crypto/signed_text.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::cli {

using nlohmann::json;

namespace {

struct Checked {
  contingency::ConvergenceStatement statement;
  platform::TextSigner signer;
  std::vector<std::string> points;
  bool known = false;  // the authority is the one that was named
};

std::string fingerprint_in(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::erase(text, ':');
  return text;
}

Result<Checked> checked_certificate(Session& session) {
  HOLDLINE_ASSIGN(const std::string whole, read_input(session.world(), session.arguments().get("FILE"),
                                                      contingency::statement_bytes + platform::signature_bytes));
  HOLDLINE_ASSIGN(const auto parts, platform::split_signed(whole));
  Checked checked;
  HOLDLINE_ASSIGN(checked.statement, contingency::decode_statement(parts.text));
  HOLDLINE_ASSIGN(checked.signer, platform::check_signed(parts, platform::unix_time_of(checked.statement.made_ms)));
  checked.points = contingency::open_points(checked.statement);
  const std::string wanted = fingerprint_in(session.arguments().get("--authority"));
  const std::string own = sync::to_hex(checked.signer.authority.view());
  checked.known = wanted == own;
  if (!wanted.empty() && !checked.known)
    return fail(ErrorKind::ask_person, "other-authority",
                "It is unchanged, but signed under another authority than the one you named: " + own + ".");
  return checked;
}

json document_of(const Checked& checked) {
  json points = json::array();
  for (const std::string& point : checked.points) points.push_back(point);
  return {{"schema", "holdline.certificate-check/1"},
          {"whole", true},
          {"signed_by", checked.signer.name},
          {"authority", sync::to_hex(checked.signer.authority.view())},
          {"authority_known", checked.known},
          {"open_points", points},
          {"accepted", checked.statement.accepted.has_value()}};
}

void print_table(Session& session, const contingency::ConvergenceStatement& statement) {
  Table table({"WORKSTATION", "ISSUED", "RECEIVED", "APPLIED", "MERGED", "CONFLICT", "REFUSED", "WAITING", "MISSING"});
  for (const contingency::WorkstationTally& desk : statement.workstations) {
    const contingency::Verdicts& became = desk.verdicts;
    const auto cell = [](std::uint64_t n) { return Cell(std::to_string(n)); };
    // What came was issued, whether or not the workstation has told of itself since.
    const auto issued = std::max(desk.issued.value_or(0), desk.received) + desk.received_before;
    table.row({Cell(escape(desk.name)), desk.issued ? cell(issued) : Cell("?"),
               cell(desk.received + desk.received_before), cell(became.applied), cell(became.merged),
               cell(became.conflict), cell(became.quarantined), cell(became.waiting), cell(desk.missing())});
  }
  table.print(session.world().out, session.style());
}

void print_checked(Session& session, const Checked& checked) {
  std::ostream& out = session.world().out;
  if (!checked.statement.about.empty()) out << escape(checked.statement.about) << "\n";
  print_table(session, checked.statement);
  if (const auto& practised = checked.statement.practised)
    out << "Practice, apart: of what was received " << practised->taken << " records were taken in "
        << practised->drills << (practised->drills == 1 ? " drill" : " drills") << "; " << practised->open_conflicts
        << " conflicts are about practice and wait for nobody.\n";
  for (const std::string& point : checked.points) out << "open: " << escape(point) << "\n";
  if (const auto& accepted = checked.statement.accepted)
    out << escape(accepted->by) << " signed for that: " << escape(accepted->reason) << "\n";
  if (checked.points.empty()) out << "Nothing is missing, and nothing waits for anybody.\n";
  out << "Unchanged since the hub " << escape(checked.signer.name) << " signed it at "
      << sync::format_time(checked.statement.made_ms) << ", under the authority "
      << sync::to_hex(checked.signer.authority.view())
      << (checked.known ? ", which is the one you named.\n"
                        : ".\nCompare it with what `holdline-hub status` says, or name it with --authority.\n");
}

Outcome verify_file(Session& session) {
  HOLDLINE_ASSIGN(const Checked checked, checked_certificate(session));
  if (session.json())
    session.world().out << document_of(checked).dump() << '\n';
  else
    print_checked(session, checked);
  return checked.points.empty() || checked.statement.accepted ? ExitCode::ok : ExitCode::findings;
}

}  // namespace

std::vector<Command> certificate_commands() {
  return {
      {"certificate",
       "verify",
       "Whether a hub's certificate is whole and who signed it; what it says (exit code 3: points are open)",
       {{"FILE", "What `holdline-hub certificate` wrote; - for standard input"}},
       {{"--authority", "FINGERPRINT", "Accept this authority's signature only, as `holdline-hub status` shows it"}},
       false,
       verify_file}};
}

}  // namespace holdline::cli
