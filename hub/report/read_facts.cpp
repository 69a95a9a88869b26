#include "hub/report/read_facts.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "contingency/callbacks/outcome.hpp"
#include "contingency/forms/pad_record.hpp"
#include "contingency/incident/incidents.hpp"
#include "contingency/incident/name.hpp"
#include "contingency/manual/checks.hpp"
#include "contingency/manual/posting.hpp"
#include "hub/callbacks/list/records.hpp"
#include "hub/convergence/convergence.hpp"
#include "hub/ledger/practice.hpp"
#include "hub/plan/plans.hpp"
#include "hub/report/find_outage.hpp"
#include "hub/report/read_events.hpp"
#include "hub/report/rows.hpp"

namespace holdline::hub {

namespace {

using contingency::ReportFacts;
using sync::Record;
using sync::RecordFields;

constexpr std::int64_t compared_ms = std::int64_t{28} * 86'400'000;

// Reads collection after collection into the facts.
class FactsReader {
 public:
  FactsReader(Ledger& ledger, LedgerReader& reader, FoundOutage outage, const WantedReport& wanted, std::int64_t now_ms)
      : ledger_(ledger), reader_(reader) {
    facts_.incidents = std::move(outage.incidents);
    facts_.scopes = std::move(outage.scopes);
    facts_.client = wanted.client;
    facts_.made_ms = now_ms;
    facts_.plan_version = outage.plan_version;
    facts_.heard_after_ms = now_ms - heard_within_ms;
    for (const contingency::Incident& incident : facts_.incidents)
      names_.insert(contingency::incident_name(incident.declared.id));
    interval_ = facts_.interval();
  }

  Result<ReportFacts> read() {
    HOLDLINE_TRY(read_workstations());
    HOLDLINE_TRY(read_postings());
    HOLDLINE_TRY(read_entries());
    HOLDLINE_TRY(read_complaints());
    HOLDLINE_TRY(read_contacts());
    HOLDLINE_TRY(read_promises());
    HOLDLINE_TRY(read_disagreements());
    HOLDLINE_TRY(read_paper());
    HOLDLINE_TRY(read_disclosures());
    HOLDLINE_TRY(read_improvements());
    HOLDLINE_TRY(read_objectives());
    HOLDLINE_TRY(read_events(reader_, names_, facts_));
    return std::move(facts_);
  }

 private:
  bool is_marked(const RecordFields& fields) const { return names_.contains(fields.text("incident")); }
  // Whether it is of the outage: it says so, or it was taken in its time by a desk that did not know.
  bool belongs(const RecordFields& fields, std::int64_t event_ms) const {
    if (fields.flag("drill") != facts_.drill()) return false;
    return is_marked(fields) || (fields.text("incident").empty() && !facts_.drill() && interval_.holds(event_ms));
  }
  template <class Take>
  Result<void> each(std::string_view collection, Take take) {
    return each_row(reader_, collection, facts_.scopes, take);
  }

  contingency::TakenWork& add_work(std::string what, std::string kind, std::string_view when,
                                   const RecordFields& fields) {
    contingency::TakenWork work{std::move(what), in_words(std::move(kind)), fields.text("station"), fields.number(when),
                                fields.number("recorded_at")};
    work.customer_known = !fields.id("customer").is_nil();
    work.marked = is_marked(fields);
    return facts_.work.emplace_back(std::move(work));
  }

  Result<void> read_workstations() {
    HOLDLINE_ASSIGN(auto all, tallies_of(ledger_, reader_));
    std::erase_if(all, [&](const contingency::WorkstationTally& desk) {
      return std::ranges::none_of(desk.scopes, [&](const std::string& has) {
        return std::ranges::any_of(facts_.scopes,
                                   [&](const std::string& scope) { return contingency::scopes_meet(has, scope); });
      });
    });
    facts_.workstations = std::move(all);
    return {};
  }

  Result<void> read_postings() {
    return each("posting", [&](const RecordFields& fields, const Record&) {
      postings_[fields.text("entry")] = fields.text("state");
    });
  }

