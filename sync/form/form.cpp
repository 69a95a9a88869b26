#include "sync/form/form.hpp"

#include <algorithm>

#include "sync/action/groups.hpp"
#include "sync/base/syntax.hpp"
#include "sync/form/words.hpp"
#include "sync/text/country.hpp"
#include "sync/text/phone.hpp"
#include "sync/text/postcode.hpp"
#include "sync/text/text.hpp"

namespace holdline::sync {

namespace {

Finding about(const Field& field, std::string code, const std::string& message, Weight weight = Weight::refused) {
  return {field.name, std::move(code), field.label + " " + message, weight};
}

// Why a text is no number, in words that say what to do.
std::string complaint(PhoneReading reading) {
  switch (reading) {
    case PhoneReading::no_country:
      return "needs its country code, like +44 20 7946 0018: it is not known which country this site is in "
             "(site.region of the hub).";
    case PhoneReading::no_area:
      return "seems to lack its area code: ask for the whole number.";
    case PhoneReading::internal:
      return "is too short to be dialled from outside: ask for the number in front of the extension.";
    case PhoneReading::too_short:
      return "has too few digits for a telephone number: read it back to the caller.";
    case PhoneReading::too_long:
      return "has too many digits for one telephone number: read it back to the caller, and give one number at a time.";
    case PhoneReading::spreadsheet:
      return "was turned into an amount by a spreadsheet, and its last digits are lost: format the column as text and "
             "export it again.";
    case PhoneReading::number:
    case PhoneReading::not_a_number:
      break;
  }
  return "is not a telephone number: where there is none, leave it empty.";
}

class Tidy {
 public:
  Tidy(const Collection& collection, const Site& site, const Record* shown, std::vector<FieldChange>& changes)
      : collection_(collection), site_(site), shown_(shown), changes_(changes) {
    for (const FieldChange& change : changes) typed_ |= FieldMask{1} << change.field;
  }

  std::vector<Finding> run() {
    // Companions are put in as it goes; they come from what is typed and need no second look.
    for (std::size_t i = 0; i < collection_.fields.size(); ++i)
      if (is_typed(static_cast<FieldIndex>(i))) one(static_cast<FieldIndex>(i));
    for (std::size_t i = 0; i < collection_.fields.size(); ++i)
      if (is_typed(static_cast<FieldIndex>(i)))
        if (const auto country = country_beside(collection_, static_cast<FieldIndex>(i)))
          postcode(static_cast<FieldIndex>(i), *country);
    // A new record has no fields without a value.
    if (!shown_)
      std::erase_if(changes_, [](const FieldChange& change) {
        return is_null(change.value) && change.adds.empty() && change.removes.empty();
      });
    return std::move(findings_);
  }

 private:
  bool is_typed(FieldIndex field) const { return (typed_ >> field & 1) != 0; }
  FieldChange* change_of(FieldIndex field) {
    const auto at = std::ranges::lower_bound(changes_, field, {}, &FieldChange::field);
    return at == changes_.end() || at->field != field ? nullptr : &*at;
  }

  void one(FieldIndex index) {
    const Field& field = collection_.fields[index];
    FieldChange& change = *change_of(index);
    for (std::string& text : change.adds) text = tidy_text(text);
    const auto* typed = std::get_if<std::string>(&change.value);
    if (field.type == FieldType::phone && is_null(change.value)) return spelled(index, "", {});
    if (!typed || (base_matches(change.base, change.value) && shown_)) return;  // what stands may stay as it is
    std::string text = right_text(field, *typed);
    if (field.type == FieldType::phone && !text.empty()) return phone(index, text);
    if (text.empty())
      change.value = Null{};
    else
      change.value = std::move(text);
  }

