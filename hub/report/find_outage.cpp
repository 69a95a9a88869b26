#include "hub/report/find_outage.hpp"

#include <algorithm>
#include <map>

#include "contingency/incident/name.hpp"
#include "contingency/incident/record.hpp"
#include "contingency/incident/record_names.hpp"
#include "hub/report/rows.hpp"
#include "sync/action/rights.hpp"

namespace holdline::hub {

namespace {

using contingency::Incident;

struct KnownIncidents {
  std::map<Id, Incident> by_id;
  std::map<Id, std::uint32_t> plan_versions;
  std::vector<contingency::MergeDecision> decisions;
};

// An incident has a record in each of its scopes, and each has its steps.
Result<KnownIncidents> known_incidents(LedgerReader& reader, const std::vector<std::string>& scopes) {
  KnownIncidents known;
  std::map<Id, Incident> by_record;
  const sync::Collection* heads = reader.schema().collection(contingency::incident_collection);
  const sync::Collection* steps = reader.schema().collection(contingency::incident_step_collection);
  const sync::Collection* links = reader.schema().collection(contingency::incident_link_collection);
  if (!heads || !steps || !links) return known;
  HOLDLINE_TRY(each_row(reader, heads->name, scopes, [&](const sync::RecordFields& fields, const sync::Record& record) {
    auto declared = contingency::declaration_of(*heads, record);
    if (!declared) return;
    const auto version = static_cast<std::uint32_t>(fields.number("plan_version"));
    known.plan_versions[declared->id] = std::max(known.plan_versions[declared->id], version);
    by_record[record.key.id].declared = *std::move(declared);
  }));
  HOLDLINE_TRY(each_row(reader, steps->name, scopes, [&](const sync::RecordFields& fields, const sync::Record& record) {
    const auto of = by_record.find(fields.id("incident"));
    if (of != by_record.end()) contingency::take_step(*steps, record, of->second);
  }));
  for (auto& [id, incident] : by_record) {
    if (incident.steps.empty()) continue;
    const auto [at, first] = known.by_id.try_emplace(incident.declared.id, incident);
    at->second = contingency::joined(at->second, incident);  // with itself: its steps in order, and its phase
  }
  HOLDLINE_TRY(each_row(reader, links->name, scopes, [&](const sync::RecordFields&, const sync::Record& record) {
    if (auto decision = contingency::decision_of(*links, record)) known.decisions.push_back(*std::move(decision));
  }));
  return known;
}

std::string letters_of(std::string_view code) {
  std::string letters;
  for (const char c : code)
    if (c != ' ' && c != '-') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

Error no_such_incident(const KnownIncidents& known, std::string_view code) {
  std::string text = "There is no incident " + std::string(code) + " here";
  if (known.by_id.empty())
    return {ErrorKind::ask_person, "no-such-incident", text + ", and none was declared in these scopes."};
  text += ". There are:";
  std::vector<const Incident*> latest;
  for (const auto& [id, incident] : known.by_id) latest.push_back(&incident);
  std::ranges::sort(latest, std::ranges::greater{}, [](const Incident* one) { return one->begins_ms(); });
  latest.resize(std::min<std::size_t>(latest.size(), 10));
  for (const Incident* one : latest)
    text += " " + contingency::incident_short_name(one->declared.id) + (one->declared.drill ? " (practice)" : "");
  return {ErrorKind::ask_person, "no-such-incident", text + "."};
}

Result<Id> named_incident(const KnownIncidents& known, const WantedReport& wanted) {
  const std::string letters = letters_of(wanted.incident);
  const Incident* found = nullptr;
  for (const auto& [id, incident] : known.by_id) {
    const bool named = !letters.empty() && contingency::incident_name(id).starts_with(letters);
    if (letters.empty() ? incident.declared.drill : !named) continue;
    if (!letters.empty() && found)
      return fail(ErrorKind::ask_person, "incident-ambiguous",
                  "More than one incident begins with " + wanted.incident + ". Give more letters of its name.");
    if (!found || found->begins_ms() < incident.begins_ms()) found = &incident;
  }
  if (found) return found->declared.id;
  if (letters.empty())
    return fail(ErrorKind::ask_person, "no-incidents",
                "No outage was declared in these scopes, so there is nothing to report.");
  return tl::unexpected(no_such_incident(known, wanted.incident));
}

// Of several incidents that somebody called one outage, all.
std::vector<Incident> one_outage(const KnownIncidents& known, const Id& id) {
  contingency::Incidents all;
  for (const auto& [key, incident] : known.by_id) all.take(incident);
  for (const auto& decision : known.decisions) all.take(decision);
  std::vector<Incident> incidents;
  for (const contingency::Outage& outage : all.outages()) {
    if (std::ranges::find(outage.incidents, id) == outage.incidents.end()) continue;
    if (outage.merged)
      for (const Id& one : outage.incidents) incidents.push_back(known.by_id.at(one));
  }
  if (incidents.empty()) incidents.push_back(known.by_id.at(id));
  return incidents;
}

}  // namespace

Result<FoundOutage> find_outage(LedgerReader& reader, const WantedReport& wanted) {
  HOLDLINE_ASSIGN(auto scopes, reader.scopes());
  const auto leave_out = [&](auto outside) { std::erase_if(scopes, outside); };
  if (wanted.allowed) leave_out([&](const std::string& scope) { return !sync::is_within(scope, *wanted.allowed); });
  if (!wanted.client.empty()) {
    leave_out([&](const std::string& scope) { return !contingency::scope_holds(wanted.client, scope); });
    if (scopes.empty())
      return fail(ErrorKind::ask_person, "client-unknown",
                  "There is no scope of a client called " + wanted.client + " here, or none of yours.");
  }
  HOLDLINE_ASSIGN(const auto known, known_incidents(reader, scopes));
  HOLDLINE_ASSIGN(const Id id, named_incident(known, wanted));
  FoundOutage found{one_outage(known, id), {}, 0};
  for (const Incident& incident : found.incidents) {
    const auto version = known.plan_versions.find(incident.declared.id);
    if (version != known.plan_versions.end()) found.plan_version = std::max(found.plan_version, version->second);
  }
  leave_out([&](const std::string& scope) {
    return std::ranges::none_of(found.incidents, [&](const Incident& incident) {
      return std::ranges::any_of(incident.declared.scopes,
                                 [&](const std::string& of) { return contingency::scope_holds(of, scope); });
    });
  });
  found.scopes = std::move(scopes);
  return found;
}

}  // namespace holdline::hub
