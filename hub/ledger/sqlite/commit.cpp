// What a write transaction writes.
#include <stdexcept>

#include "hub/ledger/sqlite/migrations.hpp"
#include "hub/ledger/sqlite/writer.hpp"

namespace holdline::hub::sqlite {

using platform::Blob;

namespace {

// The parent of a child, for finding a record's children; null for roots and for children without one.
std::optional<Blob> parent_of(const sync::Collection& collection, const sync::Record& record) {
  if (!collection.parent) return std::nullopt;
  const auto* parent = std::get_if<Id>(&record.fields[*collection.parent]);
  if (parent == nullptr) return std::nullopt;
  return Blob{parent->view()};
}

FeedKind kind_of(const RecordWrite& write) {
  if (!write.before || write.before->scope != write.next.record.scope) return FeedKind::whole;
  const bool flags = write.before->deleted != write.next.record.deleted ||
                     write.before->deletion_asked != write.next.record.deletion_asked;
  return flags ? FeedKind::flags_changed : FeedKind::changed;
}

// Mistakes of the caller, found before anything is touched.
void check(const Cursor& head, const sync::Schema& schema, const ChangeSet& changes) {
  ChangeNumber last = head.cn + 1;
  for (const RecordWrite& write : changes.records) {
    if (schema.collection(write.next.record.key.collection) == nullptr) {
      throw std::logic_error("a record of a collection that is not in the schema");
    }
    if (!write.fed) continue;
    if (write.cn < last || write.cn > changes.last_cn) throw std::logic_error("change numbers are out of order");
    last = write.cn;
  }
  if (changes.last_cn < head.cn) throw std::logic_error("the feed would go backwards");
}

}  // namespace

Result<void> WriteTransaction::commit(const ChangeSet& changes) {
  if (!transaction_) throw std::logic_error("a ledger transaction was committed twice");
  check(writer_.head_, *writer_.schema_, changes);
  writer_.digests_.apply(*writer_.schema_, changes.records);
  Result<void> done = write(changes);
  if (done) {
    done = transaction_->commit();
    if (!done && done.error().code == "io-error") writer_.mark_outcome_unknown();
  }
  transaction_.reset();  // rolls back what was not committed
  if (!done) {
    writer_.digests_.undo(*writer_.schema_, changes.records);
    writer_.scopes_.forget_new();
    writer_.parties_.forget_new();
    writer_.sources_.forget_new();
    return done;
  }
  writer_.digests_.keep();
  writer_.scopes_.keep_new();
  writer_.parties_.keep_new();
  writer_.sources_.keep_new();
  if (changes.last_cn > writer_.head_.cn) writer_.head_ = {changes.last_cn, changes.salt};
  writer_.news_.note(changes);
  return done;
}

Result<void> WriteTransaction::write(const ChangeSet& changes) {
  HOLDLINE_TRY(write_rows(changes.records));
  HOLDLINE_TRY(writer_.digests_.write(writer_.statements_, writer_.scopes_));
  HOLDLINE_TRY(write_progress(changes));
  HOLDLINE_TRY(write_results(changes.results));
  HOLDLINE_TRY(write_held(changes));
  HOLDLINE_TRY(write_applied_reissues(changes));
  HOLDLINE_TRY(write_sign_ins(changes));
  HOLDLINE_TRY(write_applied(changes.applied));
  HOLDLINE_TRY(write_imported(changes.imported));
  HOLDLINE_TRY(write_awaited(changes.awaited));
  if (next_reference_)
    HOLDLINE_TRY(write_meta(writer_.statements_, "reference-next", std::to_string(*next_reference_)));
  if (changes.run) HOLDLINE_TRY(write_run(*changes.run));
  return write_head(changes);
}

// Nobody else takes any meanwhile: the transaction has the file for itself from its beginning.
Result<std::uint64_t> WriteTransaction::next_reference() {
  if (!next_reference_) {
    HOLDLINE_ASSIGN(next_reference_, read_next_reference(writer_.statements_));
  }
  return (*next_reference_)++;
}

Result<void> WriteTransaction::write_rows(std::span<const RecordWrite> writes) {
  ChangeNumber cn = 0;
  std::size_t index = 0;  // within the cn
  for (const RecordWrite& write : writes) {
    const sync::Collection& collection = *writer_.schema_->collection(write.next.record.key.collection);
    const sync::Bytes body = sync::encode_body(collection, write.next.record);
    HOLDLINE_TRY(write_row(collection, write, body));
    if (!write.fed) continue;
    HOLDLINE_TRY(write_unique(collection, write));
    index = write.cn == cn ? index + 1 : 0;
    cn = write.cn;
    HOLDLINE_TRY(write_feed(write, index, body));
    HOLDLINE_TRY(write_past(collection, write));
  }
  return {};
}

Result<void> WriteTransaction::write_row(const sync::Collection& collection, const RecordWrite& write,
                                         std::string_view body) {
  const sync::Record& next = write.next.record;
  const std::string_view id = next.key.id.view();
  const sync::Bytes meta = sync::encode_meta(write.next.meta);
  if (!write.fed) {
    HOLDLINE_ASSIGN(auto* update,
                    writer_.statements_.get("UPDATE " + table_of(collection) + " SET meta = ? WHERE id = ?"));
    return update->run(Blob{meta}, Blob{id});
  }
  const auto parent = parent_of(collection, next);
  // Naming an indexed column rewrites its index entry even when the value stays.
  const bool same_place =
      write.before && write.before->scope == next.scope &&
      (!collection.parent || write.before->fields[*collection.parent] == next.fields[*collection.parent]);
  if (same_place) {
    HOLDLINE_ASSIGN(auto* update, writer_.statements_.get("UPDATE " + table_of(collection) +
                                                          " SET cn = ?, body = ?, meta = ? WHERE id = ?"));
    return update->run(write.cn, Blob{body}, Blob{meta}, Blob{id});
  }
  HOLDLINE_ASSIGN(const std::int64_t scope, writer_.scopes_.number(next.scope));
  platform::Statement*& put = puts_[collection.no];
  if (put == nullptr) {
    HOLDLINE_ASSIGN(put, writer_.statements_.get(
                             "INSERT INTO " + table_of(collection) +
                             "(id, scope, cn, parent, body, meta) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(id) "
                             "DO UPDATE SET scope = ?2, cn = ?3, parent = ?4, body = ?5, meta = ?6"));
  }
  return put->run(Blob{id}, scope, write.cn, parent, Blob{body}, Blob{meta});
}

Result<void> WriteTransaction::write_feed(const RecordWrite& write, std::size_t index, std::string_view body) {
  const sync::Record& next = write.next.record;
  HOLDLINE_ASSIGN(auto* put, writer_.statements_.get("INSERT INTO feed(scope, cn, ix, kind, collection, id, mask, "
                                                     "body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  HOLDLINE_ASSIGN(const std::int64_t scope, writer_.scopes_.number(next.scope));
  const Blob id{next.key.id.view()};
  if (write.before && write.before->scope != next.scope) {
    HOLDLINE_ASSIGN(const std::int64_t old_scope, writer_.scopes_.number(write.before->scope));
    HOLDLINE_TRY(
        put->run(old_scope, write.cn, index, static_cast<int>(FeedKind::leave), next.key.collection, id, 0, Blob{}));
  }
  return put->run(scope, write.cn, index, static_cast<int>(kind_of(write)), next.key.collection, id, write.changed,
                  Blob{body});
}

Result<void> WriteTransaction::write_progress(const ChangeSet& changes) {
  HOLDLINE_ASSIGN(auto* put, writer_.statements_.get("INSERT OR REPLACE INTO progress(device, incarnation, lane, "
                                                     "number, hash) VALUES (?, ?, ?, ?, ?)"));
  for (const auto& [key, progress] : changes.progress) {
    HOLDLINE_ASSIGN(const std::int64_t device, writer_.parties_.number(key.device.view()));
    HOLDLINE_ASSIGN(const std::int64_t incarnation, writer_.parties_.number(key.incarnation.view()));
    HOLDLINE_TRY(put->run(device, incarnation, key.lane, progress.number, Blob{progress.hash.view()}));
  }
  return {};
}

Result<void> WriteTransaction::write_results(std::span<const KeptResult> results) {
  HOLDLINE_ASSIGN(auto* put, writer_.statements_.get("INSERT INTO result(device, entry, incarnation, lane, number, "
                                                     "verdict, cn, salt, hash, conflicts, code, text) VALUES "
                                                     "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  const auto unless_empty = [](std::string_view text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
  };
  for (const KeptResult& kept : results) {
    const sync::ActionResult& result = kept.result;
    HOLDLINE_ASSIGN(const std::int64_t device, writer_.parties_.number(kept.device.view()));
    HOLDLINE_ASSIGN(const std::int64_t incarnation, writer_.parties_.number(result.incarnation.view()));
    const sync::Bytes ids = encode_ids(result.conflicts);
    const auto conflicts = ids.empty() ? std::nullopt : std::optional<Blob>(Blob{ids});
    HOLDLINE_TRY(put->run(device, result.entry, incarnation, result.lane, result.number,
                          static_cast<int>(result.verdict), result.at.cn, result.at.salt, Blob{kept.hash.view()},
                          conflicts, unless_empty(result.code), unless_empty(result.text)));
  }
  return {};
}

Result<void> WriteTransaction::write_held(const ChangeSet& changes) {
  HOLDLINE_ASSIGN(auto* drop, writer_.statements_.get("DELETE FROM held WHERE device = ? AND incarnation = ? AND "
                                                      "lane = ? AND number = ?"));
  for (const auto& [key, number] : changes.release) {
    HOLDLINE_ASSIGN(const std::int64_t device, writer_.parties_.number(key.device.view()));
    HOLDLINE_ASSIGN(const std::int64_t incarnation, writer_.parties_.number(key.incarnation.view()));
    HOLDLINE_TRY(drop->run(device, incarnation, key.lane, number));
  }
  HOLDLINE_ASSIGN(auto* put, writer_.statements_.get(std::string("INSERT OR REPLACE INTO held(") + held_columns +
                                                     ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const HeldAction& held : changes.hold) {
    HOLDLINE_ASSIGN(const std::int64_t device, writer_.parties_.number(held.lane.device.view()));
    HOLDLINE_ASSIGN(const std::int64_t incarnation, writer_.parties_.number(held.lane.incarnation.view()));
    const sync::StoredAction& stored = held.stored;
    const std::string_view salt(reinterpret_cast<const char*>(stored.salt.data()), stored.salt.size());
    const sync::Bytes missing = encode_refs(held.missing);
    HOLDLINE_TRY(put->run(device, incarnation, held.lane.lane, stored.number, static_cast<int>(held.state),
                          Blob{stored.header}, Blob{salt}, Blob{stored.payload}, Blob{stored.hash.view()},
                          Blob{missing}, held.corrected_ms, held.code, held.text));
  }
  return {};
}

Result<void> WriteTransaction::write_applied_reissues(const ChangeSet& changes) {
  HOLDLINE_ASSIGN(auto* put, writer_.statements_.get("INSERT INTO taken_anew(device, first, incarnation, lane, number) "
                                                     "VALUES (?, ?, ?, ?, ?)"));
  for (const AppliedReissue& taken : changes.applied_reissues) {
    HOLDLINE_ASSIGN(const std::int64_t device, writer_.parties_.number(taken.lane.device.view()));
    HOLDLINE_ASSIGN(const std::int64_t incarnation, writer_.parties_.number(taken.lane.incarnation.view()));
    HOLDLINE_TRY(put->run(device, Blob{taken.original.view()}, incarnation, taken.lane.lane, taken.number));
  }
  return {};
}

Result<void> WriteTransaction::write_sign_ins(const ChangeSet& changes) {
  // The first one that was verified stands: what actions already refer to never changes.
  HOLDLINE_ASSIGN(
      auto* put,
      writer_.statements_.get("INSERT INTO assertion(device, incarnation, number, person, at, signature, verified) "
                              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(device, incarnation, number) DO UPDATE "
                              "SET person = ?4, at = ?5, signature = ?6, verified = ?7 WHERE verified = 0"));
  for (const auto& [key, sign_in] : changes.sign_ins) {
    HOLDLINE_ASSIGN(const std::int64_t device, writer_.parties_.number(key.device.view()));
    HOLDLINE_ASSIGN(const std::int64_t incarnation, writer_.parties_.number(key.incarnation.view()));
    const sync::Assertion& assertion = sign_in.assertion;
    HOLDLINE_TRY(put->run(device, incarnation, assertion.number, Blob{assertion.person.view()}, assertion.at_ms,
                          Blob{assertion.signature}, sign_in.verified ? 1 : 0));
  }
  return {};
}

// A transaction that did not move the feed keeps the salt that stands: cursors at this cn carry it.
Result<void> WriteTransaction::write_awaited(std::span<const sync::SchemaName> schemas) {
  HOLDLINE_ASSIGN(auto* insert, writer_.statements_.get("INSERT OR IGNORE INTO awaited_schema VALUES (?, ?)"));
  for (const sync::SchemaName& schema : schemas) HOLDLINE_TRY(insert->run(schema.version, Blob{schema.hash.view()}));
  return {};
}

Result<void> WriteTransaction::write_head(const ChangeSet& changes) {
  if (changes.last_cn == writer_.head_.cn) return {};
  HOLDLINE_ASSIGN(auto* put, writer_.statements_.get("INSERT INTO tx(last_cn, salt) VALUES (?, ?)"));
  return put->run(changes.last_cn, changes.salt);
}

}  // namespace holdline::hub::sqlite
