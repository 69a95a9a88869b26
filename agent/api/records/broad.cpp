#include "agent/api/records/broad.hpp"

#include <algorithm>

#include "agent/api/save.hpp"
#include "agent/outbox/action_draft.hpp"
#include "sync/action/validate.hpp"

namespace holdline::agent {

namespace {

// For the list of who searched broadly.
sync::Op broad_search(const Workstation& station, const Call& call, const std::string& typed,
                      const BroadSearches::Verdict& verdict, std::int64_t ago_ms) {
  constexpr std::size_t longest_kept = 80;
  const sync::Collection& list = *station.schema().collection("broad_search");
  const Desk desk = desk_of(station, call);
  sync::Op op{sync::OpKind::create, {list.no, created_here(0)}, station.default_scope(call.rights()), 0, {}, {}};
  const auto set = [&](std::string_view field, sync::Value value) {
    if (const auto at = list.field(field))
      op.changes.push_back({*at, sync::Value(sync::Null{}), std::move(value), {}, {}});
  };
  set("person", desk.person);
  set("station", desk.workstation);
  set("at", desk.now_ms);
  set("since", desk.now_ms - ago_ms);
  set("searches", static_cast<std::int64_t>(verdict.searches));
  if (typed.size() <= longest_kept && !sync::holds_card_number(typed)) set("typed", typed);
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  return op;
}

std::optional<BroadLimit> limit_of_verdict(Workstation& station, const Call& call, const std::string& typed,
                                           const BroadSearches::Verdict& verdict, std::int64_t now_ms) {
  if (!verdict.limited) return std::nullopt;
  if (verdict.on_record && station.schema().collection("broad_search") != nullptr)
    note(station, call, broad_search(station, call, typed, verdict, now_ms - verdict.since_ms),
         [](const Result<Saved>&) {});
  return BroadLimit{BroadSearches::shown_beyond,
                    "You have searched for names that many share, or gone through lists of customers, " +
                        std::to_string(verdict.searches) + " times in ten minutes. Only " +
                        std::to_string(BroadSearches::shown_beyond) +
                        " are shown of each until that is over, and it is on record. Type more of the name, or a "
                        "postcode."};
}

// Whether a record of it is a customer, hangs on one or says whom it is about.
bool tells_of_customers(const sync::Schema& schema, const sync::Collection& collection) {
  const sync::Collection* customers = schema.collection(of::customer);
  const auto is_one = [&](const sync::Field& field) {
    return field.type == sync::FieldType::reference && customers != nullptr && field.target == customers->no;
  };
  return &collection == customers || std::ranges::any_of(collection.fields, is_one);
}

}  // namespace

std::optional<BroadLimit> limit_search(Workstation& station, const Call& call, const std::string& typed) {
  const std::int64_t now_ms = station.clock().now().boot_ms;
  const auto verdict = station.broad_searches().searched(call.session->person.id, typed, now_ms);
  return limit_of_verdict(station, call, typed, verdict, now_ms);
}

std::optional<BroadLimit> limit_list(Workstation& station, const Call& call, const sync::Collection& collection,
                                     std::size_t count, const sync::Id& before) {
  if (!tells_of_customers(station.schema(), collection) || (collection.sort_by && before.is_nil())) return std::nullopt;
  const std::int64_t now_ms = station.clock().now().boot_ms;
  BroadSearches::Verdict verdict;
  // A page shows what several searches would. Whoever looks at the same one again is still at it.
  for (std::size_t part = 0; part == 0 || part * max_hits < count; ++part) {
    const std::string what = before.text() + " " + collection.name + " " + std::to_string(part);
    const bool on_record = verdict.on_record;
    verdict = station.broad_searches().searched(call.session->person.id, what, now_ms);
    verdict.on_record = verdict.on_record || on_record;
  }
  return limit_of_verdict(station, call, "list of " + collection.name, verdict, now_ms);
}

}  // namespace holdline::agent
