// Runs of the plan and the plan itself as records of the schema, both ways. A run has its events below the incident's
// record in each of its scopes, under one mark, so that each reaches who works there and counts once.
//
// The reading thread, or pure. Internal to agent.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/view/view.hpp"
#include "contingency/incident/incident.hpp"
#include "contingency/plan/plan.hpp"
#include "contingency/runbook/journal.hpp"

namespace holdline::agent {

inline constexpr std::string_view run_collection = "runbook_event", plan_collection = "plan_part";

// Whether the hub's version of the schema has runs at all.
bool knows_runs(const sync::Schema& schema);
// Whether an op, or a change of the feed, is about them or about the plan.
bool is_of_runs(const sync::Schema& schema, sync::CollectionNo collection);

// Everything that is known of the run of an incident, own pending records included. Errors of the view.
Result<std::vector<contingency::JournalEntry>> read_run(View& view, const contingency::Incident& incident);

// The records of these events in each of `scopes`, which are of the incident, ids still to be filled in.
std::vector<sync::Op> ops_of(const sync::Schema& schema, const sync::Id& incident,
                             const std::vector<std::string>& scopes,
                             std::span<const contingency::JournalEntry> entries);
// The same in actions that are each small enough to be taken, in order.
std::vector<std::vector<sync::Op>> in_actions(std::vector<sync::Op> ops);

// The plans that the hub handed out and that are here whole, by version. Errors of the view.
Result<std::map<std::uint32_t, std::string>> read_plan_texts(View& view);

}  // namespace holdline::agent
