#include "hub/plan/plans.hpp"

#include <algorithm>

#include "contingency/plan/parts.hpp"
#include "hub/people/scopes.hpp"
#include "hub/plan/plan_probes.hpp"

namespace holdline::hub {

namespace {

constexpr std::string_view plan_part = "plan_part";
constexpr std::size_t rows_at_once = 500;

std::string text_in(const sync::Collection& collection, const sync::Record& record, std::string_view field) {
  const auto index = collection.field(field);
  const auto* text = index ? std::get_if<std::string>(&record.fields[*index]) : nullptr;
  return text != nullptr ? *text : std::string();
}

std::uint32_t number_in(const sync::Collection& collection, const sync::Record& record, std::string_view field) {
  const auto index = collection.field(field);
  const auto* number = index ? std::get_if<std::int64_t>(&record.fields[*index]) : nullptr;
  return number != nullptr ? static_cast<std::uint32_t>(*number) : 0;
}

struct KeptPart {
  contingency::PlanPart part;
  std::string by;
  std::int64_t at_ms = 0;
};

Result<std::vector<KeptPart>> kept_parts(Ledger& ledger) {
  std::vector<KeptPart> parts;
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  const sync::Collection* collection = reader->schema().collection(plan_part);
  HOLDLINE_ASSIGN(const auto scopes, reader->scopes());
  for (Id after; collection != nullptr;) {
    HOLDLINE_ASSIGN(const auto rows, reader->rows(collection->no, scopes, after, rows_at_once));
    for (const VersionedRecord& row : rows) {
      const sync::Record& record = row.stored.record;
      const auto at = collection->field("at");
      const auto* at_ms = at ? std::get_if<std::int64_t>(&record.fields[*at]) : nullptr;
      parts.push_back({{number_in(*collection, record, "version"), number_in(*collection, record, "part"),
                        number_in(*collection, record, "parts"), text_in(*collection, record, "text"),
                        text_in(*collection, record, "sha256")},
                       text_in(*collection, record, "by"),
                       at_ms != nullptr ? *at_ms : 0});
      after = record.key.id;
    }
    if (rows.size() < rows_at_once) break;
  }
  return parts;
}

std::vector<KeptPart> parts_of(std::uint32_t version, const std::string& text, const std::string& by,
                               std::int64_t at_ms) {
  std::vector<KeptPart> parts;
  const auto texts = contingency::split_plan(text);
  const std::string hash = sync::to_hex(sync::sha256(text).view());
  for (const std::string& one : texts)
    parts.push_back(
        {{version, static_cast<std::uint32_t>(parts.size() + 1), static_cast<std::uint32_t>(texts.size()), one, hash},
         by,
         at_ms});
  return parts;
}

sync::Op op_of(const sync::Collection& collection, const std::string& scope, const KeptPart& kept) {
  const contingency::PlanPart& part = kept.part;
  const std::string key = std::to_string(part.version) + "/" + std::to_string(part.part) + " " + scope;
  sync::Op op{sync::OpKind::create, {collection.no, sync::child_id(collection, {}, key)}, scope, 0, {}, {}};
  const auto set = [&](std::string_view field, sync::Value value) {
    op.changes.push_back({*collection.field(field), sync::Value(sync::Null{}), std::move(value), {}, {}});
  };
  set("key", key);
  set("version", std::int64_t{part.version});
  set("part", std::int64_t{part.part});
  set("parts", std::int64_t{part.parts});
  set("sha256", part.sha256);
  set("text", part.text);
  if (!kept.by.empty()) set("by", kept.by);
  set("at", kept.at_ms);
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}

// Those of the parts that a scope does not have yet.
Result<void> put_into(Ledger& ledger, Intake& intake, const std::string& scope, const std::vector<KeptPart>& parts,
                      std::int64_t now_ms) {
  const sync::Collection& collection = *ledger.schema().collection(plan_part);
  OwnWork work;
  work.rows = [&](LedgerTransaction& transaction) -> Result<std::vector<OwnRow>> {
    std::vector<OwnRow> rows;
    for (const KeptPart& part : parts) {
      sync::Op op = op_of(collection, scope, part);
      HOLDLINE_ASSIGN(const auto there, transaction.records({&op.record, 1}));
      if (!there.empty()) continue;
      rows.emplace_back().ops.push_back(std::move(op));
    }
    return rows;
  };
  HOLDLINE_ASSIGN(const auto outcomes, intake.take_own(std::move(work), now_ms));
  for (const RowOutcome& outcome : outcomes)
    if (outcome.effect == RowEffect::refused)
      return fail(ErrorKind::ask_person, outcome.code, "The plan could not be kept: " + outcome.text);
  return {};
}

std::map<std::uint32_t, std::string> whole(const std::vector<KeptPart>& kept) {
  std::vector<contingency::PlanPart> parts;
  for (const KeptPart& one : kept) parts.push_back(one.part);
  return contingency::whole_plans(parts);
}

}  // namespace

Result<std::map<std::uint32_t, std::string>> kept_plans(Ledger& ledger) {
  HOLDLINE_ASSIGN(const auto kept, kept_parts(ledger));
  return whole(kept);
}

std::vector<std::string> problems_of_plan(std::string_view text) {
  std::vector<std::string> problems;
  for (const contingency::PlanProblem& one : contingency::read_plan(text).problems)
    problems.push_back("line " + std::to_string(one.line) + ": " + one.key + " " + one.text);
  if (problems.empty())
    for (const platform::ConfigProblem& one : probes_of_plan(text).problems)
      problems.push_back("line " + std::to_string(one.line) + ": " + one.message);
  return problems;
}

Result<std::string> plan_in_force(Ledger& ledger) {
  HOLDLINE_ASSIGN(const auto kept, kept_plans(ledger));
  return kept.empty() ? std::string(contingency::shipped_plan_text()) : kept.rbegin()->second;
}

Result<bool> set_plan(Ledger& ledger, Intake& intake, const std::string& text, const std::string& by,
                      std::int64_t now_ms) {
  if (ledger.schema().collection(plan_part) == nullptr)
    return fail(ErrorKind::ask_person, "no-plans",
                "The forms of this hub are of a version without plans: holdline-hub schema apply");
  if (const auto problems = problems_of_plan(text); !problems.empty())
    return fail(ErrorKind::ask_person, "plan-invalid",
                "The plan cannot be used: " + problems.front() + ". All that is wrong: holdline-hub plan check FILE");
  const std::uint32_t version = contingency::read_plan(text).plan.version;
  HOLDLINE_ASSIGN(const auto kept, kept_plans(ledger));
  if (const auto same = kept.find(version); same != kept.end() && same->second == text) return false;
  const std::uint32_t shipped = contingency::read_plan(contingency::shipped_plan_text()).plan.version;
  const std::uint32_t highest = std::max(shipped, kept.empty() ? 0 : kept.rbegin()->first);
  if (version <= highest)
    return fail(ErrorKind::ask_person, "plan-version",
                "Version " + std::to_string(highest) + " is there already: raise `version` above it.");
  HOLDLINE_ASSIGN(const auto scopes, known_scopes(ledger));
  for (const std::string& scope : scopes)
    HOLDLINE_TRY(put_into(ledger, intake, scope, parts_of(version, text, by, now_ms), now_ms));
  return true;
}

Result<void> deliver_plans(Ledger& ledger, Intake& intake, std::int64_t now_ms) {
  if (ledger.schema().collection(plan_part) == nullptr) return {};
  HOLDLINE_ASSIGN(const auto kept, kept_parts(ledger));
  const auto plans = whole(kept);
  if (plans.empty()) return {};
  std::vector<KeptPart> parts;
  for (const auto& [version, text] : plans) {
    const auto first = std::ranges::find(kept, version, [](const KeptPart& one) { return one.part.version; });
    std::ranges::move(parts_of(version, text, first->by, first->at_ms), std::back_inserter(parts));
  }
  HOLDLINE_ASSIGN(const auto scopes, known_scopes(ledger));
  for (const std::string& scope : scopes) HOLDLINE_TRY(put_into(ledger, intake, scope, parts, now_ms));
  return {};
}

}  // namespace holdline::hub
