#include "hub/admin/import_duplicates.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "sync/action/merged.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t most_found = 10'000;
constexpr std::uint64_t most_of_one = 10;
// Of a block or a number that hundreds share, as that of a switchboard, only so many are compared with each: it says
// nothing of who they are.
constexpr std::size_t compared_of_group = 50;

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

const std::vector<std::size_t>* group_of(const std::unordered_map<std::string, std::vector<std::size_t>>& groups,
                                         const std::string& key) {
  const auto found = key.empty() ? groups.end() : groups.find(key);
  return found == groups.end() ? nullptr : &found->second;
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
  const std::string postcode = text_field(customers_, customer, "postcode");
  if (postcode.empty()) return {};
  const std::string word = sync::family_word(normalizer_, customers_, customer);
  return word.empty() ? std::string() : postcode + "\n" + word.substr(0, sync::letters_of_family);
}

void DuplicateSearch::add(std::uint64_t line, const ToldCustomer& told) {
  const sync::Record& customer = told.front();
  const std::size_t index = added_.size();
  added_.push_back({customer.key.id, line, text_field(customers_, customer, "ref"),
                    normalizer_.folded_name(sync::full_name(customers_, customer)), block_of(customer)});
  by_id_.emplace(customer.key.id, index);
  if (!added_.back().block.empty()) by_block_[added_.back().block].push_back(index);
  if (!added_.back().ref.empty()) by_ref_[added_.back().ref].push_back(index);
  for (std::size_t i = 1; i < told.size(); ++i)
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind)
      if (kinds_[kind]->no == told[i].key.collection) by_key_[kind][key_text(*kinds_[kind], told[i])].push_back(index);
}

void DuplicateSearch::compare(std::size_t of, const std::string& name, sync::SharedBy shared, ProbableDuplicate found) {
  found.similarity = sync::NameComparison(added_[of].name).with(name, shared);
  if (found.similarity != 0) tell(of, std::move(found));
}

void DuplicateSearch::tell(std::size_t of, ProbableDuplicate found) {
  Added& one = added_[of];
  const bool known = std::ranges::any_of(
      found_, [&](const ProbableDuplicate& other) { return other.line == one.line && other.other == found.other; });
  if (known || one.told == most_of_one) return;
  ++one.told;
  ++count_;
  found.line = one.line;
  found.ref = one.ref;
  if (found_.size() < most_found) found_.push_back(std::move(found));
}

// With those in the lines before.
void DuplicateSearch::look_in_file(std::size_t of) {
  const auto with = [&](const std::vector<std::size_t>* group, const sync::Field& field, sync::SharedBy shared) {
    if (group == nullptr) return;
    std::size_t compared = 0;
    for (const std::size_t other : *group) {
      if (other >= of || ++compared > compared_of_group) break;
      compare(of, added_[other].name, shared,
              {0, {}, added_[other].id, added_[other].line, added_[other].ref, field.name, field.label});
    }
  };
  with(group_of(by_block_, added_[of].block), customers_.fields[*customers_.field("postcode")],
       sync::SharedBy::postcode);
}

Result<bool> DuplicateSearch::look_at_children(LedgerReader& reader, const std::string& scope, std::size_t portion) {
  const sync::Collection& kind = *kinds_[next_kind_];
  const sync::Field& field = kind.fields[*kind.natural_key];
  HOLDLINE_ASSIGN(const auto rows, reader.rows(kind.no, {&scope, 1}, after_, portion));
  for (const VersionedRecord& row : rows) {
    const auto* group = group_of(by_key_[next_kind_], key_text(kind, row.stored.record));
    const Id* parent = std::get_if<Id>(&row.stored.record.fields[*kind.parent]);
    if (group == nullptr || parent == nullptr || by_id_.contains(*parent)) continue;
    HOLDLINE_ASSIGN(const auto other, reader.row({customers_.no, *parent}));
    if (!other || other->stored.record.deleted || sync::merged_into(customers_, other->stored.record)) continue;
    const sync::Record& record = other->stored.record;
    const std::string name = normalizer_.folded_name(sync::full_name(customers_, record));
    for (const std::size_t of : *group)
      compare(of, name, sync::SharedBy::key,
              {0, {}, *parent, 0, text_field(customers_, record, "ref"), field.name, field.label});
  }
  if (!rows.empty()) after_ = rows.back().stored.record.key.id;
  return rows.size() == portion;
}

Result<bool> DuplicateSearch::look_at_customers(LedgerReader& reader, const std::string& scope, std::size_t portion) {
  const sync::Field& field = customers_.fields[*customers_.field("postcode")];
  const sync::Field& refs = customers_.fields[*customers_.field("ref")];
  HOLDLINE_ASSIGN(const auto rows, reader.rows(customers_.no, {&scope, 1}, after_, portion));
  for (const VersionedRecord& row : rows) {
    const sync::Record& record = row.stored.record;
    if (by_id_.contains(record.key.id) || sync::merged_into(customers_, record)) continue;
    const std::string ref = text_field(customers_, record, "ref");
    if (const auto* same = group_of(by_ref_, ref))  // added at a workstation, or by another way of the same file
      for (const std::size_t of : *same) tell(of, {0, {}, record.key.id, 0, ref, refs.name, refs.label, 100});
    const auto* group = group_of(by_block_, block_of(record));
    if (group == nullptr) continue;
    const std::string name = normalizer_.folded_name(sync::full_name(customers_, record));
    std::size_t compared = 0;
    for (const std::size_t of : *group) {
      if (++compared > compared_of_group) break;
      compare(of, name, sync::SharedBy::postcode, {0, {}, record.key.id, 0, ref, field.name, field.label});
    }
  }
  if (!rows.empty()) after_ = rows.back().stored.record.key.id;
  return rows.size() == portion;
}

Result<bool> DuplicateSearch::look(Ledger& ledger, const std::string& scope, std::size_t portion) {
  if (added_.empty()) return false;
  // First what shares a number or an address, which says most.
  if (next_added_ == 0) {
    for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
      const sync::Field& field = kinds_[kind]->fields[*kinds_[kind]->natural_key];
      for (const auto& [key, group] : by_key_[kind])
        for (std::size_t i = 1; i < group.size(); ++i)
          for (std::size_t j = 0; j < std::min(i, compared_of_group); ++j)
            compare(group[i], added_[group[j]].name, sync::SharedBy::key,
                    {0, {}, added_[group[j]].id, added_[group[j]].line, added_[group[j]].ref, field.name, field.label});
    }
  }
  if (next_added_ < added_.size()) {
    const std::size_t end = std::min(added_.size(), next_added_ + portion);
    while (next_added_ < end) look_in_file(next_added_++);
    return true;
  }
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

}  // namespace holdline::hub
