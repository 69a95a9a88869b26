#include "hub/callbacks/list.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "contingency/readiness/report.hpp"
#include "hub/callbacks/calls.hpp"
#include "hub/callbacks/fields.hpp"
#include "hub/callbacks/releases.hpp"
#include "sync/text/contact_hash.hpp"

namespace holdline::hub {

namespace {

using contingency::CallbackRequest;
using contingency::CaseDecision;
using contingency::CustomerFacts;
using contingency::PurposeSet;

constexpr std::size_t rows_at_once = 5'000;
constexpr Lane callback_lane = 1;
constexpr std::int64_t silent_ms = 15 * 60'000;  // a workstation at work asks the hub every half minute

std::vector<std::string> scopes_of(Ledger& ledger) {
  std::set<std::string> scopes;
  if (const auto devices = ledger.devices())
    for (const Device& device : *devices) scopes.insert(device.scopes.begin(), device.scopes.end());
  if (const auto people = ledger.all_people())
    for (const Person& person : *people) scopes.insert(person.scopes.begin(), person.scopes.end());
  return {scopes.begin(), scopes.end()};
}

contingency::Purpose purpose_named(const std::string& name) {
  const auto found = std::ranges::find(contingency::purpose_names, name);
  return found == contingency::purpose_names.end()
             ? contingency::Purpose::service
             : static_cast<contingency::Purpose>(found - contingency::purpose_names.begin());
}

PurposeSet purposes_named(const std::string& name) {
  return name.empty() || name == "any" ? contingency::every_purpose : contingency::bit_of(purpose_named(name));
}

bool by_telephone(const std::string& channel) { return channel.empty() || channel == "any" || channel == "phone"; }

// Everything read of one moment.
class ListReader {
 public:
  ListReader(Ledger& ledger, LedgerReader& reader, std::vector<std::string> scopes)
      : reader_(reader),
        schema_(reader.schema()),
        scopes_(std::move(scopes)),
        key_(ledger.identity().suppression_key) {}

  Result<void> read(CallbackList& into) {
    HOLDLINE_TRY(each("callback_request", [&](const sync::Record& record, const RecordFields& fields) {
      take_request(record, fields, into);
    }));
    HOLDLINE_TRY(read_customers());
    HOLDLINE_TRY(each("complaint", [&](const sync::Record&, const RecordFields& fields) { take_complaint(fields); }));
    HOLDLINE_TRY(each("consent", [&](const sync::Record&, const RecordFields& fields) { take_consent(fields); }));
    for (auto& [customer, facts] : facts_) into.cases.take(std::move(facts));
    HOLDLINE_TRY(each("suppression", [&](const sync::Record& record, const RecordFields& fields) {
      take_refusal(record, fields, into);
    }));
    HOLDLINE_TRY(each("callback_decision", [&](const sync::Record& record, const RecordFields& fields) {
      take_decision(record, fields, into);
    }));
    HOLDLINE_TRY(each("callback_release", [&](const sync::Record& record, const RecordFields&) {
      into.releases.push_back(release_of(*schema_.collection("callback_release"), record));
    }));
    HOLDLINE_TRY(each("callback_claim", [&](const sync::Record& record, const RecordFields& fields) {
      auto claim = claim_of(*schema_.collection("callback_claim"), record);
      into.claims.take(claim);
      into.claim_records[claim.fence] = {record.key.id, record.scope, fields.text("release"), std::move(claim)};
    }));
    HOLDLINE_TRY(each("callback_attempt", [&](const sync::Record& record, const RecordFields&) {
      into.cases.take(attempt_of(*schema_.collection("callback_attempt"), record));
    }));
    std::ranges::sort(into.releases, {}, [](const auto& batch) { return std::pair(batch.by.at_ms, batch.id); });
    return {};
  }

 private:
  using Take = std::function<void(const sync::Record&, const RecordFields&)>;
  Result<void> each(std::string_view name, const Take& take) {
    const sync::Collection* collection = schema_.collection(name);
    if (collection == nullptr)
      return fail(ErrorKind::ask_person, "schema-older",
                  "This hub's schema does not have " + std::string(name) +
                      " yet. Give it the newer one: holdline-hub schema show and schema apply in docs/running.md.");
    for (Id after;;) {
      HOLDLINE_ASSIGN(const auto rows, reader_.rows(collection->no, scopes_, after, rows_at_once));
      for (const VersionedRecord& row : rows) take(row.stored.record, RecordFields(*collection, row.stored.record));
      if (rows.size() < rows_at_once) return {};
      after = rows.back().stored.record.key.id;
    }
  }

