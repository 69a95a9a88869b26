#include "agent/contingency/by_hand.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "contingency/manual/checks.hpp"
#include "sync/action/record_fields.hpp"

namespace holdline::agent {

namespace {

constexpr std::int64_t disclosure_hour_ms = 3'600'000;

template <class T>
const T* given(const sync::Collection& collection, const sync::Op& op, std::string_view name) {
  const auto field = collection.field(name);
  if (!field) return nullptr;
  const auto at = std::ranges::find(op.changes, *field, &sync::FieldChange::field);
  return at == op.changes.end() ? nullptr : std::get_if<T>(&at->value);
}

bool says(const sync::Collection& collection, const sync::Op& op, std::string_view name) {
  const bool* flag = given<bool>(collection, op, name);
  return flag != nullptr && *flag;
}

// A deletion or a merge keeps its reason in a note, which nobody took down.
bool is_taken(const sync::Schema& schema, const std::vector<sync::Op>& ops, const sync::Op& op,
              std::string_view collection) {
  const sync::Collection* of = schema.collection(op.record.collection);
  return of != nullptr && of->name == collection && op.kind == sync::OpKind::create &&
         std::ranges::all_of(ops, [](const sync::Op& one) { return one.kind == sync::OpKind::create; });
}

// What the person saved here before, newest first, until `take` says that the rest is too old.
template <class Take>
void each_before(std::span<const RecentActions::Item> before, const sync::Id& person, std::int64_t since_ms,
                 Take take) {
  for (const RecentActions::Item& item : before)
    if (item.action->header.person == person && item.action->header.event_ms >= since_ms) take(item);
}

const std::int64_t* corrected_amount(const sync::Schema& schema, const sync::Op& op) {
  const sync::Collection* of = schema.collection(op.record.collection);
  const bool corrects = of != nullptr && of->name == "manual_entry" && op.kind == sync::OpKind::edit;
  return corrects ? given<std::int64_t>(*of, op, "amount") : nullptr;
}

// But for the record `apart`, if there is one.
contingency::TakenByHand taken_before(const sync::Schema& schema, const ByHand& now, bool practice,
                                      const sync::RecordKey* apart, const std::string& currency,
                                      std::span<const RecentActions::Item> before) {
  contingency::TakenByHand taken;
  std::map<sync::RecordKey, std::int64_t> corrected;  // the latest amounts
  each_before(before, now.person, now.now_ms - now.limits.shift_ms, [&](const RecentActions::Item& item) {
    for (const sync::Op& op : item.action->ops)
      if (const std::int64_t* amount = corrected_amount(schema, op)) corrected.try_emplace(op.record, *amount);
  });
  each_before(before, now.person, now.now_ms - now.limits.shift_ms, [&](const RecentActions::Item& item) {
    const sync::Action& action = *item.action;
    if (!action.header.incident && item.result) return;
    for (const sync::Op& op : action.ops) {
      if (!is_taken(schema, action.ops, op, "manual_entry")) continue;
      const sync::Collection& entries = *schema.collection(op.record.collection);
      if (says(entries, op, "drill") != practice || (apart && op.record == *apart)) continue;
      if (!says(entries, op, "paper")) ++taken.entries;
      const auto* amount = given<std::int64_t>(entries, op, "amount");
      if (const auto later = corrected.find(op.record); later != corrected.end()) amount = &later->second;
      if (amount != nullptr && *amount > 0 && !currency.empty())
        taken.money[currency] += std::min(*amount, std::int64_t{1} << 52);
    }
  });
  return taken;
}

void tell_limits(const contingency::Judged& judged, std::vector<sync::Finding>& findings) {
  for (const std::string& code : judged.why) {
    const bool of_money = code == "item-over" || code.starts_with("shift-") || code == "currency-unknown";
    findings.push_back(
        {of_money ? "amount" : "", code, std::string(contingency::words_of_limit(code)), sync::Weight::told});
  }
}

void need_approval(const sync::Collection& entries, const contingency::Judged& judged, sync::Op& op) {
  const auto needs = entries.field("needs"), remarks = entries.field("follow_ups");
  if (judged.verdict != contingency::Verdict::approval || !needs || !remarks) return;
  std::vector<std::string> beyond;
  std::ranges::copy_if(judged.why, std::back_inserter(beyond),
                       [](const std::string& code) { return !code.ends_with("-near") && code != "queue-long"; });
  add_element(op, *needs, std::string(contingency::name_of(contingency::Need::approval)));
  add_element(op, *remarks, contingency::remark_of_limits(beyond));
}

void judge_entry(const sync::Schema& schema, const ByHand& now, std::span<const RecentActions::Item> before,
                 sync::Op& op, std::vector<sync::Finding>& findings) {
  const sync::Collection& entries = *schema.collection(op.record.collection);
  const bool paper = says(entries, op, "paper");
  if (!now.holds && !paper) return;
  const auto* amount = given<std::int64_t>(entries, op, "amount");
  const std::string currency = amount == nullptr ? std::string() : contingency::currency_of_amounts(now.limits);
  auto taken = taken_before(schema, now, says(entries, op, "drill"), nullptr, currency, before);
  if (paper) taken.entries = 0;  // they were taken by whoever wrote them
  const auto judged = contingency::judge_by_hand(now.limits, taken, {currency, amount == nullptr ? 0 : *amount},
                                                 now.holds ? now.without_contact_ms : 0, now.holds ? now.waiting : 0);
  tell_limits(judged, findings);
  need_approval(entries, judged, op);
}

void judge_correction(const sync::Schema& schema, const ByHand& now, std::span<const RecentActions::Item> before,
                      sync::Op& op, std::vector<sync::Finding>& findings) {
  const std::int64_t* amount = corrected_amount(schema, op);
  if (amount == nullptr || now.edited == nullptr || now.edited->key != op.record) return;
  const sync::Collection& entries = *schema.collection(op.record.collection);
  const sync::RecordFields entry(entries, *now.edited);
  if (!now.holds && entry.text("incident").empty() && !entry.flag("paper")) return;
  const std::string currency = contingency::currency_of_amounts(now.limits);
  auto taken = taken_before(schema, now, entry.flag("drill"), &op.record, currency, before);
  taken.entries = 0;  // it is no entry more
  const auto judged = contingency::judge_by_hand(now.limits, taken, {currency, *amount}, 0, 0);
  tell_limits(judged, findings);
  need_approval(entries, judged, op);
}

void judge_told(const sync::Schema& schema, const ByHand& now, std::span<const RecentActions::Item> before,
                std::vector<sync::Finding>& findings) {
  std::size_t told = 0;
  each_before(before, now.person, now.now_ms - disclosure_hour_ms, [&](const RecentActions::Item& item) {
    told += static_cast<std::size_t>(std::ranges::count_if(
        item.action->ops, [&](const sync::Op& op) { return is_taken(schema, item.action->ops, op, "disclosure"); }));
  });
  tell_limits(contingency::judge_disclosure(now.limits, told), findings);
}

}  // namespace

void add_element(sync::Op& op, sync::FieldIndex field, std::string text) {
  const auto at = std::ranges::lower_bound(op.changes, field, {}, &sync::FieldChange::field);
  if (at == op.changes.end() || at->field != field)
    op.changes.insert(at, {field, {}, {}, {std::move(text)}, {}});
  else if (std::ranges::find(at->adds, text) == at->adds.end())
    at->adds.push_back(std::move(text));
}

bool is_judged(const sync::Schema& schema, bool holds, const std::vector<sync::Op>& ops) {
  return std::ranges::any_of(ops, [&](const sync::Op& op) {
    if (corrected_amount(schema, op) != nullptr) return true;
    if (holds && is_taken(schema, ops, op, "disclosure")) return true;
    return is_taken(schema, ops, op, "manual_entry") &&
           (holds || says(*schema.collection(op.record.collection), op, "paper"));
  });
}

void apply_limits(const sync::Schema& schema, const ByHand& now, std::span<const RecentActions::Item> before,
                  std::vector<sync::Op>& ops, std::vector<sync::Finding>& findings) {
  for (sync::Op& op : ops) {
    if (is_taken(schema, ops, op, "manual_entry")) judge_entry(schema, now, before, op, findings);
    judge_correction(schema, now, before, op, findings);
    if (now.holds && is_taken(schema, ops, op, "disclosure")) judge_told(schema, now, before, findings);
  }
}

}  // namespace holdline::agent
