// Tables of schema.toml beside those of fields: rules, due times, what is said of a collection as a whole, forms,
// calling hours. Internal to sync/schema.
#pragma once

#include <string>

#include "sync/schema/attributes.hpp"
#include "sync/schema/draft.hpp"

namespace holdline::sync {

// `basis`, `keep_days`, `keep_after`, `when_over`.
void read_basis(toml_text::Attributes& at, Collection& collection);
RuleDraft read_rule(const toml::table& table, std::string name, std::string key, Line line, SchemaErrors& errors);
DueDraft read_due(const toml::table& table, std::string field, std::string key, Line line, SchemaErrors& errors);
FormDraft read_form(const toml::table& table, std::string name, std::string key, Line line, SchemaErrors& errors);
CallingHours read_calling_hours(const toml::table& table, std::string name, std::string key, Line line,
                                SchemaErrors& errors);

}  // namespace holdline::sync