  void take_request(const sync::Record& record, const RecordFields& fields, CallbackList& into) {
    if (fields.flag("drill")) return;  // practice: nobody is called
    CallbackRequest request;
    request.id = record.key.id;
    request.scope = record.scope;
    request.customer = fields.id("customer");
    request.name = fields.text("name");
    request.number = fields.text("phone");
    request.reach = fields.text("reach");
    request.reason = fields.text("reason");
    request.context = fields.text("context");
    request.language = fields.text("lang");
    request.skill = fields.text("skill");
    request.purpose = purpose_named(fields.text("purpose"));
    request.promise_start_ms = fields.number("promise_start");
    request.promise_end_ms = fields.number("promise_end");
    request.promise_zone = fields.text("promise_zone");
    request.contact_ms = fields.number("taken_at");
    if (request.contact_ms == 0) request.contact_ms = fields.number("recorded_at");
    request.taken_by = fields.text("taken_by");
    const std::string state = fields.text("state");
    request.cancelled = state == "cancelled" || state == "reached";
    if (!request.number.empty()) hashed_.emplace(sync::contact_hash(key_, "number", request.number), request.number);
    if (!request.customer.is_nil()) named_[request.customer].insert(request.number);
    if (const std::string read_out = fields.text("reference"); !read_out.empty())
      into.reference.emplace(request.id, read_out);
    into.cases.take(std::move(request));
  }

  // Those that requests name, and those they were merged into.
  Result<void> read_customers() {
    std::vector<Id> left;
    for (const auto& [customer, numbers] : named_) left.push_back(customer);
    while (!left.empty()) {
      const Id customer = left.back();
      left.pop_back();
      if (facts_.contains(customer)) continue;
      HOLDLINE_ASSIGN(const auto row, reader_.row({schema_.collection("customer")->no, customer}));
      if (!row || row->stored.record.deleted) continue;
      HOLDLINE_TRY(take_customer(row->stored.record));
      if (const Id into = facts_[customer].merged_into; !into.is_nil()) left.push_back(into);
    }
    return {};
  }

  Result<void> take_customer(const sync::Record& record) {
    const RecordFields fields(*schema_.collection("customer"), record);
    CustomerFacts& facts = facts_[record.key.id];
    facts.customer = record.key.id;
    facts.client = record.scope.substr(0, record.scope.find('/'));
    facts.merged_into = fields.id("merged_into");
    facts.zone = fields.text("tz");
    facts.country = fields.text("country");
    facts.tier = fields.text("tier");
    facts.vulnerable = fields.flag("vulnerable");
    facts.restricted = fields.text("processing") == "restricted";
    const sync::Collection& phones = *schema_.collection("phone");
    std::vector<Id> ids;
    if (const Id primary = fields.id("primary_phone"); !primary.is_nil()) ids.push_back(primary);
    if (const auto named = named_.find(record.key.id); named != named_.end())
      for (const std::string& number : named->second)
        if (!number.empty()) ids.push_back(sync::child_id(phones, record.key.id, number));
    for (const Id& id : ids) {
      HOLDLINE_ASSIGN(const auto row, reader_.row({phones.no, id}));
      if (!row || row->stored.record.deleted) continue;
      const RecordFields phone(phones, row->stored.record);
      const std::string number = phone.text("e164");
      if (std::ranges::find(facts.numbers, number) != facts.numbers.end()) continue;
      facts.numbers.push_back(number);
      hashed_.emplace(sync::contact_hash(key_, "number", number), number);
      if (phone.text("use") == "do_not_use") facts.not_to_use.push_back(number);
    }
    return {};
  }

  // The worst that is open, and the earliest day by which one has to be answered.
  void take_complaint(const RecordFields& fields) {
    constexpr std::array<std::string_view, 5> severities{"", "minor", "moderate", "serious", "critical"};
    const auto customer = facts_.find(fields.id("customer"));
    const std::string state = fields.text("state");
    if (customer == facts_.end() || state == "resolved" || state == "closed") return;
    const auto found = std::ranges::find(severities, fields.text("severity"));
    const auto severity = static_cast<std::uint8_t>(found == severities.end() ? 1 : found - severities.begin());
    CustomerFacts& facts = customer->second;
    facts.severity = std::max<std::uint8_t>(facts.severity, std::max<std::uint8_t>(1, severity));
    const std::int64_t due = fields.number("answer_by");
    if (due != 0 && (facts.legal_due_ms == 0 || due < facts.legal_due_ms)) facts.legal_due_ms = due;
  }

  // The latest word for each purpose; of two at one moment the stricter.
  void take_consent(const RecordFields& fields) {
    const auto customer = facts_.find(fields.id("customer"));
    if (customer == facts_.end() || !by_telephone(fields.text("channel"))) return;
    const PurposeSet purpose = purposes_named(fields.text("purpose"));
    const bool given = fields.text("status") == "given";
    auto& [at, was_given] = consents_[{customer->first, purpose}];
    const std::int64_t when = fields.number("at");
    if (at != 0 && (when < at || (when == at && !was_given))) return;
    at = when;
    was_given = given;
    CustomerFacts& facts = customer->second;
    facts.consented = static_cast<PurposeSet>(given ? facts.consented | purpose : facts.consented & ~purpose);
    facts.refused = static_cast<PurposeSet>(given ? facts.refused & ~purpose : facts.refused | purpose);
  }

