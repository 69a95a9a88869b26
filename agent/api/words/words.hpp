// What the schema and the packs that the product ships say in English, in other languages: labels, options and names of
// forms by the English words in small letters (de.json). A site's own schema is shown as it is.
#pragma once

#include <nlohmann/json.hpp>

namespace holdline::agent {

// By language: {"de": {"postcode": "PLZ"}}. Static.
const nlohmann::json& shipped_words();

}  // namespace holdline::agent
