#include "hub/admin/import.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "platform/text/csv.hpp"
#include "sync/action/validate.hpp"
#include "sync/base/limits.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {

namespace {

constexpr std::size_t rejects_told = 1'000;
constexpr std::size_t ops_per_take = 10'000;

// Where a column of the file goes.
struct Column {
  const sync::Collection* collection = nullptr;
  sync::FieldIndex field = 0;
};

struct Layout {
  const sync::Collection& customer;
  const sync::Collection& phone;
  const sync::Collection& email;
  std::vector<Column> columns;
  std::optional<std::size_t> ref;
};

bool is_numbered(std::string_view name, std::string_view stem) {
  if (!name.starts_with(stem)) return false;
  const auto rest = name.substr(stem.size());
  return rest.size() <= 2 && std::ranges::all_of(rest, [](char c) { return c >= '0' && c <= '9'; });
}

Result<Layout> read_header(const sync::Schema& schema, const std::vector<std::string>& names) {
  Layout layout{*schema.collection("customer"), *schema.collection("phone"), *schema.collection("email"), {}, {}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), name) !=
        names.begin() + static_cast<std::ptrdiff_t>(i))
      return fail(ErrorKind::ask_person, "column-twice", "The header line names '" + name + "' twice.");
    if (is_numbered(name, "phone")) {
      layout.columns.push_back({&layout.phone, *layout.phone.field("e164")});
    } else if (is_numbered(name, "email")) {
      layout.columns.push_back({&layout.email, *layout.email.field("addr")});
    } else if (const auto field = layout.customer.field(name)) {
      layout.columns.push_back({&layout.customer, *field});
      if (name == "ref") layout.ref = i;
    } else {
      return fail(ErrorKind::ask_person, "unknown-column",
                  "The header line names '" + name + "', which is no field of customer, nor phone or email.");
    }
  }
  if (!layout.ref)
    return fail(ErrorKind::ask_person, "no-ref", "The header line must name a column 'ref': rows are known by it.");
  return layout;
}

std::optional<sync::Value> value_of(const sync::Field& field, const std::string& text) {
  switch (field.type) {
    case sync::FieldType::integer: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
      return sync::Value(number);
    }
    case sync::FieldType::boolean:
      if (text != "yes" && text != "no") return std::nullopt;
      return sync::Value(text == "yes");
    case sync::FieldType::time:
      if (const auto time = sync::parse_time(text)) return sync::Value(*time);
      return std::nullopt;
    default:
      return sync::Value(text);
  }
}

sync::FieldChange set(sync::FieldIndex field, sync::Value value) {
  return {field, sync::BaseUnknown{}, std::move(value), {}, {}};
}

// The ops of one row, or why there are none.
class RowReader {
 public:
  RowReader(const Layout& layout, const std::string& scope) : layout_(layout), scope_(scope) {}

  Result<std::vector<sync::Op>> read(const std::vector<std::string>& cells) {
    if (cells.size() != layout_.columns.size())
      return fail(ErrorKind::ask_person, "wrong-columns",
                  "The row has another number of columns than the header line.");
    if (cells[*layout_.ref].empty()) return fail(ErrorKind::ask_person, "required", "The row has no ref.");
    customer_ = sync::natural_id(layout_.customer.no, sync::Id{}, scope_ + "\n" + cells[*layout_.ref]);
    std::vector<sync::Op> ops(1, sync::Op{sync::OpKind::create, {layout_.customer.no, customer_}, scope_, 0, {}, {}});
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (!cells[i].empty()) HOLDLINE_TRY(add(layout_.columns[i], cells[i], ops));
    std::ranges::sort(ops.front().changes, {}, &sync::FieldChange::field);
    return ops;
  }

 private:
  Result<void> add(const Column& column, const std::string& cell, std::vector<sync::Op>& ops) const {
    const sync::Field& field = column.collection->fields[column.field];
    if (column.collection == &layout_.customer) {
      if (field.type == sync::FieldType::set || field.type == sync::FieldType::list) {
        ops.front().changes.push_back({column.field, sync::BaseUnknown{}, {}, {cell}, {}});
        return {};
      }
      auto value = value_of(field, cell);
      if (!value) return fail(ErrorKind::ask_person, "wrong-type", "Column '" + field.name + "' cannot be read.");
      ops.front().changes.push_back(set(column.field, std::move(*value)));
      return {};
    }
    const sync::Id id = sync::natural_id(column.collection->no, customer_, cell);
    sync::Op child{sync::OpKind::create, {column.collection->no, id}, scope_, 0, {}, {}};
    child.changes = {set(*column.collection->parent, customer_), set(column.field, cell)};
    std::ranges::sort(child.changes, {}, &sync::FieldChange::field);
    ops.push_back(std::move(child));
    return {};
  }

  const Layout& layout_;
  const std::string& scope_;
  sync::Id customer_;
};

void reject(ImportReport& report, std::uint64_t line, std::string field, std::string code, std::string message) {
  ++report.rejected_count;
  if (report.rejected.size() < rejects_told)
    report.rejected.push_back({line, std::move(field), std::move(code), std::move(message)});
}

}  // namespace

Result<ImportReport> import_customers(const sync::Schema& schema, Intake& intake, std::string_view csv,
                                      const std::string& scope, bool dry_run, std::int64_t now_ms) {
  platform::CsvReader reader(csv);
  const auto header = reader.next();
  if (!header || !header->wrong.empty())
    return fail(ErrorKind::ask_person, "no-header", "The file has no readable header line.");
  HOLDLINE_ASSIGN(const Layout layout, read_header(schema, header->fields));
  ImportReport report;
  RowReader rows(layout, scope);
  std::vector<sync::Op> taken;
  const auto take = [&]() -> Result<void> {
    if (!dry_run && !taken.empty()) {
      if (auto at = intake.take_own(taken, now_ms); !at) return fail(std::move(at));
    }
    taken.clear();
    return {};
  };
  while (const auto row = reader.next()) {
    ++report.rows;
    if (!row->wrong.empty()) {
      reject(report, row->line, "", "malformed", row->wrong);
      continue;
    }
    auto ops = rows.read(row->fields);
    if (!ops) {
      reject(report, row->line, "", ops.error().code, ops.error().message);
      continue;
    }
    std::vector<sync::Finding> findings;
    for (const sync::Op& op : *ops) std::ranges::move(sync::validate(schema, op), std::back_inserter(findings));
    if (!findings.empty()) {
      reject(report, row->line, findings.front().field, findings.front().code, findings.front().message);
      continue;
    }
    ++report.accepted;
    std::ranges::move(*ops, std::back_inserter(taken));
    if (taken.size() >= ops_per_take) HOLDLINE_TRY(take());
  }
  HOLDLINE_TRY(take());
  return report;
}

}  // namespace holdline::hub
