#include "hub/ledger/sqlite/digests.hpp"

#include <ranges>

namespace holdline::hub::sqlite {
namespace {

constexpr std::size_t sum_bytes = 32;

sync::Bytes encode_segment(const sync::Leaves& leaves, std::size_t segment) {
  sync::Bytes bytes;
  bytes.reserve(segment_leaves * sum_bytes);
  for (std::size_t i = 0; i < segment_leaves; ++i) {
    const auto sum = leaves[segment * segment_leaves + i].bytes();
    bytes.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  }
  return bytes;
}

Result<void> decode_segment(std::int64_t segment, std::string_view bytes, sync::Leaves& leaves) {
  if (segment < 0 || segment >= static_cast<std::int64_t>(segment_count) ||
      bytes.size() != segment_leaves * sum_bytes) {
    return damaged("a digest");
  }
  for (std::size_t i = 0; i < segment_leaves; ++i) {
    leaves[static_cast<std::size_t>(segment) * segment_leaves + i] =
        sync::Sum::from(bytes.substr(i * sum_bytes, sum_bytes));
  }
  return {};
}

sync::DigestKey key_of(const std::string& scope, const platform::Rows& row) {
  return {scope, static_cast<sync::CollectionNo>(row.i64(0)), static_cast<std::uint8_t>(row.i64(1))};
}

bool shown(std::uint8_t group, sync::VisibilitySet visible) { return (visible >> group & 1) != 0; }

}  // namespace

Result<void> Digests::load(Statements& statements, Names& scopes) {
  HOLDLINE_ASSIGN(auto* all, statements.get("SELECT collection, visibility, segment, leaves, scope FROM digest"));
  auto rows = all->rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    HOLDLINE_ASSIGN(const std::string scope, scopes.name(rows.i64(4)));
    HOLDLINE_TRY(decode_segment(rows.i64(2), rows.blob(3), table_.all()[key_of(scope, rows)]));
  }
}

void Digests::touch(const sync::Collection& collection, const RecordWrite& write) {
  const sync::Record& next = write.next.record;
  const bool moved = write.before && write.before->scope != next.scope;
  const bool all = !write.before || moved || write.before->deleted != next.deleted ||
                   write.before->deletion_asked != next.deletion_asked;
  std::bitset<8> groups;
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    if (all || write.before->fields[i] != next.fields[i]) groups.set(collection.fields[i].visibility);
  }
  const std::size_t segment = sync::leaf_of(next.key.id) / segment_leaves;
  for (std::uint8_t group = 0; group < groups.size(); ++group) {
    if (!groups.test(group)) continue;
    touched_[{next.scope, collection.no, group}].set(segment);
    if (moved) touched_[{write.before->scope, collection.no, group}].set(segment);
  }
}

void Digests::apply(const sync::Schema& schema, std::span<const RecordWrite> writes) {
  for (const RecordWrite& write : writes) {
    if (!write.fed) continue;
    const sync::Collection& collection = *schema.collection(write.next.record.key.collection);
    touch(collection, write);
    table_.change(collection, write.before ? &*write.before : nullptr, &write.next.record);
  }
}

void Digests::undo(const sync::Schema& schema, std::span<const RecordWrite> writes) {
  for (const RecordWrite& write : writes | std::views::reverse) {
    if (!write.fed) continue;
    const sync::Collection& collection = *schema.collection(write.next.record.key.collection);
    table_.change(collection, &write.next.record, write.before ? &*write.before : nullptr);
  }
  touched_.clear();
}

Result<void> Digests::write(Statements& statements, Names& scopes) {
  HOLDLINE_ASSIGN(auto* put, statements.get("INSERT OR REPLACE INTO digest(scope, collection, visibility, segment, "
                                            "leaves) VALUES (?, ?, ?, ?, ?)"));
  HOLDLINE_ASSIGN(auto* put_root, statements.get("INSERT OR REPLACE INTO digest_root(scope, collection, visibility, "
                                                 "root) VALUES (?, ?, ?, ?)"));
  HOLDLINE_ASSIGN(auto* drop, statements.get("DELETE FROM digest WHERE scope=? AND collection=? AND visibility=?"));
  HOLDLINE_ASSIGN(auto* drop_root,
                  statements.get("DELETE FROM digest_root WHERE scope=? AND collection=? AND visibility=?"));
  for (const auto& [key, segments] : touched_) {
    const auto& [scope_name, collection, group] = key;
    HOLDLINE_ASSIGN(const std::int64_t scope, scopes.number(scope_name));
    const auto found = table_.all().find({std::string(scope_name), collection, group});
    if (found == table_.all().end()) {  // the last row went
      HOLDLINE_TRY(drop->run(scope, collection, group));
      HOLDLINE_TRY(drop_root->run(scope, collection, group));
      continue;
    }
    for (std::size_t segment = 0; segment < segment_count; ++segment) {
      if (!segments.test(segment)) continue;
      const sync::Bytes leaves = encode_segment(found->second, segment);
      HOLDLINE_TRY(put->run(scope, collection, group, segment, platform::Blob{leaves}));
    }
    HOLDLINE_TRY(put_root->run(scope, collection, group, platform::Blob{sync::root_of(found->second).view()}));
  }
  return {};
}

Result<std::map<sync::DigestKey, sync::Leaves>> read_leaves(Statements& statements, Names& scopes,
                                                            std::span<const std::string> of,
                                                            sync::VisibilitySet visible) {
  std::map<sync::DigestKey, sync::Leaves> found;
  HOLDLINE_ASSIGN(auto* find,
                  statements.get("SELECT collection, visibility, segment, leaves FROM digest WHERE scope = ?"));
  for (const std::string& scope : of) {
    HOLDLINE_ASSIGN(const auto number, scopes.find(scope));
    if (!number) continue;
    auto rows = find->rows(*number);
    for (;;) {
      HOLDLINE_ASSIGN(const bool more, rows.next());
      if (!more) break;
      const sync::DigestKey key = key_of(scope, rows);
      if (shown(key.group, visible)) HOLDLINE_TRY(decode_segment(rows.i64(2), rows.blob(3), found[key]));
    }
  }
  return found;
}

Result<std::vector<sync::DigestRoot>> read_roots(Statements& statements, Names& scopes, std::span<const std::string> of,
                                                 sync::VisibilitySet visible) {
  std::vector<sync::DigestRoot> roots;
  HOLDLINE_ASSIGN(auto* find, statements.get("SELECT collection, visibility, root FROM digest_root WHERE scope = ?"));
  for (const std::string& scope : of) {
    HOLDLINE_ASSIGN(const auto number, scopes.find(scope));
    if (!number) continue;
    auto rows = find->rows(*number);
    for (;;) {
      HOLDLINE_ASSIGN(const bool more, rows.next());
      if (!more) break;
      const sync::DigestKey key = key_of(scope, rows);
      if (shown(key.group, visible)) roots.push_back({key, sync::Hash::from(rows.blob(2))});
    }
  }
  return roots;
}

}  // namespace holdline::hub::sqlite