  // The list holds keyed hashes: of the numbers that are to be called it is known which is meant.
  void take_refusal(const sync::Record& record, const RecordFields& fields, CallbackList& into) const {
    const auto number = hashed_.find(fields.text("value_hash"));
    if (number == hashed_.end() || fields.text("status") == "allowed" || !by_telephone(fields.text("channel"))) return;
    PurposeSet purposes = purposes_named(fields.text("purpose"));
    const std::string source = fields.text("source");
    if (!source.empty() && source != "own") purposes &= contingency::unasked_purposes;
    into.cases.take(
        contingency::NumberRefusal{record.scope.substr(0, record.scope.find('/')), number->second, purposes});
  }

  static void take_decision(const sync::Record& record, const RecordFields& fields, CallbackList& into) {
    CaseDecision decision;
    decision.id = record.key.id;
    const std::string kind = fields.text("kind");
    for (const auto one : {CaseDecision::Kind::together, CaseDecision::Kind::apart, CaseDecision::Kind::settled,
                           CaseDecision::Kind::covered, CaseDecision::Kind::first})
      if (contingency::name_of(one) == kind) decision.kind = one;
    decision.requests = fields.ids("requests");
    decision.others = fields.ids("others");
    decision.by = {fields.text("person"), contingency::by_supervisor, fields.text("reason"), fields.number("at")};
    into.decided_ms = std::max(into.decided_ms, decision.by.at_ms);
    into.cases.take(std::move(decision));
  }

  LedgerReader& reader_;
  const sync::Schema& schema_;
  const std::vector<std::string> scopes_;
  const std::string key_;
  std::map<Id, std::set<std::string>> named_;  // customers of requests, and the numbers given for them
  std::map<Id, CustomerFacts> facts_;
  std::map<std::pair<Id, PurposeSet>, std::pair<std::int64_t, bool>> consents_;
  std::unordered_map<std::string, std::string> hashed_;  // numbers by their keyed hash
};

// Promises that the hub holds and that have not taken effect, by their workstation.
Result<std::map<Id, std::uint64_t>> held_promises(LedgerReader& reader) {
  constexpr std::size_t most_held = 10'000;
  std::map<Id, std::uint64_t> promises;
  for (const HeldState state : {HeldState::waiting, HeldState::quarantined}) {
    HOLDLINE_ASSIGN(const auto held, reader.held(state, most_held));
    for (const HeldAction& one : held)
      if (one.lane.lane == callback_lane) ++promises[one.lane.device];
  }
  return promises;
}

// Who has something that is not in the list, or was not heard of for so long that nobody knows.
Result<contingency::ListCoverage> coverage_of(Ledger& ledger, LedgerReader& reader, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(auto missing, held_promises(reader));
  HOLDLINE_ASSIGN(const auto reports, ledger.device_reports());
  std::map<Id, std::int64_t> heard;
  for (const DeviceReport& one : reports) {
    heard[one.device] = one.heard_ms;
    if (one.report.empty()) continue;
    if (const auto told = contingency::decode_report(one.report)) missing[one.device] += told->waiting;
  }
  HOLDLINE_ASSIGN(const auto devices, ledger.devices());
  contingency::ListCoverage coverage;
  for (const Device& device : devices) {
    if (device.state == DeviceState::revoked) continue;
    const auto count = missing.find(device.id);
    const bool has_more = count != missing.end() && count->second != 0;
    if (!has_more && now_ms - heard[device.id] < silent_ms) continue;
    coverage.outstanding.push_back(device.name);
    if (has_more) coverage.may_be_missing += count->second;
  }
  return coverage;
}

// Time has passed since the ledger was written: what has expired has, whoever writes it down.
void settle_claims(CallbackList& list, std::int64_t now_ms) {
  for (const auto& action : list.claims.step(contingency::event::ClaimTime{}, now_ms))
    if (const auto* keep = std::get_if<contingency::action::KeepClaim>(&action)) list.expired.push_back(keep->claim);
  for (auto& batch : list.releases)
    for (const auto& [fence, record] : list.claim_records) {
      if (record.release != batch.id.text()) continue;
      ++batch.handed_out;
      const auto* claim = list.claims.find(fence);
      if (claim->state != contingency::ClaimState::over) ++batch.open;
    }
}

}  // namespace

Result<CallbackList> read_callbacks(Ledger& ledger, std::int64_t now_ms) {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  CallbackList list;
  HOLDLINE_ASSIGN(const Cursor head, reader->head());
  list.cn = head.cn;
  HOLDLINE_TRY(ListReader(ledger, *reader, scopes_of(ledger)).read(list));
  list.cases.settle();
  settle_claims(list, now_ms);
  HOLDLINE_ASSIGN(list.coverage, coverage_of(ledger, *reader, now_ms));
  return list;
}

}  // namespace holdline::hub