  Result<void> read_entries() {
    return each("manual_entry", [&](const RecordFields& fields, const Record& record) {
      if (!belongs(fields, fields.number("event_time"))) return;
      auto& work = add_work("Entry", fields.text("kind"), "event_time", fields);
      work.paper = fields.flag("paper");
      take_needs(contingency::entry_needs(fields.texts("needs"), fields.texts("follow_ups")), work);
      for (std::string& need : fields.texts("needs")) work.needs.push_back(in_words(std::move(need)));
      if (facts_.drill()) return;
      const auto posting = postings_.find(record.key.id.text());
      work.posting = in_words(posting == postings_.end() ? "unposted" : posting->second);
    });
  }

  static void take_needs(contingency::EntryNeeds needs, contingency::TakenWork& work) {
    const auto state = [&](contingency::Need need, std::string_view good, std::string_view bad) {
      const auto& settled = needs.settled(need);
      return std::string(!needs.needs(need) ? "" : !settled ? "waiting" : settled->good ? good : bad);
    };
    work.approval = state(contingency::Need::approval, "approved", "refused");
    work.compared = state(contingency::Need::second_check, "the same", "differs");
    work.limits = std::move(needs.limits);
  }

  Result<void> read_complaints() {
    return each("complaint", [&](const RecordFields& fields, const Record&) {
      if (!belongs(fields, fields.number("received_at"))) return;
      add_work("Complaint", fields.text("category"), "received_at", fields);
      facts_.complaints.push_back({fields.number("received_at"), fields.number("listened_at"),
                                   fields.number("acknowledge_by"), fields.number("resolved_at")});
    });
  }

  Result<void> read_contacts() {
    return each("interaction", [&](const RecordFields& fields, const Record&) {
      const std::int64_t start_ms = fields.number("started_at");
      if (belongs(fields, start_ms))
        add_work("Contact", fields.text("channel"), "started_at", fields);
      else if (fields.flag("drill") || facts_.drill() || start_ms < interval_.from_ms - compared_ms)
        return;
      facts_.contacts.push_back({start_ms, fields.number("ended_at"), fields.id("customer"), fields.text("reason"),
                                 static_cast<std::uint8_t>(fields.number("csat")), fields.text("direction") == "in"});
    });
  }

  Result<void> read_promises() {
    std::unique_ptr<CallbackRecords> records;
    if (!facts_.drill()) {
      auto read = CallbackRecords::read(ledger_, 0);
      if (!read) return tl::unexpected<Error>(read.error());
      records = *std::move(read);
    }
    std::set<Id> told;  // calls, which may be about several promises
    return each("callback_request", [&](const RecordFields& fields, const Record& record) {
      if (!belongs(fields, fields.number("taken_at"))) return;
      add_work("Callback", fields.text("purpose"), "taken_at", fields);
      contingency::PromiseMade promise;
      promise.reference = fields.text("reference");
      promise.contact_ms = fields.number("taken_at");
      promise.promise_end_ms = fields.number("promise_end");
      promise.settled = fields.text("state") == "cancelled";
      if (const auto* of = records ? records->list().cases.find(record.key.id) : nullptr)
        take_case(*of, record.key.id, told, promise);
      facts_.promises.push_back(std::move(promise));
    });
  }

  void take_case(const contingency::CallbackCase& of, const Id& request, std::set<Id>& told,
                 contingency::PromiseMade& promise) {
    using enum contingency::CaseNeed;
    promise.of_case = of.id;
    if (of.need == elsewhere || of.need == cancelled) promise.settled = true;
    for (const contingency::CallAttempt& attempt : of.attempts) {
      if (std::ranges::find(attempt.requests, request) == attempt.requests.end()) continue;
      const auto* outcome = contingency::outcome_named(attempt.outcome);
      const bool connected = outcome && outcome->connected;
      ++promise.tries;
      if (connected && (promise.reached_ms == 0 || attempt.started_ms < promise.reached_ms))
        promise.reached_ms = attempt.started_ms;
      if (told.insert(attempt.id).second)
        facts_.calls.push_back({outcome ? std::string(outcome->text) : in_words(attempt.outcome), attempt.late});
    }
  }

