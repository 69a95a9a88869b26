#include "sync/schema/read_forms.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "sync/base/syntax.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::sync {

namespace {

using toml_text::Attributes;
using toml_text::label_limit;
using toml_text::Names;
using toml_text::option_limit;
using toml_text::rule_text_limit;

constexpr std::size_t stop_text_limit = 600;
constexpr std::uint32_t keep_days_limit = 36'525, due_days_limit = 3'660, due_months_limit = 120;
constexpr std::int64_t day_ms = 86'400'000;

// The grounds of Article 6(1) GDPR, in its order.
constexpr std::array<Names<std::string_view>, 6> bases{{{"consent", "consent"},
                                                        {"contract", "contract"},
                                                        {"legal_obligation", "legal obligation"},
                                                        {"vital_interests", "vital interests"},
                                                        {"public_task", "public task"},
                                                        {"legitimate_interests", "legitimate interests"}}};
constexpr std::array<Names<std::string_view>, 5> beginnings{{{"created", "created"},
                                                             {"last_contact", "last_contact"},
                                                             {"closed", "closed"},
                                                             {"withdrawn", "withdrawn"},
                                                             {"ended", "ended"}}};
constexpr std::array<Names<bool>, 2> endings{{{"delete", false}, {"anonymise", true}}};

// "08:00" in minutes, "24:00" being the end of the day.
std::optional<std::int32_t> minute_of_day(std::string_view text) {
  std::int32_t hour = 0, minute = 0;
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto first = std::from_chars(text.data(), text.data() + 2, hour);
  const auto second = std::from_chars(text.data() + 3, text.data() + 5, minute);
  if (first.ptr != text.data() + 2 || second.ptr != text.data() + 5 || minute > 59) return std::nullopt;
  const std::int32_t of_day = hour * 60 + minute;
  return of_day <= 24 * 60 ? std::optional(of_day) : std::nullopt;
}

void read_day(Attributes& at, std::string_view name, std::size_t first, std::size_t last, CallingHours& hours) {
  std::vector<std::string> told;
  at.texts(name, told);
  if (!at.has(name)) return;
  const auto from = told.size() == 2 ? minute_of_day(told[0]) : std::nullopt;
  const auto until = told.size() == 2 ? minute_of_day(told[1]) : std::nullopt;
  if (!from || !until || *from >= *until) return at.complain(name, "must be two times like [\"08:00\", \"21:00\"]");
  for (std::size_t day = first; day <= last; ++day) hours.on[day] = {*from, *until};
}

}  // namespace

void read_basis(Attributes& at, Collection& collection) {
  std::string_view basis, after;
  at.choice("basis", bases, basis);
  at.integer("keep_days", collection.retention.days, 1, keep_days_limit);
  at.choice("keep_after", beginnings, after);
  at.choice("when_over", endings, collection.retention.anonymise);
  collection.basis = basis;
  collection.retention.after = after;
  if (at.has("purpose") != at.has("basis"))
    at.complain(at.has("purpose") ? "purpose" : "basis", "goes with the other of purpose and basis");
  if (at.has("keep_days") != at.has("keep_after"))
    at.complain(at.has("keep_days") ? "keep_days" : "keep_after", "goes with the other of keep_days and keep_after");
}

DueDraft read_due(const toml::table& table, std::string field, std::string key, Line line, SchemaErrors& errors) {
  DueDraft draft;
  draft.field = std::move(field);
  draft.key = key;
  draft.line = line;
  Attributes at(table, std::move(key), errors);
  at.required("after", line);
  if (at.has("days") == at.has("months")) errors.add(line, draft.key, "states one of days and months");
  at.text("after", draft.after, option_limit);
  at.integer("days", draft.due.days, 1, due_days_limit);
  at.integer("months", draft.due.months, 1, due_months_limit);
  at.text("by", draft.by, option_limit);
  at.table_of_integers("days_of", draft.due.days_of, 1, due_days_limit);
  at.finish();
  return draft;
}

