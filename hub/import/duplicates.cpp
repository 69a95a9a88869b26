#include "hub/import/duplicates.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "sync/action/groups.hpp"
#include "sync/action/merged.hpp"
#include "sync/table/practice.hpp"
#include "sync/text/text.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t most_found = 10'000;
constexpr std::size_t most_of_one = 10;
// Of a block or a number that hundreds share, as that of a switchboard, only so many are compared with each: it says
// nothing of who they are.
constexpr std::size_t compared_of_group = 50;
constexpr std::size_t comparisons_of_a_row = 8;  // about as long as reading one
constexpr std::size_t longest_chain = 32;        // of merges

std::string text_field(const sync::Collection& collection, const sync::Record& record, std::string_view name) {
  const auto field = collection.field(name);
  const auto* text = field ? std::get_if<std::string>(&record.fields[*field]) : nullptr;
  return text == nullptr ? std::string() : *text;
}

std::string key_text(const sync::Collection& kind, const sync::Record& child) {
  const auto* text = std::get_if<std::string>(&child.fields[*kind.natural_key]);
  std::string key = text == nullptr ? std::string() : *text;
  if (kind.folded_key)
    std::ranges::transform(key, key.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return key;
}

}  // namespace

DuplicateSearch::DuplicateSearch(const sync::Schema& schema)
    : schema_(schema), customers_(*schema.collection("customer")) {
  for (const sync::Collection& collection : schema.collections())
    if (collection.parent && collection.natural_key && collection.fields[*collection.parent].target == customers_.no)
      kinds_.push_back(&collection);
  by_key_.resize(kinds_.size());
}

std::string DuplicateSearch::block_of(const sync::Record& customer) const {
  const std::string postcode = sync::postcode_key(customers_, customer, *customers_.field("postcode"));
  if (postcode.empty()) return {};
  const std::string word = sync::family_word(normalizer_, customers_, customer);
  return word.empty() ? std::string() : postcode + "\n" + word.substr(0, sync::letters_of_family);
}

// First what shares a number or an address, which says most.
void DuplicateSearch::share(std::size_t of, Keys& keys, const std::string& key, const sync::Field& field,
                            sync::SharedBy by) {
  if (key.empty()) return;
  Group& group = keys[key];  // stays where it is
  group.added.push_back(of);
  auto& shared = shared_[of];
  const auto behind =
      by == sync::SharedBy::key ? std::ranges::find(shared, sync::SharedBy::postcode, &Shared::by) : shared.end();
  shared.insert(behind, {&group, &field, by});
}

void DuplicateSearch::add_customer(std::uint64_t line, const sync::Record& customer) {
  const std::size_t of = added_.size();
  by_id_.emplace(customer.key.id, of);
  added_.push_back({customer.key.id, line, text_field(customers_, customer, "ref"),
                    normalizer_.folded_name(sync::full_name(customers_, customer))});
  shared_.emplace_back();
  share(of, by_block_, block_of(customer), customers_.fields[*customers_.field("postcode")], sync::SharedBy::postcode);
  if (!added_.back().ref.empty()) by_ref_[sync::fold_key(added_.back().ref)].added.push_back(of);
}

void DuplicateSearch::add_child(std::size_t of, const sync::Record& child) {
  for (std::size_t kind = 0; kind < kinds_.size(); ++kind)
    if (kinds_[kind]->no == child.key.collection)
      share(of, by_key_[kind], key_text(*kinds_[kind], child), kinds_[kind]->fields[*kinds_[kind]->natural_key],
            sync::SharedBy::key);
}

void DuplicateSearch::add(std::uint64_t line, const ToldCustomer& told) {
  add_customer(line, told.front());
  for (std::size_t i = 1; i < told.size(); ++i) add_child(added_.size() - 1, told[i]);
}

Result<void> DuplicateSearch::begin(Ledger& ledger) {
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  HOLDLINE_ASSIGN(customers_until_, reader->last_made(customers_.no));
  for (const sync::Collection* kind : kinds_) {
    HOLDLINE_ASSIGN(kinds_until_.emplace_back(), reader->last_made(kind->no));
  }
  return {};
}

