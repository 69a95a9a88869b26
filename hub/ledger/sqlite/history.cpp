// Who did it, and what stood there before: written with every change, read back step by step.
#include <algorithm>
#include <sstream>

#include "hub/ledger/sqlite/migrations.hpp"
#include "hub/ledger/sqlite/reader.hpp"
#include "hub/ledger/sqlite/writer.hpp"

namespace holdline::hub::sqlite {

using platform::Blob;

namespace {

constexpr sync::FieldMask all_fields = ~sync::FieldMask{0};

sync::Record only(const sync::Record& record, sync::FieldMask mask) {
  sync::Record kept = record;
  for (std::size_t i = 0; i < kept.fields.size(); ++i)
    if ((mask >> i & 1) == 0) kept.fields[i] = sync::Null{};
  return kept;
}

sync::FieldMask differing(const sync::Record& a, const sync::Record& b) {
  sync::FieldMask mask = 0;
  for (std::size_t i = 0; i < a.fields.size() && i < b.fields.size(); ++i)
    if (a.fields[i] != b.fields[i]) mask |= sync::FieldMask{1} << i;
  return mask;
}

}  // namespace

Result<void> WriteTransaction::write_past(const sync::Collection& collection, const RecordWrite& write) {
  if (write.before_cn == 0) return {};
  const bool came_back = write.deleted_before.has_value();
  const sync::FieldMask mask = came_back ? all_fields : write.changed;
  const sync::Record& before = came_back ? *write.deleted_before : *write.before;
  const sync::Bytes body = sync::encode_body(collection, only(before, mask));
  HOLDLINE_ASSIGN(auto* put, writer_.statements_.get("INSERT INTO past(collection, id, cn, previous, created, mask, "
                                                     "body) VALUES (?, ?, ?, ?, ?, ?, ?)"));
  return put->run(before.key.collection, Blob{before.key.id.view()}, write.cn, write.before_cn, came_back ? 1 : 0, mask,
                  Blob{body});
}

Result<void> WriteTransaction::write_applied(std::span<const AppliedAction> applied) {
  HOLDLINE_ASSIGN(auto* put,
                  writer_.statements_.get("INSERT INTO applied_action(last, first, device, incarnation, lane, "
                                          "number, person, sign_in, at, marks) VALUES "
                                          "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const AppliedAction& action : applied) {
    HOLDLINE_ASSIGN(const std::int64_t device, writer_.parties_.number(action.lane.device.view()));
    HOLDLINE_ASSIGN(const std::int64_t incarnation, writer_.parties_.number(action.lane.incarnation.view()));
    std::optional<std::int64_t> person;
    if (!action.person.is_nil()) {
      HOLDLINE_ASSIGN(person, writer_.parties_.number(action.person.view()));
    }
    HOLDLINE_TRY(put->run(action.last, action.first, device, incarnation, action.lane.lane, action.number, person,
                          action.sign_in, action.at_ms, action.marks));
    if (action.acceptance) HOLDLINE_TRY(write_accepted(action.last, *action.acceptance));
  }
  return {};
}

Result<void> WriteTransaction::write_accepted(ChangeNumber last, const sync::Acceptance& acceptance) {
  std::string hints;
  for (const std::string& hint : acceptance.hints) hints += (hints.empty() ? "" : " ") + hint;
  HOLDLINE_ASSIGN(auto* put,
                  writer_.statements_.get("INSERT INTO accepted_hint(last, hints, reason) VALUES (?, ?, ?)"));
  return put->run(last, hints, acceptance.reason);
}

Result<std::optional<sync::Acceptance>> Reader::accepted_at(ChangeNumber last) {
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get("SELECT hints, reason FROM accepted_hint WHERE last = ?"));
  auto rows = find->rows(last);
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found) return std::optional<sync::Acceptance>();
  sync::Acceptance acceptance{{}, std::string(rows.text(1))};
  std::istringstream hints{std::string(rows.text(0))};
  for (std::string hint; hints >> hint;) acceptance.hints.push_back(hint);
  return std::optional(std::move(acceptance));
}

