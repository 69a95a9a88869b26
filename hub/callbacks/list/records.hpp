// The records from which the list follows: read whole once, then followed by what the feed tells.
#pragma once

#include <memory>
#include <set>
#include <unordered_map>

#include "hub/callbacks/list/fields.hpp"
#include "hub/callbacks/list/list.hpp"

namespace holdline::hub {

// One thread at a time.
class CallbackRecords {
 public:
  // A moment of the ledger; may take a second for 100,000 promises. Of all scopes in which records were ever written.
  // `lease_ms`: of a claim. Errors of the ledger, and ask_person "schema-older" when this ledger's schema has no
  // decisions about callbacks yet.
  static Result<std::unique_ptr<CallbackRecords>> read(Ledger& ledger, std::int64_t lease_ms);

  // Takes in what was written since. False: it has to be read whole again, because a record has gone, a refusal was
  // taken back, or too much was written.
  Result<bool> follow(Ledger& ledger);
  // Time has passed: what has expired has, whoever writes it down, and releases know what they have handed out.
  void pass_time(std::int64_t now_ms);

  CallbackList& list() { return list_; }
  const sync::Schema& schema() const { return schema_; }
  // Rises whenever a case may be another than before; with it those that may be.
  std::uint64_t version() const { return version_; }
  const std::vector<Id>& changed() const { return changed_; }

 private:
  struct Complaint {
    Id customer;
    std::uint8_t severity = 0;
    std::int64_t due_ms = 0;
  };
  using Refusal = contingency::NumberRefusal;

  CallbackRecords(Ledger& ledger, const sync::Schema& schema, std::int64_t lease_ms);
  Result<void> read_all(LedgerReader& reader);
  // Of the collections that matter; false as follow().
  bool take(const sync::Collection& collection, const sync::Record& record);
  void take_request(const sync::Record& record, const RecordFields& fields);
  void take_complaint(const Id& id, const RecordFields& fields);
  void take_consent(const RecordFields& fields);
  bool take_refusal(const sync::Record& record, const RecordFields& fields);
  void take_decision(const sync::Record& record, const RecordFields& fields);
  void take_release(const sync::Record& record);
  void take_claim(const sync::Record& record, const RecordFields& fields);
  void know_number(const std::string& number);
  Result<void> read_customers(LedgerReader& reader);
  Result<void> read_customer(LedgerReader& reader, const Id& customer);
  Result<void> read_numbers(LedgerReader& reader, const RecordFields& customer, contingency::CustomerFacts& facts);
  void tell_consents(const Id& customer, contingency::CustomerFacts& facts) const;
  void settle();

  const sync::Schema& schema_;
  const std::string key_;
  std::vector<std::string> scopes_;
  CallbackList list_;
  std::map<Id, std::set<std::string>> named_;  // customers of requests, and the numbers given for them
  std::map<Id, Id> merged_into_;               // of customers whose facts are known; nil: none
  std::set<Id> due_;                           // customers whose facts have to be read again
  std::unordered_map<Id, Complaint> complaints_;
  std::unordered_map<Id, std::set<Id>> complaints_of_;  // by customer
  std::unordered_map<Id, std::map<contingency::PurposeSet, std::pair<std::int64_t, bool>>>
      consents_;                                                   // the latest word
  std::unordered_map<std::string, std::set<std::string>> hashed_;  // numbers by the keyed hashes of their spellings
  std::unordered_multimap<std::string, Refusal> refused_hashes_;   // of numbers that may become known
  std::uint64_t version_ = 0;
  std::vector<Id> changed_;
};

}  // namespace holdline::hub