RuleDraft read_rule(const toml::table& table, std::string name, std::string key, Line line, SchemaErrors& errors) {
  static constexpr std::array<Names<Rule::Kind>, 3> kinds{
      {{"any_of", Rule::Kind::any_of}, {"ascending", Rule::Kind::ascending}, {"after_event", Rule::Kind::after_event}}};
  RuleDraft draft;
  draft.key = key;
  draft.line = line;
  draft.rule.name = std::move(name);
  Attributes at(table, std::move(key), errors);
  at.required("text", line);
  at.text("text", draft.rule.text, rule_text_limit);
  std::size_t stated = 0;
  for (const auto& [kind_name, kind] : kinds) {
    if (at.has(kind_name)) ++stated, draft.rule.kind = kind;
    at.texts(kind_name, draft.fields);
  }
  if (at.has("refused_when")) {
    ++stated;
    draft.rule.kind = Rule::Kind::refused;
    at.table_of_texts("refused_when", draft.when);
    for (const auto& [field, is] : draft.when) draft.fields.push_back(field);
  }
  at.table_of_texts("when", draft.when);
  if (stated != 1) errors.add(line, draft.key, "states one of any_of, ascending, after_event and refused_when");
  at.finish();
  return draft;
}

FormDraft read_form(const toml::table& table, std::string name, std::string key, Line line, SchemaErrors& errors) {
  FormDraft draft;
  draft.key = key;
  draft.line = line;
  FormTemplate& form = draft.form;
  form.name = std::move(name);
  Attributes at(table, key, errors);
  for (const char* needed : {"label", "collection", "version", "fields"}) at.required(needed, line);
  at.text("label", form.label, label_limit);
  at.text("collection", draft.collection, option_limit);
  at.integer("version", form.version, 1, std::numeric_limits<std::int32_t>::max());
  at.text("approved_by", form.approved_by, label_limit);
  at.text("approved_on", form.approved_on, option_limit);
  if (!form.approved_on.empty() && !parse_time(form.approved_on + "T00:00:00Z"))
    at.complain("approved_on", "must be a day like 2026-11-28");
  at.texts("fields", draft.fields);
  at.texts("required", draft.required);
  at.table_of_text("sets", draft.sets);
  for (auto& [stop_name, stop] : at.tables("stop")) {
    FormTemplate::Stop& made = form.stops.emplace_back();
    made.name = stop_name;
    Attributes of(*stop, key + ".stop." + stop_name, errors);
    of.required("text", at.lines()["stop." + stop_name]);
    of.text("text", made.text, stop_text_limit);
    of.text("call", made.call, label_limit);
    ConditionDraft when;
    of.table_of_texts("when", when);
    of.finish();
    draft.whens.emplace_back(form.stops.size() - 1, std::move(when));
  }
  at.finish();
  return draft;
}

CallingHours read_calling_hours(const toml::table& table, std::string name, std::string key, Line line,
                                SchemaErrors& errors) {
  CallingHours hours;
  hours.name = std::move(name);
  Attributes at(table, std::move(key), errors);
  for (const char* needed : {"from", "source"}) at.required(needed, line);
  at.texts("countries", hours.countries);
  std::string from;
  at.text("from", from, option_limit);
  if (const auto day = parse_time(from + "T00:00:00Z"))
    hours.from_day = static_cast<std::int32_t>(*day / day_ms);
  else
    at.complain("from", "must be a day like 2026-11-28");
  constexpr std::size_t friday = 4, saturday = 5, sunday = 6;
  read_day(at, "monday_to_friday", 0, friday, hours);
  read_day(at, "saturday", saturday, saturday, hours);
  read_day(at, "sunday", sunday, sunday, hours);
  at.text("source", hours.source, rule_text_limit);
  at.finish();
  return hours;
}

}  // namespace holdline::sync
