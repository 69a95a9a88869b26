#include "hub/callbacks/list/records.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "hub/callbacks/list/calls.hpp"
#include "hub/callbacks/list/releases.hpp"
#include "sync/text/contact_hash.hpp"

namespace holdline::hub {

namespace {

using contingency::CallbackRequest;
using contingency::CaseDecision;
using contingency::CustomerFacts;
using contingency::PurposeSet;

constexpr std::size_t rows_at_once = 5'000, changes_at_once = 2'000;
// Reading whole is quicker beyond that, and is done on another thread than the one that writes.
constexpr ChangeNumber most_followed = 5'000;

// What the list is made of, in the order in which it is read.
constexpr std::array read_whole{"callback_request", "complaint",         "consent",
                                "suppression",      "callback_decision", "callback_release",
                                "callback_claim",   "callback_attempt",  "promise_capacity"};
constexpr std::string_view not_in_older = "promise_capacity";

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

std::string client_of_scope(const std::string& scope) { return scope.substr(0, scope.find('/')); }

}  // namespace

CallbackRecords::CallbackRecords(Ledger& ledger, const sync::Schema& schema, std::int64_t lease_ms)
    : schema_(schema), key_(ledger.identity().suppression_key) {
  contingency::ClaimOptions options;
  options.lease_ms = lease_ms;
  list_.claims = contingency::Claims(options);
}

Result<std::unique_ptr<CallbackRecords>> CallbackRecords::read(Ledger& ledger, std::int64_t lease_ms) {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  std::unique_ptr<CallbackRecords> records(new CallbackRecords(ledger, reader->schema(), lease_ms));
  HOLDLINE_TRY(records->read_all(*reader));
  return records;
}

Result<void> CallbackRecords::read_all(LedgerReader& reader) {
  HOLDLINE_ASSIGN(list_.at, reader.head());
  HOLDLINE_ASSIGN(scopes_, reader.scopes());
  for (const char* name : read_whole) {
    const sync::Collection* collection = schema_.collection(name);
    if (collection == nullptr && name == not_in_older) continue;
    if (collection == nullptr)
      return fail(ErrorKind::ask_person, "schema-older",
                  "This hub's schema does not have " + std::string(name) +
                      " yet. Give it the newer one: holdline-hub schema show and schema apply in docs/running.md.");
    for (Id after;;) {
      HOLDLINE_ASSIGN(const auto rows, reader.rows(collection->no, scopes_, after, rows_at_once));
      for (const VersionedRecord& row : rows) take(*collection, row.stored.record);
      if (rows.size() < rows_at_once) break;
      after = rows.back().stored.record.key.id;
    }
  }
  HOLDLINE_TRY(read_customers(reader));
  settle();
  return {};
}

Result<bool> CallbackRecords::follow(Ledger& ledger) {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  HOLDLINE_ASSIGN(const sync::Cursor head, reader->head());
  if (head == list_.at) return true;
  if (&reader->schema() != &schema_ || head.cn > list_.at.cn + most_followed) return false;
  HOLDLINE_ASSIGN(const auto scopes, reader->scopes());
  if (scopes != scopes_) return false;
  const sync::CollectionNo customers = schema_.collection("customer")->no, phones = schema_.collection("phone")->no;
  while (list_.at.cn < head.cn) {
    auto cut = reader->cut(list_.at, scopes_, 0xff, changes_at_once);
    if (!cut && cut.error().kind == ErrorKind::start_over) return false;
    if (!cut) return tl::unexpected<Error>(cut.error());
    for (const sync::Change& change : cut->changes) {
      const sync::Collection* collection = schema_.collection(change.record.key.collection);
      const bool matters = collection != nullptr && std::ranges::find(read_whole, collection->name) != read_whole.end();
      if (!matters && change.record.key.collection != customers && change.record.key.collection != phones) continue;
      HOLDLINE_ASSIGN(const auto row, reader->row(change.record.key));
      if (!row) return false;
      const sync::Record& record = row->stored.record;
      if (change.record.key.collection == customers)
        due_.insert(record.key.id);
      else if (record.deleted || (matters && !take(*collection, record)))
        return false;
      else if (!matters)
        due_.insert(RecordFields(*collection, record).id("customer"));
    }
    list_.at = cut->to;
  }
  HOLDLINE_TRY(read_customers(*reader));
  settle();
  return true;
}

bool CallbackRecords::take(const sync::Collection& collection, const sync::Record& record) {
  const RecordFields fields(collection, record);
  const std::string_view name = collection.name;
  if (name == "callback_request") take_request(record, fields);
  if (name == "complaint") take_complaint(record.key.id, fields);
  if (name == "consent") take_consent(fields);
  if (name == "suppression") return take_refusal(record, fields);
  if (name == "callback_decision") take_decision(record, fields);
  if (name == "callback_release") take_release(record);
  if (name == not_in_older)
    list_.capacities.insert_or_assign(record.key.id, contingency::capacity_of(collection, record));
  if (name == "callback_claim") take_claim(record, fields);
  if (name == "callback_attempt") {
    auto attempt = attempt_of(collection, record);
    list_.attempts[attempt.fence].insert(attempt.id);
    list_.cases.take(std::move(attempt));
  }
  return true;
}

void CallbackRecords::take_request(const sync::Record& record, const RecordFields& fields) {
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
  know_number(request.number);
  if (!request.customer.is_nil()) {
    named_[request.customer].insert(request.number);
    due_.insert(request.customer);
  }
  if (const std::string read_out = fields.text("reference"); !read_out.empty())
    list_.reference.insert_or_assign(request.id, read_out);
  list_.cases.take(std::move(request));
}

// What was refused for it before anybody promised to call it is known by its hash alone.
void CallbackRecords::know_number(const std::string& number) {
  if (number.empty()) return;
  for (const std::string& hash : sync::contact_hashes(key_, "number", number)) {
    if (!hashed_[hash].insert(number).second) continue;
    const auto [from, to] = refused_hashes_.equal_range(hash);
    for (auto found = from; found != to; ++found)
      list_.cases.take(Refusal{found->second.client, number, found->second.purposes});
  }
}

bool CallbackRecords::take_refusal(const sync::Record& record, const RecordFields& fields) {
  const std::string hash = fields.text("value_hash");
  if (!by_telephone(fields.text("channel"))) return true;
  // What was refused before and is allowed now is told by reading all of it.
  if (fields.text("status") == "allowed") return refused_hashes_.count(hash) == 0;
  PurposeSet purposes = purposes_named(fields.text("purpose"));
  const std::string source = fields.text("source");
  if (!source.empty() && source != "own") purposes &= contingency::unasked_purposes;
  const std::string client = client_of_scope(record.scope);
  refused_hashes_.emplace(hash, Refusal{client, {}, purposes});
  if (const auto numbers = hashed_.find(hash); numbers != hashed_.end())
    for (const std::string& number : numbers->second) list_.cases.take(Refusal{client, number, purposes});
  return true;
}

void CallbackRecords::take_complaint(const Id& id, const RecordFields& fields) {
  constexpr std::array<std::string_view, 5> severities{"", "minor", "moderate", "serious", "critical"};
  const auto had = complaints_.find(id);
  if (had != complaints_.end()) {
    due_.insert(had->second.customer);
    complaints_of_[had->second.customer].erase(id);
    complaints_.erase(had);
  }
  const std::string state = fields.text("state");
  const Id customer = fields.id("customer");
  if (customer.is_nil() || state == "resolved" || state == "closed") return;
  const auto found = std::ranges::find(severities, fields.text("severity"));
  const auto severity = static_cast<std::uint8_t>(found == severities.end() ? 1 : found - severities.begin());
  complaints_.emplace(id, Complaint{customer, std::max<std::uint8_t>(1, severity), fields.number("answer_by")});
  complaints_of_[customer].insert(id);
  due_.insert(customer);
}

// The latest word for each purpose; of two at one moment the stricter.
void CallbackRecords::take_consent(const RecordFields& fields) {
  if (!by_telephone(fields.text("channel"))) return;
  const Id customer = fields.id("customer");
  const bool given = fields.text("status") == "given";
  auto& [at, was_given] = consents_[customer][purposes_named(fields.text("purpose"))];
  const std::int64_t when = fields.number("at");
  if (at != 0 && (when < at || (when == at && !was_given))) return;
  at = when;
  was_given = given;
  due_.insert(customer);
}

void CallbackRecords::take_decision(const sync::Record& record, const RecordFields& fields) {
  CaseDecision decision;
  decision.id = record.key.id;
  const std::string kind = fields.text("kind");
  for (const auto one : {CaseDecision::Kind::together, CaseDecision::Kind::apart, CaseDecision::Kind::settled,
                         CaseDecision::Kind::covered, CaseDecision::Kind::first, CaseDecision::Kind::promised})
    if (contingency::name_of(one) == kind) decision.kind = one;
  decision.requests = fields.ids("requests");
  decision.others = fields.ids("others");
  decision.promise_start_ms = fields.number("promise_start");
  decision.promise_end_ms = fields.number("promise_end");
  decision.by = {fields.text("person"), contingency::by_supervisor, fields.text("reason"), fields.number("at")};
  list_.decided_ms = std::max(list_.decided_ms, decision.by.at_ms);
  list_.cases.take(std::move(decision));
}

void CallbackRecords::take_release(const sync::Record& record) {
  auto batch = release_of(*schema_.collection("callback_release"), record);
  const auto found = std::ranges::find(list_.releases, batch.id, &contingency::ReleaseBatch::id);
  if (found != list_.releases.end())
    *found = std::move(batch);
  else
    list_.releases.push_back(std::move(batch));
  std::ranges::sort(list_.releases, {}, [](const auto& one) { return std::pair(one.by.at_ms, one.id); });
}

void CallbackRecords::take_claim(const sync::Record& record, const RecordFields& fields) {
  auto claim = claim_of(*schema_.collection("callback_claim"), record);
  list_.claims.take(claim);
  list_.moved_on.erase(claim.fence);
  list_.claim_records[claim.fence] = {record.key.id, record.scope, fields.text("release"), std::move(claim)};
}

// Those that requests name, and those they were merged into.
Result<void> CallbackRecords::read_customers(LedgerReader& reader) {
  while (!due_.empty()) {
    const Id customer = *due_.begin();
    due_.erase(due_.begin());
    if (named_.contains(customer) || merged_into_.contains(customer)) HOLDLINE_TRY(read_customer(reader, customer));
  }
  return {};
}

Result<void> CallbackRecords::read_customer(LedgerReader& reader, const Id& customer) {
  const sync::Collection& customers = *schema_.collection("customer");
  HOLDLINE_ASSIGN(const auto row, reader.row({customers.no, customer}));
  if (!row || row->stored.record.deleted) return {};
  const RecordFields fields(customers, row->stored.record);
  CustomerFacts facts;
  facts.customer = customer;
  facts.client = client_of_scope(row->stored.record.scope);
  facts.merged_into = fields.id("merged_into");
  facts.zone = fields.text("tz");
  facts.country = fields.text("country");
  facts.tier = fields.text("tier");
  facts.vulnerable = fields.flag("vulnerable");
  facts.restricted = fields.text("processing") == "restricted";
  HOLDLINE_TRY(read_numbers(reader, fields, facts));
  // The worst complaint that is open, and the earliest day by which one has to be answered.
  for (const Id& id : complaints_of_[customer]) {
    const Complaint& complaint = complaints_.at(id);
    facts.severity = std::max(facts.severity, complaint.severity);
    if (complaint.due_ms != 0 && (facts.legal_due_ms == 0 || complaint.due_ms < facts.legal_due_ms))
      facts.legal_due_ms = complaint.due_ms;
  }
  tell_consents(customer, facts);
  merged_into_[customer] = facts.merged_into;
  if (!facts.merged_into.is_nil() && !merged_into_.contains(facts.merged_into)) {
    merged_into_[facts.merged_into] = {};
    due_.insert(facts.merged_into);
  }
  list_.cases.take(std::move(facts));
  return {};
}

// In the order in which they were said, for a word about every purpose speaks of those before it; the stricter last.
void CallbackRecords::tell_consents(const Id& customer, CustomerFacts& facts) const {
  const auto said = consents_.find(customer);
  if (said == consents_.end()) return;
  std::vector<std::tuple<std::int64_t, bool, PurposeSet>> words;
  for (const auto& [purpose, word] : said->second) words.emplace_back(word.first, !word.second, purpose);
  std::ranges::sort(words);
  for (const auto& [at, refused, purpose] : words) {
    facts.consented = static_cast<PurposeSet>(refused ? facts.consented & ~purpose : facts.consented | purpose);
    facts.refused = static_cast<PurposeSet>(refused ? facts.refused | purpose : facts.refused & ~purpose);
  }
}

Result<void> CallbackRecords::read_numbers(LedgerReader& reader, const RecordFields& customer, CustomerFacts& facts) {
  const sync::Collection& phones = *schema_.collection("phone");
  std::vector<Id> ids;
  if (const Id primary = customer.id("primary_phone"); !primary.is_nil()) ids.push_back(primary);
  if (const auto named = named_.find(facts.customer); named != named_.end())
    for (const std::string& number : named->second)
      if (!number.empty()) ids.push_back(sync::child_id(phones, facts.customer, number));
  for (const Id& id : ids) {
    HOLDLINE_ASSIGN(const auto row, reader.row({phones.no, id}));
    if (!row || row->stored.record.deleted) continue;
    const RecordFields phone(phones, row->stored.record);
    const std::string number = phone.text("e164");
    if (std::ranges::find(facts.numbers, number) != facts.numbers.end()) continue;
    facts.numbers.push_back(number);
    know_number(number);
    if (phone.text("use") == "do_not_use") facts.not_to_use.push_back(number);
  }
  return {};
}

void CallbackRecords::settle() {
  changed_ = list_.cases.settle();
  if (!changed_.empty()) ++version_;
}

void CallbackRecords::pass_time(std::int64_t now_ms) {
  const auto note = [&](const contingency::ClaimActions& actions) {
    for (const auto& action : actions)
      if (const auto* keep = std::get_if<contingency::action::KeepClaim>(&action))
        list_.moved_on[keep->claim.fence] = keep->claim;
  };
  // Outcomes that came in like everything that is saved at a desk end their claims first.
  for (const auto* claim : list_.claims.live())
    if (list_.attempts.contains(claim->fence))
      note(list_.claims.step(contingency::event::OutcomeArrived{claim->fence}, now_ms));
  note(list_.claims.step(contingency::event::ClaimTime{}, now_ms));
  std::map<std::string, contingency::ReleaseBatch*> running;
  for (auto& batch : list_.releases) {
    batch.handed_out = batch.open = 0;
    if (!contingency::is_over(batch, now_ms)) running.emplace(batch.id.text(), &batch);
  }
  if (running.empty()) return;
  for (const auto& [fence, record] : list_.claim_records) {
    const auto batch = running.find(record.release);
    if (batch == running.end()) continue;
    ++batch->second->handed_out;
    if (list_.claims.find(fence)->state != contingency::ClaimState::over) ++batch->second->open;
  }
}

}  // namespace holdline::hub