Result<std::uint64_t> DuplicateSearch::add_all(Ledger& ledger, const std::string& scope) {
  constexpr std::size_t page = 2'000;
  const auto each = [&](sync::CollectionNo of, auto&& take) -> Result<void> {
    for (Id after;;) {
      HOLDLINE_ASSIGN(const auto reader, ledger.reader());
      HOLDLINE_ASSIGN(const auto rows, reader->rows(of, {&scope, 1}, after, page));
      for (const VersionedRecord& row : rows) take(row.stored.record);
      if (rows.size() < page) return {};
      after = rows.back().stored.record.key.id;
    }
  };
  std::unordered_map<Id, Id> merged;
  HOLDLINE_TRY(each(customers_.no, [&](const sync::Record& customer) {
    if (sync::is_practice(customers_, customer)) return;
    if (const auto into = sync::merged_into(customers_, customer))
      merged.emplace(customer.key.id, *into);
    else
      add_customer(0, customer);
  }));
  const std::uint64_t customers = added_.size();
  // The numbers of an alias are those of whom it is now.
  for (const auto& [alias, into] : merged) {
    Id root = into;
    for (std::size_t step = 0; merged.contains(root) && step < longest_chain; ++step) root = merged.at(root);
    if (const auto standing = by_id_.find(root); standing != by_id_.end()) by_id_.emplace(alias, standing->second);
  }
  for (const sync::Collection* kind : kinds_)
    HOLDLINE_TRY(each(kind->no, [&](const sync::Record& child) {
      const Id* parent = std::get_if<Id>(&child.fields[*kind->parent]);
      const auto of = parent == nullptr ? by_id_.end() : by_id_.find(*parent);
      if (of != by_id_.end()) add_child(of->second, child);
    }));
  // They came in the order of the numbers' ids; look_in_file() goes by that of the customers.
  for (Keys& keys : by_key_)
    for (auto& [key, group] : keys) std::ranges::sort(group.added);
  return customers;
}

void DuplicateSearch::look_among_added() {
  const sync::Field& refs = customers_.fields[*customers_.field("ref")];
  for (std::size_t of = 0; of < added_.size(); ++of) {
    if (const auto same = by_ref_.find(sync::fold_key(added_[of].ref));
        same != by_ref_.end() && same->second.added.front() != of) {
      const Added& first = added_[same->second.added.front()];
      tell(of, {0, {}, first.id, 0, first.ref, refs.name, refs.label, 100});
    }
    look_in_file(of);
  }
}

void DuplicateSearch::compare(std::size_t of, const std::string& name, sync::SharedBy shared, ProbableDuplicate found) {
  found.similarity = sync::NameComparison(added_[of].name).with(name, shared);
  if (found.similarity != 0) tell(of, std::move(found));
}

void DuplicateSearch::tell(std::size_t of, ProbableDuplicate found) {
  Added& one = added_[of];
  if (one.told.size() == most_of_one || std::ranges::find(one.told, found.other) != one.told.end()) return;
  one.told.push_back(found.other);
  ++count_;
  found.line = one.line;
  found.ref = one.ref;
  found.id = one.id;
  if (found_.size() < most_found) found_.push_back(std::move(found));
}

// With those in the lines before. Answers how many comparisons it took.
std::size_t DuplicateSearch::look_in_file(std::size_t of) {
  std::size_t compared = 0;
  for (const Shared& shared : shared_[of]) {
    const auto& group = shared.group->added;
    for (std::size_t n = 0; n < std::min(group.size(), compared_of_group) && group[n] < of; ++n, ++compared) {
      const Added& other = added_[group[n]];
      compare(of, other.name, shared.by,
              {0, {}, other.id, other.line, other.ref, shared.field->name, shared.field->label});
    }
  }
  return compared;
}