  // As the people of its country write it; of an address without a country, as those of the site's do, if it is one. If
  // it is none that is told: nobody has to know the country.
  void postcode(FieldIndex index, FieldIndex country) {
    FieldChange* change = change_of(index);
    const auto* typed = change ? std::get_if<std::string>(&change->value) : nullptr;
    if (!typed || (base_matches(change->base, change->value) && shown_)) return;
    const FieldChange* beside = change_of(country);
    const Value* stands = beside ? &beside->value : shown_ ? &shown_->fields[country] : nullptr;
    const auto* code = stands ? std::get_if<std::string>(stands) : nullptr;
    Postcode read = read_postcode(code ? *code : site_.region, *typed);
    if (read.reading == PostcodeReading::of_country) change->value = std::move(read.text);
    if (read.reading == PostcodeReading::not_of_it && !code)
      findings_.push_back({collection_.fields[index].name, "postcode-of-elsewhere",
                           collection_.fields[index].label + " is none of " + postcode_example(site_.region) +
                               ": read it back, or give the country.",
                           Weight::told});
  }

  std::string right_text(const Field& field, const std::string& typed) {
    if (field.type == FieldType::phone) return tidy_number(typed);
    if (field.type == FieldType::email) return tidy_email(typed).value_or(tidy_line(typed));
    if (field.type == FieldType::picklist) return option_of(field, typed).value_or(tidy_line(typed));
    if (field.type != FieldType::text) return tidy_line(typed);
    if (field.format == TextFormat::country) return looked_up(field, tidy_line(typed), country_code);
    if (field.format == TextFormat::time_zone) return looked_up(field, tidy_line(typed), site_.time_zone);
    return field.search == SearchKind::none ? tidy_text(typed) : tidy_line(typed);
  }

  std::string looked_up(const Field& field, std::string name,
                        const std::function<std::optional<std::string>(std::string_view)>& right_name) {
    if (name.empty() || !right_name) return name;
    if (auto right = right_name(name)) return *std::move(right);
    if (field.format == TextFormat::country) {
      findings_.push_back(about(field, "no-such-country", "is no country: give its name or its code, like GB."));
      return {};
    }
    findings_.push_back(
        about(field, "no-such-time-zone", "is no time zone: give a name like Europe/London or America/New_York."));
    return {};
  }

  // By the country of whoever it is about, unless it is a number in use of the site and none in use there.
  PhoneNumber number_of(const std::string& typed) const {
    PhoneNumber of_site = read_phone(typed, site_.region);
    if (site_.country.empty() || site_.country == site_.region) return of_site;
    PhoneNumber own = read_phone(typed, site_.country);
    const bool takes_own = own.reading == PhoneReading::number && (own.in_use || !of_site.in_use);
    return takes_own ? own : of_site;
  }

  void phone(FieldIndex index, const std::string& typed) {
    const Field& field = collection_.fields[index];
    const PhoneNumber number = number_of(typed);
    FieldChange& change = *change_of(index);
    if (number.reading == PhoneReading::internal && field.extension && !field.required) {
      change.value = Null{};
      findings_.push_back(
          about(field, "inside-only", "can be dialled from inside only; kept as the extension.", Weight::told));
      return spelled(index, "", number.extension);
    }
    if (number.reading != PhoneReading::number) {
      change.value = typed;  // for whoever validates it; it is not saved
      return findings_.push_back(holds_card_number(typed)
                                     ? about(field, "card-number",
                                             "is no telephone number and seems to be that of a payment card; card "
                                             "numbers are never stored.")
                                     : about(field, "not-a-phone", complaint(number.reading)));
    }
    if (!number.extension.empty() && !field.extension)
      findings_.push_back(
          about(field, "extension-left-out", "has an extension, for which there is no place here.", Weight::asked));
    if (!number.in_use)
      findings_.push_back(about(field, "number-not-in-use",
                                "is not one of those that are known to be given out: read it back to the caller.",
                                Weight::told));
    change.value = number.e164;
    spelled(index, typed, number.extension);
  }

  // Spelling and extension go where the schema says. What somebody gave for them themselves stays, but for a spelling
  // beside a number that was spelled otherwise.
  void spelled(FieldIndex phone, const std::string& typed, const std::string& extension) {
    const Field& field = collection_.fields[phone];
    const auto* e164 = std::get_if<std::string>(&change_of(phone)->value);
    // Also as an export writes it (sync/table/export.cpp): it says nothing of how anybody spelled it.
    const bool plain = e164 && (typed == *e164 || (!extension.empty() && typed == *e164 + " ext. " + extension));
    if (field.as_typed && !(plain && is_typed(*field.as_typed)))
      put(phone, *field.as_typed, plain ? std::string() : typed);
    if (field.extension && !(is_typed(*field.extension) && extension.empty())) put(phone, *field.extension, extension);
  }