// Nothing when it happened before this was kept.
Result<std::optional<AppliedAction>> Reader::applied_at(ChangeNumber cn) {
  HOLDLINE_ASSIGN(auto* find,
                  connection_->statements.get("SELECT last, first, device, incarnation, lane, number, person, "
                                              "sign_in, at, marks FROM applied_action WHERE last >= ? "
                                              "ORDER BY last LIMIT 1"));
  auto rows = find->rows(cn);
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found || static_cast<ChangeNumber>(rows.i64(1)) > cn) return std::nullopt;
  AppliedAction action;
  action.last = static_cast<ChangeNumber>(rows.i64(0));
  action.first = static_cast<ChangeNumber>(rows.i64(1));
  const auto party = [&](int column) -> Result<Id> {
    HOLDLINE_ASSIGN(const std::string id, connection_->parties.name(rows.i64(column)));
    return Id::from(id);
  };
  HOLDLINE_ASSIGN(action.lane.device, party(2));
  HOLDLINE_ASSIGN(action.lane.incarnation, party(3));
  action.lane.lane = static_cast<Lane>(rows.i64(4));
  action.number = static_cast<std::uint64_t>(rows.i64(5));
  if (!rows.is_null(6)) {
    HOLDLINE_ASSIGN(action.person, party(6));
  }
  action.sign_in = static_cast<std::uint32_t>(rows.i64(7));
  action.at_ms = rows.i64(8);
  action.marks = static_cast<std::uint8_t>(rows.i64(9));
  HOLDLINE_ASSIGN(action.acceptance, accepted_at(action.last));
  return action;
}

// From what stands now back to its making: each step is taken away from what stood after it.
Result<void> Reader::add_past(const sync::Collection& collection, const Id& id, std::size_t limit,
                              std::vector<PastChange>& into) {
  HOLDLINE_ASSIGN(const auto stands, row({collection.no, id}));
  if (!stands) return {};
  HOLDLINE_ASSIGN(auto* find, connection_->statements.get("SELECT previous, created, mask, body FROM past WHERE "
                                                          "collection = ? AND id = ? AND cn = ?"));
  sync::Record after = stands->stored.record;
  ChangeNumber cn = stands->cn;
  for (std::size_t step = 0; step < limit; ++step) {
    PastChange change;
    change.key = after.key;
    change.cn = cn;
    HOLDLINE_ASSIGN(change.by, applied_at(cn));
    change.before.key = after.key;
    change.before.scope = after.scope;
    auto rows = find->rows(collection.no, Blob{id.view()}, cn);
    HOLDLINE_ASSIGN(const bool found, rows.next());
    change.created = !found || rows.i64(1) != 0;
    ChangeNumber previous = 0;
    sync::Record stood;
    if (found) {
      previous = static_cast<ChangeNumber>(rows.i64(0));
      const auto mask = static_cast<sync::FieldMask>(rows.i64(2));
      stood = change.before;
      HOLDLINE_TRY(sync::decode_body(collection, rows.blob(3), stood));
      for (std::size_t i = 0; i < stood.fields.size(); ++i)
        if ((mask >> i & 1) == 0) stood.fields[i] = after.fields[i];
    }
    if (change.created)
      change.before.fields.resize(after.fields.size());
    else
      change.before = stood;
    change.changed = differing(change.before, after);
    change.after = std::move(after);
    into.push_back(std::move(change));
    if (previous == 0) break;
    after = std::move(stood);
    cn = previous;
  }
  return {};
}

Result<std::vector<PastChange>> Reader::history(const sync::RecordKey& key, std::size_t limit) {
  std::vector<PastChange> steps;
  HOLDLINE_ASSIGN(const auto* of, collection(key.collection));
  HOLDLINE_TRY(add_past(*of, key.id, limit, steps));
  for (const sync::Collection& child : schema_->collections()) {
    if (!child.parent || child.fields[*child.parent].target != key.collection) continue;
    HOLDLINE_ASSIGN(auto* find, connection_->statements.get("SELECT id FROM " + table_of(child) + " WHERE parent = ?"));
    std::vector<Id> ids;
    auto rows = find->rows(Blob{key.id.view()});
    for (;;) {
      HOLDLINE_ASSIGN(const bool more, rows.next());
      if (!more) break;
      ids.push_back(Id::from(rows.blob(0)));
    }
    for (const Id& id : ids) HOLDLINE_TRY(add_past(child, id, limit, steps));
  }
  std::ranges::stable_sort(steps, std::ranges::greater{}, &PastChange::cn);
  return steps;
}

}  // namespace holdline::hub::sqlite
