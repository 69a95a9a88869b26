#include "hub/import/rows.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "sync/base/bytes.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/form/numbers.hpp"
#include "sync/form/words.hpp"
#include "sync/merge/merge.hpp"
#include "sync/text/text.hpp"

namespace holdline::hub {

using sync::Record;

namespace {

std::optional<sync::Value> value_of(const sync::Field& field, const std::string& text) {
  switch (field.type) {
    case sync::FieldType::integer: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
      return sync::Value(number);
    }
    case sync::FieldType::boolean:
      if (const auto says = sync::yes_or_no(text)) return sync::Value(*says);
      return std::nullopt;
    case sync::FieldType::time:
      if (const auto time = sync::parse_time(text)) return sync::Value(*time);
      return std::nullopt;
    default:
      return sync::Value(text);
  }
}

std::string_view expected_text(const sync::Field& field) {
  switch (field.type) {
    case sync::FieldType::integer:
      return "a whole number";
    case sync::FieldType::boolean:
      return "yes or no";
    default:
      return "a time like 2026-03-01T09:30:00Z";
  }
}

std::vector<std::string> element_texts(const sync::Value& value) {
  std::vector<std::string> texts;
  if (const auto* elements = std::get_if<sync::Elements>(&value))
    for (const sync::Element& element : *elements) texts.push_back(element.text);
  return texts;
}

// What the source says for the first time of a record that may be here already: made from nothing it knows of.
sync::Op first_op(const Record& record) {
  sync::Op op{sync::OpKind::create, record.key, record.scope, 0, {}, {}};
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const auto field = static_cast<sync::FieldIndex>(i);
    if (sync::is_null(record.fields[i])) continue;
    if (auto texts = element_texts(record.fields[i]); !texts.empty())
      op.changes.push_back({field, sync::BaseUnknown{}, {}, std::move(texts), {}});
    else
      op.changes.push_back({field, sync::BaseUnknown{}, record.fields[i], {}, {}});
  }
  return op;
}

// What a first op says, as a record.
Record record_of(const sync::Collection& collection, const sync::Op& op) {
  Record record;
  record.key = op.record;
  record.scope = op.scope;
  record.fields.resize(collection.fields.size());
  for (const sync::FieldChange& change : op.changes) {
    sync::Elements elements;
    for (const std::string& text : change.adds) elements.push_back({{}, text, false});
    record.fields[change.field] = elements.empty() ? change.value : sync::Value(std::move(elements));
  }
  return record;
}

template <class Told>
auto find(Told& told, const sync::RecordKey& key) {
  const auto found = std::ranges::find(told, key, &Record::key);
  return found == told.end() ? nullptr : &*found;
}

// A number that two columns have is one record; what only the later one says of it is not lost.
void add_to(ToldCustomer& told, Record record) {
  Record* same = find(told, record.key);
  if (same == nullptr) return told.push_back(std::move(record));
  for (std::size_t i = 0; i < record.fields.size(); ++i)
    if (sync::is_null(same->fields[i])) same->fields[i] = std::move(record.fields[i]);
}

}  // namespace

sync::Id root_of(const sync::Collection& customers, const std::string& scope, const std::string& ref) {
  return sync::natural_id(customers.no, sync::Id{}, scope + "\n" + ref);
}

void say_of(const sync::Schema& schema, const sync::Id& customer, ToldCustomer& told) {
  told.front().key.id = customer;
  for (std::size_t i = 1; i < told.size(); ++i) {
    const sync::Collection& kind = *schema.collection(told[i].key.collection);
    told[i].fields[*kind.parent] = customer;
    if (const auto* key = std::get_if<std::string>(&told[i].fields[*kind.natural_key]))
      told[i].key.id = sync::child_id(kind, customer, *key);
  }
  std::sort(told.begin() + 1, told.end(), [](const Record& a, const Record& b) { return a.key < b.key; });
}

sync::Bytes encode_told(const sync::Schema& schema, const ToldCustomer& told) {
  sync::Bytes bytes;
  sync::ByteWriter out(bytes);
  for (const Record& record : told) {
    const sync::Bytes body = sync::encode_body(*schema.collection(record.key.collection), record);
    out.varint(record.key.collection);
    out.raw(record.key.id.view());
    out.blob(body);
  }
  return bytes;
}

Result<ToldCustomer> decode_told(const sync::Schema& schema, std::string_view bytes) {
  ToldCustomer told;
  sync::ByteReader in(bytes);
  while (in.ok() && !in.done()) {
    Record record;
    record.key.collection = static_cast<sync::CollectionNo>(in.varint());
    record.key.id = sync::Id::from(in.raw(sizeof(sync::Id)));
    const std::string_view body = in.blob();
    const sync::Collection* collection = schema.collection(record.key.collection);
    if (!in.ok() || collection == nullptr)
      return fail(ErrorKind::stop, "malformed-told", "What an import said before cannot be read.");
    record.fields.resize(collection->fields.size());
    HOLDLINE_TRY(sync::decode_body(*collection, body, record));
    told.push_back(std::move(record));
  }
  return told;
}