  void put(FieldIndex beside, FieldIndex field, std::string text) {
    Value value = text.empty() ? Value(Null{}) : Value(std::move(text));
    if (FieldChange* there = change_of(field)) return void(there->value = std::move(value));
    if (is_null(value) && !shown_) return;
    Base base = shown_ ? make_base(shown_->fields[field]) : change_of(beside)->base;
    const auto at = std::ranges::lower_bound(changes_, field, {}, &FieldChange::field);
    changes_.insert(at, {field, std::move(base), std::move(value), {}, {}});
  }

  const Collection& collection_;
  const Site& site_;
  const Record* shown_;
  std::vector<FieldChange>& changes_;
  FieldMask typed_ = 0;
  std::vector<Finding> findings_;
};

// Digits and what people put between them, as many as a number has.
bool looks_like_phone(std::string_view text) {
  constexpr std::ptrdiff_t least = 7;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::ranges::count_if(text, is_digit) >= least && std::ranges::all_of(text, [&](char c) {
           return is_digit(c) || std::string_view(" +-()./").find(c) != std::string_view::npos;
         });
}

void look_at_text(const Field& field, const std::string& text, std::vector<Finding>& findings) {
  if (field.search == SearchKind::reference && is_spreadsheet_amount(text))
    findings.push_back(about(field, "shortened-number",
                             "was turned into an amount by a spreadsheet, and its last digits are lost: format the "
                             "column as text and export it again, or say that it is meant so.",
                             Weight::asked));
  if (field.search != SearchKind::name) return;
  if (looks_like_phone(text))
    findings.push_back(about(field, "looks-like-phone",
                             "looks like a telephone number: move it there, or say that it is meant so.",
                             Weight::asked));
  else if (is_email(text))
    findings.push_back(about(field, "looks-like-email",
                             "looks like an e-mail address: move it there, or say that it is meant so.",
                             Weight::asked));
}

constexpr std::int64_t day_ms = 86'400'000, farthest_promise_ms = 366 * day_ms, longest_window_ms = 14 * day_ms;

// Whether the times of a promise, first the last one (Rule::fields), are further apart than anybody waits.
bool lasts_long(const Collection& collection, const Rule& promise, std::span<const FieldChange> changes) {
  const auto typed = [&](FieldIndex field) -> const std::int64_t* {
    const auto at = std::ranges::find(changes, field, &FieldChange::field);
    return at == changes.end() ? nullptr : std::get_if<std::int64_t>(&at->value);
  };
  return std::ranges::any_of(collection.rules, [&](const Rule& rule) {
    if (rule.kind != Rule::Kind::ascending || rule.fields.size() != 2) return false;
    if (std::ranges::find(promise.fields, rule.fields[1]) == promise.fields.end()) return false;
    const auto *from = typed(rule.fields[0]), *until = typed(rule.fields[1]);
    return from && until && *until - *from > longest_window_ms;
  });
}

bool is_new(const FieldChange& change) { return !base_matches(change.base, change.value); }

}  // namespace

Site site_beside(const Site& site, const Collection& collection, std::span<const FieldChange> changes) {
  Site beside = site;
  for (const FieldChange& change : changes) {
    const auto* country = std::get_if<std::string>(&change.value);
    if (collection.fields[change.field].format == TextFormat::country && country && is_phone_region(*country))
      beside.country = *country;
  }
  return beside;
}

std::vector<Finding> put_right(const Collection& collection, const Site& site, const Record* shown,
                               std::vector<FieldChange>& changes) {
  return Tidy(collection, site, shown, changes).run();
}

std::vector<Finding> look_over(const Collection& collection, std::span<const FieldChange> changes, const Record* shown,
                               std::int64_t event_ms, std::int64_t now_ms) {
  static const Value nothing = Null{};
  std::vector<Finding> findings;
  const auto changed = [&](FieldIndex field) -> const FieldChange* {
    const auto at = std::ranges::find(changes, field, &FieldChange::field);
    return at == changes.end() ? nullptr : &*at;
  };
  for (const FieldChange& change : changes)
    if (const auto* text = std::get_if<std::string>(&change.value); text && is_new(change))
      look_at_text(collection.fields[change.field], *text, findings);
  for (const Rule& rule : collection.rules) {
    if (rule.kind != Rule::Kind::after_event) continue;
    const auto deadline = deadline_of(rule, [&](FieldIndex field) -> const Value* {
      if (const FieldChange* change = changed(field)) return &change->value;
      return shown ? &shown->fields[field] : &nothing;
    });
    const FieldChange* change = deadline ? changed(*deadline) : nullptr;
    const auto* time = change && is_new(*change) ? std::get_if<std::int64_t>(&change->value) : nullptr;
    if (time && *time > event_ms && *time <= now_ms)
      findings.push_back(about(collection.fields[*deadline], "passed-already",
                               "has passed already: promise another time, or say why it is entered now.",
                               Weight::asked));
    else if (time && *time > now_ms + farthest_promise_ms)
      findings.push_back(about(collection.fields[*deadline], "far-ahead",
                               "is more than a year away: look at the year, or say that it is meant so.",
                               Weight::asked));
    else if (time && lasts_long(collection, rule, changes))
      findings.push_back(about(collection.fields[*deadline], "long-window",
                               "is more than two weeks after the beginning: look at the dates, or say that it is "
                               "meant so.",
                               Weight::asked));
  }
  if (!shown) return findings;
  for (const Rule& rule : collection.rules) {
    const auto touches = [&](FieldIndex field) { return changed(field) && is_new(*changed(field)); };
    const auto typed = [&](FieldIndex field) { return changed(field) ? &changed(field)->value : nullptr; };
    const auto stands = [&](FieldIndex field) { return changed(field) ? typed(field) : &shown->fields[field]; };
    // What the changes alone break, whoever validates them says.
    const bool said_elsewhere =
        rule.kind != Rule::Kind::after_event && broken_rule(collection, rule, typed, event_ms).has_value();
    const bool decides =
        std::ranges::any_of(rule.when, [&](const Condition& condition) { return touches(condition.field); });
    if ((std::ranges::none_of(rule.fields, touches) && !decides) || said_elsewhere) continue;
    if (auto found = broken_rule(collection, rule, stands, event_ms)) findings.push_back(*std::move(found));
  }
  return findings;
}

std::vector<Finding> judge(const Schema& schema, std::span<const Op> ops, std::vector<Finding> findings,
                           std::int64_t event_ms) {
  const auto add = [&](std::vector<Finding> more) {
    for (Finding& found : more) {
      const bool known = std::ranges::any_of(findings, [&](const Finding& other) {
        return other.field == found.field && other.weight == Weight::refused;
      });
      if (!known) findings.push_back(std::move(found));
    }
  };
  for (const Op& op : ops) {
    add(validate_fields(schema, op));
    add(validate_rules(schema, op, event_ms));
  }
  return findings;
}

std::vector<Finding> unanswered(std::vector<Finding> findings, const std::optional<Acceptance>& acceptance) {
  std::vector<Finding> open;
  for (Finding& finding : findings) {
    const bool accepted = finding.weight == Weight::asked && acceptance &&
                          std::ranges::find(acceptance->hints, finding.code) != acceptance->hints.end();
    if (finding.weight != Weight::told && !accepted) open.push_back(std::move(finding));
  }
  return open;
}

std::optional<Acceptance> answered(std::span<const Finding> findings, const std::optional<Acceptance>& acceptance) {
  if (!acceptance) return std::nullopt;
  Acceptance kept{{}, acceptance->reason};
  for (const Finding& finding : findings)
    if (finding.weight == Weight::asked &&
        std::ranges::find(acceptance->hints, finding.code) != acceptance->hints.end())
      kept.hints.push_back(finding.code);
  std::ranges::sort(kept.hints);
  kept.hints.erase(std::ranges::unique(kept.hints).begin(), kept.hints.end());
  if (kept.hints.empty()) return std::nullopt;
  return kept;
}

}  // namespace holdline::sync
