#include "sync/table/columns.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "sync/schema/columns.hpp"
#include "sync/text/text.hpp"

namespace holdline::sync {

namespace {

constexpr std::array passed_over = {rejected_row_column, rejected_field_column, rejected_reason_column};

bool is_single(const TableColumn& column, const Collection& customer) {
  if (column.collection == nullptr || column.collection->no != customer.no) return false;
  const FieldType type = customer.fields[column.field].type;
  return type != FieldType::set && type != FieldType::list;
}

// Why no file says it; null: one may.
const char* not_of_a_file(const Collection& collection, const Field& field) {
  const auto index = static_cast<FieldIndex>(&field - collection.fields.data());
  if (collection.merged_into == index) return "is set by merging two records, and by nothing else";
  if (is_given_by_desk(field.filled_with)) return "is set by Holdline itself when something is saved";
  if (field.type == FieldType::reference) return "points to another record, which a file cannot name";
  return nullptr;
}

}  // namespace

Result<void> TableColumns::check_file_says(const std::string& heading, const ColumnMatch& match) const {
  const Field& field = match.collection->fields[match.field];
  const char* why = not_of_a_file(*match.collection, field);
  if (why == nullptr) return {};
  return fail(ErrorKind::ask_person, "not-of-a-file",
              "'" + heading + "' would be " + field.label + ", which " + why +
                  ". Nothing was taken: leave it out of the file, or say with --mapping FILE that it means nothing.");
}

Result<TableColumn> TableColumns::column_of(const std::string& heading, const Mapping& mapping) const {
  if (heading.empty() || std::ranges::find(passed_over, heading) != passed_over.end()) return TableColumn{heading};
  const auto told = mapping.columns.find(heading);
  const std::string& name = told == mapping.columns.end() ? heading : told->second;
  if (name.empty()) return TableColumn{heading};
  if (name == record_id_column) return TableColumn{heading, nullptr, 0, false, true};
  auto match = match_column(*schema_, customer(), name);
  // What is only guessed is something else: a practice where somebody is a patient.
  if (match && match->guessed && not_of_a_file(*match->collection, match->collection->fields[match->field]))
    match.reset();
  if (match) HOLDLINE_TRY(check_file_says(heading, *match));
  if (told == mapping.columns.end()) {
    if (!match) return TableColumn{heading, nullptr, 0, true};
    return TableColumn{heading, match->collection, match->field, match->guessed};
  }
  if (!match || match->guessed)
    return fail(ErrorKind::ask_person, "unknown-column", "'" + name + "' is no field of customer, nor phone or email.");
  return TableColumn{heading, match->collection, match->field, false};
}

bool TableColumns::guessed() const { return std::ranges::any_of(columns_, &TableColumn::guessed); }

std::string TableColumns::meaning(const TableColumn& column) const {
  if (column.is_record_id) return std::string(record_id_column);
  if (column.collection == nullptr) return {};
  return column.collection->no == customer().no ? customer().fields[column.field].name : column.collection->name;
}

std::string TableColumns::label_of(std::string_view field) const {
  if (const auto at = customer().field(field)) return customer().fields[*at].label;
  for (const TableColumn& column : columns_)
    if (column.collection != nullptr)
      if (const auto at = column.collection->field(field)) return column.collection->fields[*at].label;
  return {};
}

std::vector<std::pair<std::string, std::string>> TableColumns::described() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const TableColumn& column : columns_) all.emplace_back(column.heading, meaning(column));
  return all;
}

Result<TableColumns> TableColumns::of(const Schema& schema, const std::vector<std::string>& headings,
                                      const Mapping& mapping, bool accept_guesses) {
  TableColumns columns(schema);
  std::set<std::string> fields;
  std::string shown;  // a line for each column
  bool guessed = false;
  for (const std::string& cell : headings) {
    HOLDLINE_ASSIGN(TableColumn column, columns.column_of(tidy_line(cell), mapping));
    const std::string meaning = columns.meaning(column);
    if ((is_single(column, columns.customer()) || column.is_record_id) && !fields.insert(meaning).second)
      return fail(ErrorKind::ask_person, "column-twice", "Two columns of the header line mean '" + meaning + "'.");
    if (meaning == "ref") columns.ref_ = columns.columns_.size();
    if (column.is_record_id) columns.record_id_ = columns.columns_.size();
    guessed = guessed || column.guessed;
    shown += "\n  " + column.heading + ": " + (meaning.empty() ? "left out" : meaning);
    columns.columns_.push_back(std::move(column));
  }
  if (!columns.ref_ && !columns.record_id_)
    return fail(ErrorKind::ask_person, "no-ref",
                "The header line must name a column 'ref', the customer number: rows are known by it. It was read like "
                "this:" +
                    shown + "\nCall the column ref, or say with --mapping FILE what the headings mean.");
  if (guessed && !accept_guesses)
    return fail(ErrorKind::ask_person, "columns-guessed",
                "The header line does not name fields. It would be read like this:" + shown +
                    "\nAccept that with --accept-columns, or say with --mapping FILE what the headings mean.");
  HOLDLINE_TRY(columns.add_constants(mapping));
  return columns;
}

Result<void> TableColumns::add_constants(const Mapping& mapping) {
  for (const auto& [name, text] : mapping.constants) {
    const auto match = match_column(*schema_, customer(), name);
    if (!match || match->guessed || name == "ref")
      return fail(ErrorKind::ask_person, "unknown-column",
                  "The constant '" + name + "' is no field of customer, nor phone or email.");
    HOLDLINE_TRY(check_file_says(name, *match));
    TableColumn column{name, match->collection, match->field, false};
    const auto same = [&](const TableColumn& other) { return meaning(other) == meaning(column); };
    if (is_single(column, customer()) && std::ranges::any_of(columns_, same))
      return fail(ErrorKind::ask_person, "column-twice", "'" + name + "' is a column of the table and a constant.");
    columns_.push_back(std::move(column));
    constants_.push_back(text);
  }
  return {};
}

std::string TableColumns::wrong_count(const std::vector<std::string>& cells) const {
  const auto blank = [](const std::string& cell) { return tidy_text(cell).empty(); };
  const std::size_t named = in_file();
  if (cells.size() >= named && std::all_of(cells.begin() + static_cast<std::ptrdiff_t>(named), cells.end(), blank))
    return {};
  return "The row has another number of columns than the header line: " + std::to_string(cells.size()) + " where " +
         std::to_string(named) + " are named.";
}

}  // namespace holdline::sync
