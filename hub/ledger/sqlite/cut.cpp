// Cuts: the feed of several scopes merged in cn order, folded per record, as one profile sees it.
#include <algorithm>
#include <unordered_map>

#include "hub/ledger/feed_limits.hpp"
#include "hub/ledger/sqlite/digests.hpp"
#include "hub/ledger/sqlite/reader.hpp"

namespace holdline::hub::sqlite {
namespace {

using platform::Rows;

// Columns of the feed as they are read here.
enum Column { cn_column, ix_column, kind_column, collection_column, id_column, mask_column, body_column, scope_column };
constexpr const char* feed_after =
    "SELECT cn, ix, kind, collection, id, mask, body, scope FROM feed WHERE scope = ? AND cn > ? ORDER BY cn, ix";

// What a range of the feed says about one record.
struct Told {
  sync::RecordKey key;
  ChangeNumber cn = 0;  // of the last word
  std::int64_t ix = 0;
  std::int64_t scope = 0;
  bool had = false;    // who stands at the start of the range has it
  bool whole = false;  // told whole somewhere in the range
  bool flags = false;  // deleted or deletion_asked changed
  bool gone = false;   // the last word is that it left
  sync::FieldMask mask = 0;
  sync::Bytes body;
};

struct KeyHash {
  std::size_t operator()(const sync::RecordKey& key) const noexcept {
    return std::hash<Id>()(key.id) ^ (std::size_t{key.collection} << 1);
  }
};

class Folding {
 public:
  void add(const Rows& row) {
    const sync::RecordKey key{static_cast<sync::CollectionNo>(row.i64(collection_column)),
                              Id::from(row.blob(id_column))};
    const auto kind = static_cast<FeedKind>(row.i64(kind_column));
    const auto [at, first] = index_.try_emplace(key, told_.size());
    if (first) {
      told_.emplace_back().key = key;
      bytes_ += told_head_bytes;
      told_.back().had = kind != FeedKind::whole;
    }
    Told& told = told_[at->second];
    told.cn = static_cast<ChangeNumber>(row.i64(cn_column));
    told.ix = row.i64(ix_column);
    told.scope = row.i64(scope_column);
    told.gone = kind == FeedKind::leave;
    told.whole = told.whole || kind == FeedKind::whole;
    told.flags = told.flags || kind == FeedKind::flags_changed;
    told.mask |= static_cast<sync::FieldMask>(row.i64(mask_column));
    bytes_ -= told.body.size();
    told.body = row.blob(body_column);
    bytes_ += told.body.size();
  }

  std::size_t size() const { return told_.size(); }
  // At most what is told of these records.
  std::size_t bytes() const { return bytes_; }
  std::vector<Told>& in_order() {
    std::ranges::sort(told_, {}, [](const Told& told) { return std::pair(told.cn, told.ix); });
    return told_;
  }

 private:
  std::vector<Told> told_;
  std::size_t bytes_ = 0;  // of the bodies
  std::unordered_map<sync::RecordKey, std::size_t, KeyHash> index_;
};

sync::FieldMask filled(const sync::Record& record) {
  sync::FieldMask mask = 0;
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    if (!sync::is_null(record.fields[i])) mask |= sync::FieldMask{1} << i;
  }
  return mask;
}

void keep_fields(sync::Record& record, sync::FieldMask mask) {
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    if ((mask >> i & 1) == 0) record.fields[i] = sync::Null{};
  }
}

// What this profile is told; nothing when it sees nothing of it.
Result<std::optional<sync::Change>> change_of(const sync::Collection& collection, Names& scopes, const Told& told,
                                              sync::VisibilitySet profile) {
  const sync::FieldMask visible = sync::visible_fields(collection, profile);
  if (visible == 0) return std::nullopt;
  sync::Change change;
  change.cn = told.cn;
  change.record.key = told.key;
  HOLDLINE_ASSIGN(change.record.scope, scopes.name(told.scope));
  if (told.gone) {
    if (!told.had) return std::nullopt;
    change.leave = true;
    return change;
  }
  HOLDLINE_TRY(sync::decode_body(collection, told.body, change.record));
  change.record = sync::project(collection, change.record, profile);
  if (change.record.deleted) {
    if (!told.had) return std::nullopt;
  } else if (told.whole) {
    // Had before and told whole again: what is null now may not have been.
    change.mask = told.had ? visible : filled(change.record);
  } else {
    change.mask = told.mask & visible;
    if (change.mask == 0 && !told.flags) return std::nullopt;
  }
  keep_fields(change.record, change.mask);
  return change;
}

