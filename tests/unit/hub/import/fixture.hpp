// A hub into which files are imported, one night after the other.
#pragma once

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/hub/import_all.hpp"
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {

// A hub with the shipped schema, into which files are imported.
class ImportTest : public ::testing::Test {
 protected:
  // Each file comes later than the one before.
  Result<ImportReport> import(const std::string& csv, bool dry_run = false, const std::string& scope = leeds) {
    return import_all(CustomerImport::begin(store_.ledger(), csv, {scope, source_, dry_run, columns_, accept_columns_}),
                      intake_, at_ms_ += 1000, ops_per_turn_);
  }
  ImportReport report(const std::string& csv) { return import(csv).value(); }
  std::string refusal(const std::string& csv) { return code_of(import(csv)); }

  std::vector<Record> rows(std::string_view collection) {
    const auto reader = std::move(store_.ledger().reader().value());
    const std::vector<std::string> scopes{leeds};
    const auto found = reader->rows(store_.ledger().schema().collection(collection)->no, scopes, Id{}, 100'000).value();
    std::vector<Record> records;
    for (const VersionedRecord& row : found) records.push_back(row.stored.record);
    return records;
  }
  std::string text(const Record& record, std::string_view collection, std::string_view field) {
    const auto index = store_.ledger().schema().collection(collection)->field(field).value();
    const auto* found = std::get_if<std::string>(&record.fields[index]);
    return found ? *found : "";
  }
  // Of the customer C1.
  Record one() {
    auto customers = rows("customer");
    return *std::ranges::find(customers, "C1", [&](const Record& row) { return text(row, "customer", "ref"); });
  }
  std::string text_of(std::string_view field) { return text(one(), "customer", field); }
  std::string text_of_ref(const std::string& ref, std::string_view field) {
    for (const Record& row : rows("customer"))
      if (text(row, "customer", "ref") == ref) return text(row, "customer", field);
    return "(not here)";
  }
  std::multiset<std::string> tags() {
    const Record customer = one();
    const auto field = store_.ledger().schema().collection("customer")->field("tags").value();
    std::multiset<std::string> texts;
    for (const auto& element : std::get<sync::Elements>(customer.fields[field])) texts.insert(element.text);
    return texts;
  }
  // What lost, of every conflict.
  std::multiset<std::string> losing_values() {
    std::multiset<std::string> lost;
    for (const Record& conflict : rows("conflict")) lost.insert(text(conflict, "conflict", "other"));
    return lost;
  }
  // As a supervisor does.
  void resolve(const Record& conflict) {
    const auto state = store_.ledger().schema().collection("conflict")->field("state").value();
    const std::vector<OwnRow> rows{{{sync::Op{
        sync::OpKind::edit, conflict.key, leeds, 0, {{state, sync::Value("open"), "resolved", {}, {}}}, {}}}}};
    ASSERT_EQ(intake_.take_own(rows, at_ms_).value().at(0).effect, RowEffect::updated);
  }
  // Somebody at a workstation changes a text of C1.
  void edits(std::string_view field, const std::string& from, const std::string& to) {
    const auto index = store_.ledger().schema().collection("customer")->field(field).value();
    const std::vector<OwnRow> rows{
        {{sync::Op{sync::OpKind::edit, one().key, leeds, 0, {{index, sync::Value(from), to, {}, {}}}, {}}}}};
    ASSERT_EQ(intake_.take_own(rows, at_ms_).value().at(0).effect, RowEffect::updated);
  }
  // As people do at workstations.
  void does(sync::Op op) {
    const std::vector<OwnRow> rows{{{std::move(op)}}};
    ASSERT_NE(intake_.take_own(rows, at_ms_).value().at(0).effect, RowEffect::refused);
  }
  Record of_ref(const std::string& ref) {
    auto customers = rows("customer");
    return *std::ranges::find(customers, ref, [&](const Record& row) { return text(row, "customer", "ref"); });
  }
  void merges(const std::string& alias, const std::string& survivor) {
    const sync::Collection& customers = *store_.ledger().schema().collection("customer");
    does({sync::OpKind::edit,
          of_ref(alias).key,
          leeds,
          0,
          {{*customers.merged_into, {}, of_ref(survivor).key.id, {}, {}}},
          {}});
  }
  void deletes(const std::string& ref) {
    const sync::Collection& customers = *store_.ledger().schema().collection("customer");
    const Record whole = of_ref(ref);
    std::vector<Record> children;
    for (const char* kind : {"phone", "email"})
      for (const Record& child : rows(kind))
        if (child.fields[0] == sync::Value(whole.key.id)) children.push_back(child);
    does({sync::OpKind::erase_row, whole.key, leeds, 0, {}, sync::seen_digest(customers, whole, children)});
  }
  Cursor head() { return store_.ledger().reader().value()->head().value(); }

  SqliteStore store_{std::string(sync::default_schema_text())};
  support::TestEntropy entropy_;
  Intake intake_{store_.ledger(), entropy_};
  std::int64_t at_ms_ = now_ms;
  std::size_t ops_per_turn_ = 1'000;
  std::string source_ = "crm";
  std::map<std::string, std::string> columns_;
  bool accept_columns_ = false;
};

}  // namespace holdline::hub::testing