Result<std::optional<sync::Record>> DuplicateSearch::stands_as(LedgerReader& reader, const sync::RecordKey& key) {
  std::optional<sync::Record> found;
  const auto find = [&](const sync::RecordKey& at) -> Result<const sync::Record*> {
    HOLDLINE_ASSIGN(auto row, reader.row(at));
    if (!row || row->stored.record.deleted) return nullptr;
    found = std::move(row->stored.record);
    return &*found;
  };
  HOLDLINE_ASSIGN(const sync::RecordKey survivor, sync::survivor_of(schema_, key, find));
  if (!found || found->key != survivor) HOLDLINE_TRY(find(survivor));
  if (!found || found->key != survivor || by_id_.contains(survivor.id) || sync::is_practice(customers_, *found))
    found.reset();
  return found;
}

Result<bool> DuplicateSearch::look_at_children(LedgerReader& reader, const std::string& scope, std::size_t portion) {
  const sync::Collection& kind = *kinds_[next_kind_];
  const sync::Field& field = kind.fields[*kind.natural_key];
  HOLDLINE_ASSIGN(const auto rows,
                  reader.rows_made(kind.no, {&scope, 1}, after_, portion, kinds_until_.at(next_kind_)));
  for (const VersionedRecord& row : rows) {
    const auto group = by_key_[next_kind_].find(key_text(kind, row.stored.record));
    const Id* parent = std::get_if<Id>(&row.stored.record.fields[*kind.parent]);
    if (group == by_key_[next_kind_].end() || parent == nullptr || by_id_.contains(*parent)) continue;
    if (++group->second.compared > compared_of_group) continue;
    HOLDLINE_ASSIGN(const auto named, reader.row({customers_.no, *parent}));
    if (!named || named->stored.record.deleted) continue;
    HOLDLINE_ASSIGN(const auto other, stands_as(reader, {customers_.no, *parent}));
    if (!other) continue;
    const std::string name = normalizer_.folded_name(sync::full_name(customers_, named->stored.record));
    const auto& added = group->second.added;
    for (std::size_t n = 0; n < std::min(added.size(), compared_of_group); ++n)
      compare(added[n], name, sync::SharedBy::key,
              {0, {}, other->key.id, 0, text_field(customers_, *other, "ref"), field.name, field.label});
  }
  if (!rows.empty()) after_ = rows.back().stored.record.key.id;
  return rows.size() == portion;
}

Result<bool> DuplicateSearch::look_at_customers(LedgerReader& reader, const std::string& scope, std::size_t portion) {
  const sync::Field& field = customers_.fields[*customers_.field("postcode")];
  const sync::Field& refs = customers_.fields[*customers_.field("ref")];
  HOLDLINE_ASSIGN(const auto rows, reader.rows_made(customers_.no, {&scope, 1}, after_, portion, customers_until_));
  for (const VersionedRecord& row : rows) {
    const sync::Record& record = row.stored.record;
    if (by_id_.contains(record.key.id)) continue;
    const auto same = by_ref_.find(sync::fold_key(text_field(customers_, record, "ref")));
    const std::string block = block_of(record);
    const auto group = block.empty() ? by_block_.end() : by_block_.find(block);
    const bool compares = group != by_block_.end() && ++group->second.compared <= compared_of_group;
    if (same == by_ref_.end() && !compares) continue;
    HOLDLINE_ASSIGN(const auto other, stands_as(reader, record.key));
    if (!other) continue;
    const std::string ref = text_field(customers_, *other, "ref");
    if (same != by_ref_.end())  // added at a workstation, or by another way of the same file
      for (const std::size_t of : same->second.added)
        tell(of, {0, {}, other->key.id, 0, ref, refs.name, refs.label, 100});
    if (!compares) continue;
    const std::string name = normalizer_.folded_name(sync::full_name(customers_, record));
    const auto& added = group->second.added;
    for (std::size_t n = 0; n < std::min(added.size(), compared_of_group); ++n)
      compare(added[n], name, sync::SharedBy::postcode, {0, {}, other->key.id, 0, ref, field.name, field.label});
  }
  if (!rows.empty()) after_ = rows.back().stored.record.key.id;
  return rows.size() == portion;
}

