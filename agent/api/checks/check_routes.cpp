// Entries that somebody else has to look at: a supervisor, because they are beyond a limit of work by hand, or a second
// person, who compares what was typed with its paper.
#include <algorithm>
#include <array>

#include "agent/api/checks/checks.hpp"
#include "agent/api/forms.hpp"
#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/save.hpp"
#include "agent/contingency/by_hand.hpp"
#include "contingency/manual/checks.hpp"
#include "platform/text/json_object.hpp"
#include "sync/action/record_fields.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;
using contingency::EntryNeeds;
using contingency::Need;
using contingency::NeedSettled;

constexpr std::size_t checks_looked_at = 20'000, checks_listed = 50, most_checks_listed = 200;
constexpr std::array needs_of_people{Need::approval, Need::second_check};

std::optional<std::int64_t> amount_of(const sync::Collection& entries, const sync::Record& record) {
  const auto field = entries.field("amount");
  const auto* amount = field ? std::get_if<std::int64_t>(&record.fields[*field]) : nullptr;
  return amount ? std::optional(*amount) : std::nullopt;
}

Json needs_json(const EntryNeeds& entry) {
  Json needs = Json::array();
  for (const Need need : needs_of_people) {
    if (!entry.needs(need)) continue;
    const auto& settled = entry.settled(need);
    needs.push_back({{"need", contingency::name_of(need)},
                     {"state", !settled        ? "open"
                               : settled->good ? "good"
                                               : "refused"},
                     {"by", settled ? settled->person : ""},
                     {"reason", settled ? settled->reason : ""}});
  }
  return needs;
}

Json check_json(const sync::Collection& entries, const Shown& shown, const EntryNeeds& entry) {
  Json limits = Json::array();
  for (const std::string& code : entry.limits)
    limits.push_back({{"code", code}, {"text", contingency::words_of_limit(code)}});
  return {{"entry", shown.record.key.id.text()},
          {"scope", shown.record.scope},
          {"reference", text_field(entries, shown.record, "reference")},
          {"fields", to_json(entries, shown.record)},
          {"pending", !shown.pending.empty()},
          {"limits", std::move(limits)},
          {"needs", needs_json(entry)}};
}

// Of every entry that needs somebody, newest first.
template <class Take>
Result<void> each_check(PersonView& view, const sync::Collection& entries, Take take) {
  const auto look = [&](const Shown& shown) {
    const EntryNeeds entry = needs_of(entries, shown.record);
    if (entry.approval || entry.second_check) take(shown, entry);
    return true;
  };
  HOLDLINE_TRY(each_shown(view, entries, checks_looked_at, look, sync::Reading::one));
  return {};
}

void list_checks(Workstation& station, Call call) {
  const auto given = call.request.query.find("state");
  const std::string wanted = given == call.request.query.end() ? "open" : given->second;
  if (wanted != "open" && wanted != "all")
    return call.respond(platform::error_response(400, "malformed", "`state` is open or all."));
  const std::size_t limit = limit_of(call.request.query, checks_listed, most_checks_listed);
  read(station, call, [&station, wanted, limit, respond = call.respond](PersonView& view) {
    const sync::Collection& entries = *station.schema().collection("manual_entry");
    Json items = Json::array();
    std::array<std::size_t, needs_of_people.size()> open{};
    const auto listed = each_check(view, entries, [&](const Shown& shown, const EntryNeeds& entry) {
      for (std::size_t i = 0; i < open.size(); ++i) open[i] += entry.waits_for(needs_of_people[i]) ? 1 : 0;
      const bool waits = entry.waits_for(Need::approval) || entry.waits_for(Need::second_check);
      if ((waits || wanted == "all") && items.size() < limit) items.push_back(check_json(entries, shown, entry));
    });
    if (!listed) return respond(platform::error_response(listed.error()));
    respond(json_response(200, {{"schema", "holdline.checks/1"},
                                {"counts", {{"approval", open[0]}, {"second_check", open[1]}}},
                                {"items", std::move(items)}}));
  });
}

// What was promised is not kept: somebody has to tell the customer.
void escalate(const sync::Collection& entries, const sync::Record& record, sync::Op& op) {
  const auto status = entries.field("status");
  if (!status) return;
  const auto* stands = std::get_if<std::string>(&record.fields[*status]);
  if (stands != nullptr && (*stands == "open" || *stands == "follow_up"))
    op.changes.push_back({*status, sync::make_base(record.fields[*status]), std::string("escalated"), {}, {}});
}

sync::Op settling_op(const sync::Collection& entries, const Shown& entry, Need need, const NeedSettled& settled) {
  sync::Op op{sync::OpKind::edit, entry.record.key, entry.record.scope, entry.cn, {}, {}};
  if (!settled.good) escalate(entries, entry.record, op);
  add_element(op, *entries.field("follow_ups"), contingency::remark_of(need, settled));
  return op;
}

platform::HttpResponse refused_check(const Error& error) {
  if (error.code == "role-refused") return platform::error_response(403, error.code, error.message);
  const bool missing = error.code == "reason-missing";
  return platform::error_response(missing ? 422 : 409, error.code, error.message);
}

void settle(Workstation& station, Call call) {
  const auto id = sync::Id::parse(std::string_view(call.rest).substr(0, call.rest.find('/')));
  auto json = platform::JsonObject::parse(call.request.body);
  const auto need = contingency::need_named(json.text("need"));
  NeedSettled wanted{json.boolean("good", false), call.session->person.name, json.text("reason")};
  const bool said = json.has("good");
  if (auto whole = json.checked_whole(); !whole) return call.respond(platform::error_response(whole.error()));
  if (!need || !said)
    return call.respond(platform::error_response(400, "malformed",
                                                 "`need` is approval or second_check, `good` true "
                                                 "or false."));
  if (!id) return call.respond(unknown_record("entry"));
  read(station, call, [&station, call, id = *id, need = *need, wanted](PersonView& view) {
    const sync::Collection& entries = *station.schema().collection("manual_entry");
    const auto entry = view.find({entries.no, id});
    if (!entry) return call.respond(platform::error_response(entry.error()));
    if (!entry->shown || entry->shown->record.deleted)
      return refuse_unless_saved(station, call, unknown_record("entry"));
    const sync::Record& record = entry->shown->record;
    if (auto may = contingency::may_settle(needs_of(entries, record), need, call.session->person.role == "supervisor",
                                           text_field(entries, record, "operator"), wanted);
        !may)
      return refuse_unless_saved(station, call, refused_check(may.error()));
    NeedSettled settled = wanted;
    if (need == Need::approval) settled.amount = amount_of(entries, record);
    save(station, call, {settling_op(entries, *entry->shown, need, settled)}, {desk_of(station, call).now_ms});
  });
}

}  // namespace

EntryNeeds needs_of(const sync::Collection& entries, const sync::Record& record) {
  const sync::RecordFields fields(entries, record);
  return contingency::entry_needs(fields.texts("needs"), fields.texts("follow_ups"), amount_of(entries, record));
}

Result<std::size_t> approvals_open(PersonView& view, const sync::Collection& entries) {
  std::size_t open = 0;
  HOLDLINE_TRY(each_check(view, entries, [&open](const Shown&, const EntryNeeds& entry) {
    if (entry.waits_for(Need::approval)) ++open;
  }));
  return open;
}

std::span<const Route> check_routes() {
  static constexpr Route table[] = {{"GET", "/checks", list_checks}, {"POST", "/entries/{id}/checks", settle}};
  return table;
}

}  // namespace holdline::agent