ImportColumns::ImportColumns(const sync::Schema& schema, sync::TableColumns columns,
                             std::map<std::string, sync::Value> once)
    : schema_(&schema), customer_(schema.collection("customer")), columns_(std::move(columns)) {
  const auto said = [&](sync::FieldIndex field) {
    return std::ranges::any_of(columns_.columns(), [&](const sync::TableColumn& column) {
      return column.collection == customer_ && column.field == field;
    });
  };
  for (auto& [name, value] : once)
    if (const auto field = customer_->field(name); field && !said(*field)) once_.emplace_back(*field, std::move(value));
}

bool ImportColumns::has(sync::CollectionNo collection) const {
  return std::ranges::any_of(columns_.columns(), [&](const sync::TableColumn& column) {
    return column.collection != nullptr && column.collection->no == collection;
  });
}

Result<ImportColumns::Row> ImportColumns::read(const std::vector<std::string>& cells, const std::string& scope,
                                               const sync::Site& site, std::int64_t now_ms) const {
  if (auto wrong = columns_.wrong_count(cells); !wrong.empty())
    return fail(ErrorKind::ask_person, "wrong-columns", std::move(wrong));
  const auto cell_of = [&](std::optional<std::size_t> at) { return at ? sync::tidy_line(cells[*at]) : std::string(); };
  const std::string ref = cell_of(columns_.ref()), named = cell_of(columns_.record_id());
  const auto record = sync::Id::parse(named);
  if (!named.empty() && !record)
    return fail(ErrorKind::ask_person, "not-an-id", "The record_id is not one that an export wrote.");
  if (!record && ref.empty()) return fail(ErrorKind::ask_person, "required", "The row has no ref.");
  Row row;
  row.by_id = record.has_value();
  const sync::Id id = record ? *record : root_of(customer(), scope, sync::fold_key(ref));
  std::vector<sync::Op> ops(1, sync::Op{sync::OpKind::create, {customer().no, id}, scope, 0, {}, {}});
  const auto& columns = columns_.columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool of_file = i < columns_.in_file();
    const std::string& cell = of_file ? cells[i] : columns_.constants()[i - columns_.in_file()];
    if (columns[i].collection != nullptr && !sync::tidy_text(cell).empty()) put(columns[i], cell, ops, row.findings);
  }
  std::map<sync::CollectionNo, std::size_t> places;
  sync::Site beside;
  for (std::size_t n = 0; n < ops.size(); ++n) {
    const sync::Collection& collection = *schema_->collection(ops[n].record.collection);
    const std::size_t before = row.findings.size();
    put_right(ops[n], n == 0 ? site : beside, now_ms, row.findings);
    if (n == 0) beside = sync::site_beside(site, collection, ops[n].changes);
    if (n != 0) {
      sync::refuse_two_extensions(collection, std::span(ops).first(n + 1), row.findings);
      sync::name_place(collection, ++places[collection.no], std::span(row.findings).subspan(before));
    }
    add_to(row.told, record_of(collection, ops[n]));
  }
  std::sort(row.told.begin() + 1, row.told.end(), [](const Record& a, const Record& b) { return a.key < b.key; });
  return row;
}

void ImportColumns::put(const sync::TableColumn& column, const std::string& cell, std::vector<sync::Op>& ops,
                        std::vector<sync::Finding>& findings) const {
  const sync::Field& field = column.collection->fields[column.field];
  const auto change = [](sync::FieldIndex at, sync::Value value) {
    return sync::FieldChange{at, sync::BaseUnknown{}, std::move(value), {}, {}};
  };
  if (column.collection->no != customer().no) {
    sync::Op& child =
        ops.emplace_back(sync::Op{sync::OpKind::create, {column.collection->no, {}}, ops.front().scope, 0, {}, {}});
    child.changes = {change(*column.collection->parent, ops.front().record.id), change(column.field, cell)};
    return;
  }
  if (field.type == sync::FieldType::set || field.type == sync::FieldType::list) {
    auto& changes = ops.front().changes;
    auto all = std::ranges::find(changes, column.field, &sync::FieldChange::field);
    if (all == changes.end()) all = changes.insert(all, {column.field, sync::BaseUnknown{}, {}, {}, {}});
    if (std::string text = sync::tidy_text(cell); std::ranges::count(all->adds, text) == 0)
      all->adds.push_back(std::move(text));
    return;
  }
  auto value = value_of(field, field.type == sync::FieldType::text ? cell : sync::tidy_line(cell));
  if (!value)
    return findings.push_back(
        {field.name, "wrong-type",
         "Column '" + column.heading + "' cannot be read: " + std::string(expected_text(field)) + " is expected."});
  ops.front().changes.push_back(change(column.field, *std::move(value)));
}

