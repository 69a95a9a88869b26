#include "tests/sim/checks/ledger_history.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "tests/sim/checks/ledger_reading.hpp"

namespace holdline::sim {

namespace {

constexpr sync::VisibilitySet everything = 0xff;

}  // namespace

const Fingerprint& Fingerprints::of(const std::map<sync::DigestKey, sync::Leaves>& digests) {
  std::erase_if(seen_, [&](const auto& digest) { return !digests.contains(digest.first); });
  std::erase_if(roots_, [&](const auto& root) { return !digests.contains(root.first); });
  for (const auto& [key, leaves] : digests) {
    const auto [seen, is_new] = seen_.try_emplace(key, leaves);
    if (!is_new && seen->second == leaves) continue;
    seen->second = leaves;
    if (leaves == sync::Leaves{})
      roots_.erase(key);
    else
      roots_[key] = sync::root_of(leaves);
  }
  return roots_;
}

void LedgerHistory::observe(hub::Ledger& ledger) {
  const auto reader = must_read(ledger.reader(), "opening");
  const sync::Cursor head = must_read(reader->head(), "head");
  if (versions_.empty()) observe_first(*reader);
  if (head.cn < head_.cn)
    throw Violation("the hub keeps what it committed", "its feed stood at " + std::to_string(head_.cn) + ", now at " +
                                                           std::to_string(head.cn) + ", and nobody restored a backup");
  const auto cut = observe_feed(*reader, head);
  observe_results(*reader);
  Fingerprint digests;
  for (const sync::DigestRoot& root : cut.digests) digests[root.key] = root.root;
  observe_leaves(*reader, digests);
  const auto [known, is_new] =
      states_.try_emplace(Place{head.cn, head.salt}, State{digests, branches_.size() - 1, true});
  if (!is_new && known->second.digests != digests)
    throw Violation("one place in the feed, one state", "the digests at " + std::to_string(head.cn) + " have changed");
  head_ = head;
}

// The cut that ends at the head.
sync::Cut LedgerHistory::observe_feed(hub::LedgerReader& reader, const sync::Cursor& head) {
  sync::Cursor at = states_.empty() ? head : head_;
  for (;;) {
    auto cut = must_read(reader.cut(at, all_scopes, everything, every_change_ ? 1 : endless), "feed");
    observe_changes(reader, at, cut);
    if (cut.to == head) return cut;
    if (!every_change_ || cut.to.cn <= at.cn)
      throw Violation("the feed reaches its head",
                      "it ends at " + std::to_string(cut.to.cn) + ", not at " + std::to_string(head.cn));
    at = cut.to;
    states_.try_emplace(Place{at.cn, at.salt}, State{std::nullopt, branches_.size() - 1, false});
  }
}

void LedgerHistory::observe_leaves(hub::LedgerReader& reader, const Fingerprint& roots) {
  if (leaves_.of(must_read(reader.digests(all_scopes, everything), "digests")) == roots) return;
  throw Violation("the kept roots are those of the kept leaves", "they differ at " + std::to_string(head_.cn));
}

void LedgerHistory::observe_first(hub::LedgerReader& reader) {
  for (const sync::Collection& collection : setting_.schema.collections())
    for (auto& row : must_read(reader.rows(collection.no, all_scopes, sync::Id{}, endless), "rows"))
      keep(row.stored.record.key, row.cn, std::move(row.stored.record));
}

void LedgerHistory::observe_changes(hub::LedgerReader& reader, const sync::Cursor& from, const sync::Cut& cut) {
  for (const sync::Change& change : cut.changes) {
    auto row = must_read(reader.row(change.record.key), "row");
    if (!row) throw Violation("the feed tells what is there", "it names a record that the ledger does not have");
    if (!every_change_ || row->cn == change.cn)
      keep(change.record.key, row->cn, std::move(row->stored.record));
    else
      keep(change.record.key, change.cn, after(change, from));
  }
}

// What a record that changed again later was in between.
sync::Record LedgerHistory::after(const sync::Change& change, const sync::Cursor& from) const {
  auto before = record(change.record.key, from);
  if (!before) return change.record;
  before->scope = change.record.scope;
  before->deleted = change.record.deleted || change.leave;
  before->deletion_asked = change.record.deletion_asked;
  for (std::size_t field = 0; field < change.record.fields.size(); ++field)
    if ((change.mask >> field & 1) != 0) before->fields[field] = change.record.fields[field];
  return *std::move(before);
}

void LedgerHistory::observe_results(hub::LedgerReader& reader) {
  for (const hub::Device& device : setting_.devices) {
    auto& known = results_[device.id];
    const auto head = must_read(reader.result_head(device.id), "result head");
    if (head < known.size())
      throw Violation("the hub keeps what it committed",
                      "a result stream went back from " + std::to_string(known.size()) + " to " + std::to_string(head));
    if (head == known.size()) continue;
    for (auto& result : must_read(reader.results(device.id, known.size(), endless), "results")) {
      if (result.entry != known.size() + 1)
        throw Violation("result streams are dense",
                        "entry " + std::to_string(result.entry) + " follows " + std::to_string(known.size()));
      known.push_back(std::move(result));
    }
    if (head != known.size())
      throw Violation("result streams are dense",
                      "the last of " + std::to_string(head) + " is entry " + std::to_string(known.size()));
  }
}

void LedgerHistory::reread_results(hub::Ledger& ledger) const {
  const auto reader = must_read(ledger.reader(), "opening");
  for (const auto& [device, known] : results_) {
    const auto kept = must_read(reader->results(device, 0, endless), "results");
    const auto [was, is] = std::ranges::mismatch(known, kept);
    if (was == known.end() && is == kept.end()) continue;
    throw Violation("result streams never change",
                    "entry " + std::to_string(was - known.begin() + 1) + " is not what it was");
  }
}

LedgerHistory::Mark LedgerHistory::mark() const {
  Mark mark{head_, {}};
  for (const auto& [device, results] : results_) mark.results[device] = results.size();
  return mark;
}

void LedgerHistory::restored_to(const Mark& mark) {
  const State& state = states_.at(Place{mark.head.cn, mark.head.salt});
  branches_.push_back({state.branch, mark.head.cn});
  for (auto& [device, results] : results_) {
    const auto length = mark.results.find(device);
    results.resize(length == mark.results.end() ? 0 : length->second);
  }
  head_ = mark.head;
}

const Fingerprint* LedgerHistory::at(const sync::Cursor& cursor) {
  const auto found = states_.find(Place{cursor.cn, cursor.salt});
  if (found == states_.end()) return nullptr;
  State& state = found->second;
  if (!state.digests) state.digests = counted(cursor);
  return &*state.digests;
}

bool LedgerHistory::holds(const sync::Cursor& cursor) const {
  const auto found = states_.find(Place{cursor.cn, cursor.salt});
  if (found == states_.end()) return false;
  sync::ChangeNumber limit = head_.cn;
  for (std::size_t branch = branches_.size() - 1;; branch = branches_[branch].parent) {
    if (branch == found->second.branch) return cursor.cn <= limit;
    if (branch == 0) return false;
    limit = std::min(limit, branches_[branch].forked_at);
  }
}

bool LedgerHistory::was_head(const sync::Cursor& cursor) const {
  const auto found = states_.find(Place{cursor.cn, cursor.salt});
  return found != states_.end() && found->second.is_head;
}

Fingerprint LedgerHistory::counted(const sync::Cursor& cursor) const {
  sync::DigestTable table;
  for (const auto& [key, versions] : versions_)
    if (const auto stored = record(key, cursor))
      table.change(*setting_.schema.collection(key.collection), nullptr, &*stored);
  return Fingerprints().of(table.all());
}

void LedgerHistory::keep(const sync::RecordKey& key, sync::ChangeNumber cn, sync::Record record) {
  versions_[key].push_back({branches_.size() - 1, cn, as_last(setting_, std::move(record))});
}

std::optional<sync::Record> LedgerHistory::record(const sync::RecordKey& key, const sync::Cursor& cursor) const {
  const auto versions = versions_.find(key);
  const auto state = states_.find(Place{cursor.cn, cursor.salt});
  if (versions == versions_.end() || state == states_.end()) return std::nullopt;
  // How far each branch may be read on the way back to the first.
  std::vector<sync::ChangeNumber> reach(branches_.size(), 0);
  sync::ChangeNumber limit = cursor.cn;
  for (std::size_t branch = state->second.branch;; branch = branches_[branch].parent) {
    reach[branch] = limit;
    if (branch == 0) break;
    limit = std::min(limit, branches_[branch].forked_at);
  }
  const Version* newest = nullptr;
  for (const Version& version : versions->second)
    if (version.cn <= reach[version.branch] && (newest == nullptr || version.cn >= newest->cn)) newest = &version;
  if (newest == nullptr || newest->record.deleted) return std::nullopt;
  return newest->record;
}

const std::vector<sync::ActionResult>& LedgerHistory::results(const sync::Id& device) const {
  return results_.at(device);
}

bool LedgerHistory::has_result(const sync::Id& device, const sync::Id& incarnation, const sync::ActionRef& ref) const {
  return std::ranges::any_of(results(device), [&](const sync::ActionResult& result) {
    return result.incarnation == incarnation && sync::ActionRef{result.lane, result.number} == ref;
  });
}

}  // namespace holdline::sim