  std::string label_of(std::int64_t collection, std::string_view unit) const {
    const auto* of = reader_.schema().collection(static_cast<sync::CollectionNo>(collection));
    if (!of) return std::string(unit);
    const auto field = of->field(unit);
    const std::string& label = field ? of->fields[*field].label : std::string();
    return (of->label.empty() ? in_words(of->name) : of->label) + ", " +
           (label.empty() ? in_words(std::string(unit)) : label);
  }

  Result<void> read_disagreements() {
    return each("conflict", [&](const RecordFields& fields, const Record& record) {
      if (!interval_.holds(fields.number("at")) || is_of_practice(reader_, record) != facts_.drill()) return;
      const std::string state = fields.text("state");
      facts_.disagreements.push_back({label_of(fields.number("collection"), fields.text("unit")), fields.number("at"),
                                      fields.number("resolved_at"), state == "open", state == "decided"});
    });
  }

  Result<void> read_paper() {
    contingency::Pads pads;
    const sync::Collection* kept = reader_.schema().collection(contingency::pad_collection);
    const sync::Collection* used = reader_.schema().collection(contingency::use_collection);
    if (!kept || !used) return {};
    HOLDLINE_TRY(each(kept->name, [&](const RecordFields& fields, const Record& record) {
      if (fields.flag("drill") == facts_.drill()) pads.take(contingency::pad_of(*kept, record));
    }));
    HOLDLINE_TRY(each(used->name, [&](const RecordFields&, const Record& record) {
      pads.take(contingency::sheet_use_of(*used, record));
    }));
    std::set<Id> counted;
    for (const std::string& name : names_)
      for (const contingency::PadBalance& balance : pads.balance(name)) {
        if (!counted.insert(balance.pad->id).second) continue;
        facts_.sheets.printed += balance.pad->numbers.size();
        facts_.sheets.entered += balance.entered;
        facts_.sheets.voided += balance.voided;
        facts_.sheets.missing += balance.missing;
      }
    return {};
  }

  Result<void> read_disclosures() {
    if (facts_.drill()) return {};
    return each("disclosure", [&](const RecordFields& fields, const Record& record) {
      if (!interval_.holds(fields.number("at")) || is_of_practice(reader_, record)) return;
      facts_.told.push_back(
          {in_words(fields.text("recipient")), in_words(fields.text("basis")), !fields.id("verification").is_nil()});
    });
  }

  Result<void> read_improvements() {
    return each("improvement", [&](const RecordFields& fields, const Record&) {
      if (!is_marked(fields)) return;
      facts_.improvements.push_back({fields.text("finding"), fields.text("what"), fields.text("owner"),
                                     in_words(fields.text("state")), fields.number("due_at")});
    });
  }

  // Of the plan that was in force when it was declared.
  Result<void> read_objectives() {
    if (facts_.plan_version == 0) return {};
    HOLDLINE_ASSIGN(const auto plans, kept_plans(ledger_));
    const auto kept = plans.find(facts_.plan_version);
    const auto read = contingency::read_plan(kept == plans.end() ? contingency::shipped_plan_text() : kept->second);
    if (!read.problems.empty() || read.plan.version != facts_.plan_version) return {};
    facts_.rto_minutes = read.plan.rto_minutes;
    facts_.rpo_minutes = read.plan.rpo_minutes;
    return {};
  }

  Ledger& ledger_;
  LedgerReader& reader_;
  ReportFacts facts_;
  std::set<std::string> names_;  // of the incidents, as records have them
  contingency::Interval interval_;
  std::map<std::string, std::string> postings_;  // by entry
};

}  // namespace

Result<ReportFacts> read_report_facts(Ledger& ledger, const WantedReport& wanted, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  HOLDLINE_ASSIGN(auto outage, find_outage(*reader, wanted));
  return FactsReader(ledger, *reader, std::move(outage), wanted, now_ms).read();
}

}  // namespace holdline::hub