// The next row of all scopes: lowest cn and ix; a record that moves leaves its old scope before it is told in the new.
bool before(const Rows& a, const Rows& b) {
  const auto place = [](const Rows& row) {
    const bool leaves = static_cast<FeedKind>(row.i64(kind_column)) == FeedKind::leave;
    return std::tuple(row.i64(cn_column), row.i64(ix_column), leaves ? 0 : 1);
  };
  return place(a) < place(b);
}

}  // namespace

Result<Cursor> Reader::cursor_at(ChangeNumber cn) {
  if (cn == 0) return Cursor{};
  HOLDLINE_ASSIGN(auto* find,
                  connection_->statements.get("SELECT salt FROM tx WHERE last_cn >= ? ORDER BY last_cn LIMIT 1"));
  auto rows = find->rows(cn);
  HOLDLINE_ASSIGN(const bool found, rows.next());
  if (!found) return damaged("a change without its transaction");
  return Cursor{cn, static_cast<std::uint64_t>(rows.i64(0))};
}

Result<void> Reader::check_cursor(const Cursor& from) {
  const auto unknown = [] {
    return fail(ErrorKind::start_over, "unknown-cursor",
                "This position belongs to another history of the ledger. Say hello again.");
  };
  if (from.cn > head_.cn) return unknown();
  HOLDLINE_ASSIGN(const ChangeNumber floor, read_floor(connection_->statements));
  if (from.cn < floor) {
    return fail(ErrorKind::start_over, "log-too-short",
                "The feed no longer reaches back to this position. Fetch a snapshot.");
  }
  HOLDLINE_ASSIGN(const Cursor known, cursor_at(from.cn));
  if (known != from) return unknown();
  return {};
}

Result<sync::Cut> Reader::cut(const Cursor& from, std::span<const std::string> scopes, sync::VisibilitySet profile,
                              std::size_t records) {
  HOLDLINE_TRY(check_cursor(from));
  HOLDLINE_ASSIGN(const auto numbers, numbers_of(scopes));
  std::vector<std::optional<Rows>> feeds;
  if (from.cn < head_.cn) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      HOLDLINE_ASSIGN(auto* find, connection_->statements.get(feed_after, i));
      auto rows = find->rows(numbers[i], from.cn);
      HOLDLINE_ASSIGN(const bool more, rows.next());
      if (more) feeds.emplace_back(std::move(rows));
    }
  }
  Folding folding;
  ChangeNumber reached = from.cn;
  bool all = true;
  for (;;) {
    std::optional<Rows>* next = nullptr;
    for (auto& feed : feeds) {
      if (feed && (next == nullptr || before(*feed, **next))) next = &feed;
    }
    if (next == nullptr) break;
    const auto cn = static_cast<ChangeNumber>((*next)->i64(cn_column));
    if (cn != reached && (folding.size() >= std::max<std::size_t>(records, 1) || folding.bytes() >= cut_bytes)) {
      all = false;
      break;
    }
    reached = cn;
    folding.add(**next);
    HOLDLINE_ASSIGN(const bool more, (*next)->next());
    if (!more) next->reset();
  }

  sync::Cut cut;
  cut.from = from.cn;
  if (all) {
    cut.to = head_;
  } else {
    HOLDLINE_ASSIGN(cut.to, cursor_at(reached));
  }
  for (const Told& told : folding.in_order()) {
    HOLDLINE_ASSIGN(const auto* of, collection(told.key.collection));
    HOLDLINE_ASSIGN(auto change, change_of(*of, connection_->scopes, told, profile));
    if (change) cut.changes.push_back(std::move(*change));
  }
  if (cut.to == head_) {
    HOLDLINE_ASSIGN(cut.digests, read_roots(connection_->statements, connection_->scopes, scopes, profile));
  }
  return cut;
}

}  // namespace holdline::hub::sqlite