void ImportColumns::put_right(sync::Op& op, const sync::Site& site, std::int64_t now_ms,
                              std::vector<sync::Finding>& findings) const {
  const sync::Collection& collection = *schema_->collection(op.record.collection);
  std::ranges::sort(op.changes, {}, &sync::FieldChange::field);
  std::ranges::move(sync::put_right(collection, site, nullptr, op.changes), std::back_inserter(findings));
  std::ranges::move(sync::look_over(collection, op.changes, nullptr, now_ms, now_ms), std::back_inserter(findings));
  if (!collection.parent || !collection.natural_key) return;
  const auto change_of = [&](sync::FieldIndex field) {
    return std::ranges::find(op.changes, field, &sync::FieldChange::field);
  };
  const auto key = change_of(*collection.natural_key), parent = change_of(*collection.parent);
  const auto* text = key == op.changes.end() ? nullptr : std::get_if<std::string>(&key->value);
  if (text != nullptr) op.record.id = sync::child_id(collection, std::get<sync::Id>(parent->value), *text);
}

void ImportColumns::keep_unsaid(const Record& before, Record& now) const {
  std::vector<bool> said(now.fields.size());
  for (const sync::TableColumn& column : columns_.columns())
    if (column.collection != nullptr && column.collection->no == now.key.collection) said[column.field] = true;
  for (std::size_t i = 0; i < said.size(); ++i)
    if (!said[i]) now.fields[i] = before.fields[i];
}

// A merge group is told whole.
std::vector<sync::FieldChange> ImportColumns::changed_fields(const Record& before, const Record& now) const {
  const sync::Collection& collection = *schema_->collection(now.key.collection);
  std::vector<sync::FieldChange> changes;
  for (const sync::MergeUnit& unit : collection.units) {
    if (std::ranges::count(unit.fields, collection.natural_key) != 0) continue;  // what it is known by
    const bool same = std::ranges::all_of(
        unit.fields, [&](sync::FieldIndex field) { return before.fields[field] == now.fields[field]; });
    if (same) continue;
    for (const sync::FieldIndex field : unit.fields) {
      const sync::FieldType type = collection.fields[field].type;
      if (type != sync::FieldType::set && type != sync::FieldType::list) {
        changes.push_back({field, sync::make_base(before.fields[field]), now.fields[field], {}, {}});
        continue;
      }
      // What people see in a set may be theirs as well: what the source no longer names stays.
      auto added = element_texts(now.fields[field]);
      const auto known = element_texts(before.fields[field]);
      std::erase_if(added, [&](const std::string& text) { return std::ranges::count(known, text) != 0; });
      if (!added.empty()) changes.push_back({field, sync::BaseUnknown{}, {}, std::move(added), {}});
    }
  }
  std::ranges::sort(changes, {}, &sync::FieldChange::field);
  return changes;
}

std::vector<sync::Op> ImportColumns::changes(const ToldCustomer& before, ToldCustomer& now) const {
  std::vector<sync::Op> ops;
  if (before.empty()) {
    std::ranges::transform(now, std::back_inserter(ops), first_op);
    return ops;
  }
  keep_unsaid(before.front(), now.front());
  if (auto changes = changed_fields(before.front(), now.front()); !changes.empty())
    ops.push_back({sync::OpKind::edit, now.front().key, now.front().scope, 0, std::move(changes), {}});
  for (std::size_t i = 1; i < now.size(); ++i) {
    const Record* said = find(before, now[i].key);
    if (said == nullptr)
      ops.push_back(first_op(now[i]));
    else if (auto changes = changed_fields(*said, now[i]); !changes.empty())
      ops.push_back({sync::OpKind::edit, now[i].key, now.front().scope, 0, std::move(changes), {}});
  }
  for (std::size_t i = 1; i < before.size(); ++i) {
    const Record& child = before[i];
    if (find(now, child.key) != nullptr) continue;
    if (!has(child.key.collection)) {
      now.push_back(child);
      continue;
    }
    // Whoever has added to it here since is asked.
    ops.push_back({sync::OpKind::erase_row,
                   child.key,
                   now.front().scope,
                   0,
                   {},
                   sync::seen_digest(*schema_->collection(child.key.collection), child, {})});
  }
  std::sort(now.begin() + 1, now.end(), [](const Record& a, const Record& b) { return a.key < b.key; });
  return ops;
}

void ImportColumns::add_once(std::vector<sync::Op>& ops) const {
  for (const auto& [field, value] : once_) ops.front().changes.push_back({field, sync::BaseUnknown{}, value, {}, {}});
  std::ranges::sort(ops.front().changes, {}, &sync::FieldChange::field);
}

void ImportColumns::keep_spelling(const Record& standing, ToldCustomer& told) const {
  const auto field = *customer().field("ref");
  sync::Value& now = told.front().fields[field];
  const auto* has = std::get_if<std::string>(&standing.fields[field]);
  const auto* says = std::get_if<std::string>(&now);
  if (has && says && *has != *says && sync::fold_key(*has) == sync::fold_key(*says)) now = *has;
}

std::string ImportColumns::ref_of(const ToldCustomer& told) const {
  const auto* ref = std::get_if<std::string>(&told.front().fields[*customer().field("ref")]);
  return ref == nullptr ? std::string() : *ref;
}

}  // namespace holdline::hub