Result<bool> DuplicateSearch::look(Ledger& ledger, const std::string& scope, std::size_t portion) {
  if (next_added_ < added_.size()) {
    for (std::size_t work = 0; work < portion && next_added_ < added_.size();)
      work += 1 + look_in_file(next_added_++) / comparisons_of_a_row;
    return true;
  }
  if (added_.empty()) return false;
  HOLDLINE_ASSIGN(const auto reader, ledger.reader());
  const bool children = next_kind_ < kinds_.size();
  HOLDLINE_ASSIGN(const bool more,
                  children ? look_at_children(*reader, scope, portion) : look_at_customers(*reader, scope, portion));
  if (more) return true;
  after_ = Id{};
  if (!children) return false;
  ++next_kind_;
  return true;
}

std::vector<ProbableDuplicate> DuplicateSearch::found() && {
  std::ranges::stable_sort(found_, {},
                           [](const ProbableDuplicate& one) { return std::tuple(one.line, -one.similarity); });
  return std::move(found_);
}

namespace {

std::string who(const sync::Collection& customers, const sync::Record& record) {
  std::string name = sync::full_name(customers, record);
  const std::string city = text_field(customers, record, "city");
  if (!city.empty()) name += (name.empty() ? "" : ", ") + city;
  return name;
}

Result<void> name_all(Ledger& ledger, Rescan& found) {
  constexpr std::size_t rows_of_a_reader = 1'000;  // so that no reader holds the ledger's past for long
  const sync::Collection& customers = *ledger.schema().collection("customer");
  std::unique_ptr<LedgerReader> reader;
  std::size_t read = 0;
  for (const ProbableDuplicate& pair : found.duplicates)
    for (const Id& id : {pair.id, pair.other}) {
      if (found.names.contains(id)) continue;
      if (read++ % rows_of_a_reader == 0) {
        reader.reset();
        HOLDLINE_ASSIGN(reader, ledger.reader());
      }
      HOLDLINE_ASSIGN(const auto row, reader->row({customers.no, id}));
      found.names[id] = row ? who(customers, row->stored.record) : std::string();
    }
  return {};
}

}  // namespace

DuplicatesBeside::DuplicatesBeside(Ledger& ledger, std::string scope, const platform::Clock* clock)
    : ledger_(ledger), scope_(std::move(scope)), search_(ledger.schema()) {
  if (clock != nullptr) thread_ = std::make_unique<platform::TaskThread>(*clock);
}

DuplicatesBeside::~DuplicatesBeside() { stopping_ = true; }

void DuplicatesBeside::add(Created created) {
  if (created.empty()) return;
  const auto added = std::make_shared<const Created>(std::move(created));
  const auto add_them = [this, added] {
    for (const auto& [line, told] : *added)
      if (!stopping_) search_.add(line, told);
  };
  if (!thread_) return add_them();
  thread_->post(add_them);
}

Result<bool> DuplicatesBeside::look(std::size_t portion) {
  constexpr std::chrono::milliseconds longest_turn{4};  // for the ledger's thread, on which pushes wait as well
  if (!thread_) return search_.look(ledger_, scope_, portion);
  if (!std::exchange(asked_, true)) thread_->post([this] { look_at_all(); });
  const platform::MutexLock lock(mutex_);
  if (!ended_) changed_.wait_for(mutex_, longest_turn);
  if (!ended_) return true;
  HOLDLINE_TRY(*ended_);
  return false;
}

void DuplicatesBeside::look_at_all() {
  constexpr std::size_t portion = 2'000;
  Result<void> went;
  while (went && !stopping_) {
    const auto more = search_.look(ledger_, scope_, portion);
    if (!more) went = tl::unexpected<Error>(more.error());
    if (more && !*more) break;
  }
  const platform::MutexLock lock(mutex_);
  ended_ = std::move(went);
  changed_.notify_one();
}

Result<Rescan> rescan(Ledger& ledger, const std::string& scope) {
  DuplicateSearch search(ledger.schema());
  Rescan found;
  HOLDLINE_ASSIGN(found.customers, search.add_all(ledger, scope));
  search.look_among_added();
  found.count = search.count();
  found.duplicates = std::move(search).found();
  HOLDLINE_TRY(name_all(ledger, found));
  return found;
}

}  // namespace holdline::hub
