#include "agent/api/contingency/closing.hpp"

#include <algorithm>

#include "agent/api/checks/checks.hpp"
#include "agent/api/posting/postings.hpp"
#include "agent/api/responses.hpp"
#include "agent/paper/paper_records.hpp"
#include "agent/view/open_conflicts.hpp"
#include "contingency/incident/name.hpp"
#include "contingency/runbook/words.hpp"

namespace holdline::agent {

namespace {

// What is left is worked off and not counted to the last: beyond this many "at least" is enough.
constexpr std::size_t left_counted = 2'000, left_page = 200;

bool is_option(const sync::Collection& collection, const sync::Record& record, std::string_view name,
               std::string_view option) {
  const auto field = collection.field(name);
  const auto* text = field ? std::get_if<std::string>(&record.fields[*field]) : nullptr;
  return text != nullptr && *text == option;
}

// Records of a collection in these scopes for which `counts` holds; nothing when the person does not see them all.
template <class Counts>
Result<std::optional<std::size_t>> count_left(PersonView& view, const sync::Collection* collection,
                                              const std::vector<std::string>& scopes, Counts counts) {
  const auto sees = [&](const std::string& scope) { return sync::may_read(view.who(), *collection, scope); };
  if (collection == nullptr || !std::ranges::all_of(scopes, sees)) return std::optional<std::size_t>();
  std::size_t left = 0;
  sync::Id before;
  while (left < left_counted) {
    HOLDLINE_ASSIGN(const auto page, view.list(*collection, before, left_page));
    for (const Shown& shown : page.shown)
      if (sync::is_within(shown.record.scope, scopes) && counts(shown.record)) ++left;
    if (page.shown.size() < left_page) break;
    before = page.shown.back().record.key.id;
  }
  return std::optional(left);
}

// What a desk without contact printed or entered is not known; nor what hangs in scopes that this person does not see.
Result<std::optional<std::size_t>> paper_forms_out(Workstation& station, PersonView& view,
                                                   const std::vector<std::string>& scopes,
                                                   const std::string& incident) {
  const sync::Schema& schema = station.schema();
  const auto sees = [&](const std::string& scope) {
    return sync::may_read(view.who(), *schema.collection(contingency::pad_collection), scope);
  };
  if (!knows_paper(schema) || !std::ranges::all_of(scopes, sees)) return std::optional<std::size_t>();
  HOLDLINE_ASSIGN(const auto pads, read_pads(schema, view));
  return std::optional(pads.outstanding(incident));
}

bool works_in(const contingency::WorkstationState& desk, const std::vector<std::string>& scopes) {
  return std::ranges::any_of(desk.scopes, [&](const std::string& scope) { return sync::is_within(scope, scopes); });
}

// What other workstations told the hub, which they do about once a minute.
void add_other_desks(const contingency::Fleet& fleet, const sync::Id& own, const contingency::Incident& incident,
                     contingency::ClosingFacts& facts) {
  facts.desks_silent = 0;
  for (const contingency::WorkstationState& desk : fleet.workstations) {
    if (desk.revoked || desk.device == own || !works_in(desk, incident.declared.scopes)) continue;
    if (desk.heard_ms < incident.begins_ms()) ++*facts.desks_silent;
    if (!desk.report) continue;
    *facts.entries_unsent += static_cast<std::size_t>(desk.report->waiting);
    *facts.needs_attention += static_cast<std::size_t>(desk.report->needs_attention);
  }
}

}  // namespace

std::optional<std::size_t> actions_left(const Workstation& station, const contingency::Incident& incident) {
  const auto runs = station.runs();
  const auto run = runs->runs.find(incident.declared.id);
  if (run == runs->runs.end() || !run->second.journal.holder) return std::nullopt;
  const auto plan = runs->plan_of(run->second.journal);
  if (!plan) return std::nullopt;
  return contingency::left_of(run->second.journal, *plan).size() +
         contingency::due_of(run->second.journal, *plan).size();
}

void ask_for_fleet(Workstation& station, std::function<void(std::optional<contingency::Fleet>)> then) {
  if (!station.sync_status().connected) return then(std::nullopt);
  station.fleet().list([then = std::move(then)](Result<FleetMember::Listed> listed) {
    then(listed && !listed->kept ? std::optional(std::move(listed->fleet)) : std::nullopt);
  });
}

Result<contingency::ClosingFacts> closing_facts(Workstation& station, PersonView& view,
                                                const contingency::Incident& incident,
                                                const std::optional<contingency::Fleet>& fleet) {
  const sync::Schema& schema = station.schema();
  contingency::ClosingFacts facts;
  facts.desks_silent = std::nullopt;
  facts.actions_left = actions_left(station, incident);
  const OutboxStatus outbox = station.outbox().status();
  // With contact lane 0 leaves at once, and what is in it now are the decisions about this incident themselves.
  std::size_t unsent = 0;
  for (std::size_t lane = station.sync_status().connected ? 1 : 0; lane < outbox.lanes.size(); ++lane)
    unsent += static_cast<std::size_t>(outbox.lanes[lane].waiting);
  facts.entries_unsent = unsent;
  facts.needs_attention = static_cast<std::size_t>(outbox.quarantined);
  if (fleet) add_other_desks(*fleet, station.identity().device, incident, facts);
  HOLDLINE_ASSIGN(facts.paper_forms_out, paper_forms_out(station, view, incident.declared.scopes,
                                                         contingency::incident_name(incident.declared.id)));
  // What was practised is called back, posted and decided on by nobody; what is real of that is no matter of a drill.
  if (incident.declared.drill) {
    facts.needs_attention = 0;
    return facts;
  }
  const auto& scopes = incident.declared.scopes;
  const sync::Collection* conflicts = schema.collection("conflict");
  const bool practised = station.contingency().had_drill();
  HOLDLINE_ASSIGN(facts.conflicts_open, count_left(view, conflicts, scopes, [&](const sync::Record& record) {
                    return is_option(*conflicts, record, "state", "open") &&
                           !(practised && is_about_practice(view, schema, record));
                  }));
  const sync::Collection* callbacks = schema.collection("callback_request");
  const std::string name = contingency::incident_name(incident.declared.id);
  HOLDLINE_ASSIGN(facts.callbacks_waiting, count_left(view, callbacks, scopes, [&](const sync::Record& record) {
                    return is_option(*callbacks, record, "incident", name) &&
                           is_option(*callbacks, record, "state", "open");
                  }));
  HOLDLINE_ASSIGN(const auto postings, postings_here(schema, view));
  const sync::Collection* entries = schema.collection("manual_entry");
  HOLDLINE_ASSIGN(facts.checks_open, count_left(view, entries, scopes, [&](const sync::Record& record) {
                    if (text_field(*entries, record, "incident") != name) return false;
                    const contingency::EntryNeeds needs = needs_of(*entries, record);
                    return needs.waits_for(contingency::Need::approval) ||
                           needs.waits_for(contingency::Need::second_check);
                  }));
  HOLDLINE_ASSIGN(facts.entries_unposted, count_left(view, entries, scopes, [&](const sync::Record& record) {
                    const auto posting = postings.find(record.key.id.text());
                    return text_field(*entries, record, "incident") == name && is_to_be_posted(*entries, record) &&
                           (posting == postings.end() || !contingency::is_settled(posting->second.posting.state));
                  }));
  return facts;
}

}  // namespace holdline::agent
