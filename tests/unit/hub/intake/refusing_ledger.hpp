// A ledger whose commits fail, with nothing stored, as long as a test says so; otherwise the one behind it.
#pragma once

#include <atomic>
#include <functional>

#include "hub/ledger/ledger.hpp"

namespace holdline::hub::testing {

class RefusingLedger final : public Ledger {
 public:
  explicit RefusingLedger(Ledger& real) : real_(real) {}

  bool refuses = true;
  // When set, only the commits it names are refused.
  std::function<bool(const ChangeSet&)> refuses_only;
  std::size_t commits = 0;  // that were not refused
  std::atomic<std::size_t> proofs = 0;
  // With io-error, as when a sync fails, nothing can be written after it.
  Error refusal{ErrorKind::retry_later, "disk-full", "The disk is full."};

  LedgerIdentity identity() const override { return real_.identity(); }
  Id epoch() const override { return real_.epoch(); }
  Result<Id> change_epoch(const Id& current, const Id& next) override { return real_.change_epoch(current, next); }
  // Due after each commit, when set.
  std::function<Result<void>()> does_upkeep;
  bool upkeep_due() const override { return does_upkeep && upkeep_due_; }
  Result<void> upkeep() override {
    upkeep_due_ = false;
    auto done = does_upkeep();
    outcome_unknown_ = outcome_unknown_ || (!done && done.error().code == "io-error");
    return done;
  }
  const sync::Schema& schema() const override { return real_.schema(); }
  std::shared_ptr<const sync::SchemaVersions> schemas() const override { return real_.schemas(); }
  Result<std::vector<KeptSchema>> kept_schemas() override { return real_.kept_schemas(); }
  Result<std::vector<sync::SchemaName>> awaited_schemas() override { return real_.awaited_schemas(); }
  Result<void> add_schema(std::shared_ptr<const sync::Schema> schema, std::int64_t at_ms) override {
    return real_.add_schema(std::move(schema), at_ms);
  }
  Result<std::unique_ptr<LedgerTransaction>> begin() override {
    if (outcome_unknown_) return fail(ErrorKind::stop, "ledger-needs-reopen", "Start anew.");
    HOLDLINE_ASSIGN(auto transaction, real_.begin());
    return std::make_unique<Transaction>(*this, std::move(transaction));
  }
  Result<std::unique_ptr<LedgerReader>> reader() override { return real_.reader(); }
  Result<void> prove_writes(std::string_view mark) override {
    ++proofs;
    if (refuses && !refuses_only) return tl::unexpected<Error>(refusal);
    return real_.prove_writes(mark);
  }
  Result<void> add_code(const EnrollCode& code) override { return real_.add_code(code); }
  Result<std::optional<EnrollCode>> code(const sync::Hash& hash) override { return real_.code(hash); }
  Result<bool> change_certificates(const Id& device, const DeviceCertificates& from,
                                   const DeviceCertificates& to) override {
    return real_.change_certificates(device, from, to);
  }
  Result<void> add_device(const Device& device) override { return real_.add_device(device); }
  Result<void> note_outbox_loss(const Id& device, std::int64_t lost_ms) override {
    return real_.note_outbox_loss(device, lost_ms);
  }
  Result<Device> enroll(const sync::Hash& code, const Device& device, std::int64_t at_ms) override {
    return real_.enroll(code, device, at_ms);
  }
  Result<std::optional<Device>> device(const Id& id) override { return real_.device(id); }
  Result<std::vector<Device>> devices() override { return real_.devices(); }
  Result<void> put_person(const Person& person) override { return real_.put_person(person); }
  Result<std::vector<Person>> people(std::span<const std::string> scopes) override { return real_.people(scopes); }
  Result<std::optional<Person>> person(const Id& id) override { return real_.person(id); }
  Result<void> put_device(const Device& device) override { return real_.put_device(device); }
  std::uint64_t directory_version() const override { return real_.directory_version(); }
  News news(const Id& device, const std::vector<std::string>& scopes) const override {
    return real_.news(device, scopes);
  }
  Result<std::vector<Person>> all_people() override { return real_.all_people(); }
  Result<std::optional<sync::ReferenceBlock>> reference_block(const Id& device, const Id& incarnation,
                                                              std::int64_t at_ms) override {
    return real_.reference_block(device, incarnation, at_ms);
  }
  Result<void> add_claim(const PersonClaim& claim) override { return real_.add_claim(claim); }
  Result<std::vector<PersonClaim>> claims() override { return real_.claims(); }
  Result<void> drop_claims(const Id& person) override { return real_.drop_claims(person); }
  Result<void> keep_device_reports(std::span<const DeviceReport> reports) override {
    return real_.keep_device_reports(reports);
  }
  Result<std::vector<DeviceReport>> device_reports() override { return real_.device_reports(); }
  Result<void> add_scope(std::string_view scope) override { return real_.add_scope(scope); }

 private:
  class Transaction final : public LedgerTransaction {
   public:
    Transaction(RefusingLedger& ledger, std::unique_ptr<LedgerTransaction> real)
        : ledger_(ledger), real_(std::move(real)) {}
    Cursor head() override { return real_->head(); }
    Result<std::uint64_t> next_reference() override { return real_->next_reference(); }
    Result<std::map<LaneKey, Progress>> progress(std::span<const LaneKey> keys) override {
      return real_->progress(keys);
    }
    Result<std::map<Id, std::uint64_t>> result_heads(std::span<const Id> devices) override {
      return real_->result_heads(devices);
    }
    Result<std::vector<KeptResult>> results(const LaneKey& lane, std::uint64_t first, std::uint64_t last) override {
      return real_->results(lane, first, last);
    }
    Result<std::map<sync::RecordKey, VersionedRecord>> records(std::span<const sync::RecordKey> keys) override {
      return real_->records(keys);
    }
    Result<std::vector<sync::Record>> children(const sync::RecordKey& parent) override {
      return real_->children(parent);
    }
    Result<std::map<UniqueValue, std::vector<Id>>> bearers(std::span<const UniqueValue> values, std::size_t limit,
                                                           Bearing bearing) override {
      return real_->bearers(values, limit, bearing);
    }
    Result<std::vector<HeldAction>> held(const Id& device, const Id& incarnation) override {
      return real_->held(device, incarnation);
    }
    Result<std::vector<AppliedReissue>> applied_reissues(const Id& device,
                                                         std::span<const sync::Hash> originals) override {
      return real_->applied_reissues(device, originals);
    }
    Result<std::map<std::uint32_t, SignIn>> sign_ins(const Id& device, const Id& incarnation) override {
      return real_->sign_ins(device, incarnation);
    }
    Result<std::map<Id, sync::Bytes>> imported(std::string_view source, std::span<const Id> roots) override {
      return real_->imported(source, roots);
    }
    Result<void> commit(const ChangeSet& changes) override {
      if (!ledger_.refuses || (ledger_.refuses_only && !ledger_.refuses_only(changes))) {
        ++ledger_.commits;
        ledger_.upkeep_due_ = true;
        return real_->commit(changes);
      }
      ledger_.outcome_unknown_ = ledger_.refusal.code == "io-error";
      return tl::unexpected<Error>(ledger_.refusal);
    }

   private:
    RefusingLedger& ledger_;
    std::unique_ptr<LedgerTransaction> real_;
  };

  Ledger& real_;
  bool outcome_unknown_ = false, upkeep_due_ = false;
};

}  // namespace holdline::hub::testing
