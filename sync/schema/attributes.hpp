// Reads the attributes of a table of schema.toml: types, ranges, and names that nobody knows, each with its line.
// Internal to sync/schema.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sync/base/toml.hpp"
#include "sync/schema/draft.hpp"

namespace holdline::sync::toml_text {

template <class E>
using Names = std::pair<std::string_view, E>;

inline constexpr std::size_t option_limit = 64;
inline constexpr std::size_t label_limit = 80;
inline constexpr std::size_t rule_text_limit = 200;

inline Line line_of(const toml::node& node) { return std::max<Line>(1, node.source().begin.line); }

// Levenshtein distance, for the nearest known name.
inline std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({replaced, row[j] + 1, row[j + 1] + 1}));
    }
  }
  return row.back();
}

template <class Container>
std::string suggestion(std::string_view word, const Container& known) {
  std::string_view best;
  std::size_t least = 3;  // further away it would be a guess, not a slip
  for (const std::string_view candidate : known)
    if (const std::size_t d = distance(word.substr(0, option_limit), candidate); d < least) least = d, best = candidate;
  return best.empty() ? std::string() : "; did you mean '" + std::string(best) + "'?";
}

// Reads the attributes of one table and, at the end, names those nobody asked for.
class Attributes {
 public:
  Attributes(const toml::table& table, std::string key, SchemaErrors& errors)
      : table_(table), key_(std::move(key)), errors_(errors) {}

  bool has(std::string_view name) const { return table_.contains(name); }

  void text(std::string_view name, std::string& into, std::size_t limit) {
    const toml::node* node = ask(name);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string>();
    if (!value) return refuse(*node, name, "must be a text in quotes");
    if (value->empty() || value->size() > limit)
      return refuse(*node, name, "must have 1 to " + std::to_string(limit) + " bytes");
    into = *value;
  }

  template <class Integer>
  void integer(std::string_view name, Integer& into, std::int64_t least, std::int64_t most) {
    const toml::node* node = ask(name);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value) return refuse(*node, name, "must be a whole number");
    if (*value < least || *value > most)
      return refuse(*node, name, "must be from " + std::to_string(least) + " to " + std::to_string(most));
    into = static_cast<Integer>(*value);
  }

  void boundary(std::string_view name, std::optional<std::int64_t>& into) {
    if (!has(name)) return void(ask(name));
    std::int64_t value = 0;
    integer(name, value, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
    into = value;
  }

  void boolean(std::string_view name, bool& into) {
    const toml::node* node = ask(name);
    if (node == nullptr) return;
    const auto value = node->value_exact<bool>();
    if (!value) return refuse(*node, name, "must be true or false");
    into = *value;
  }

  template <class E, std::size_t N>
  void choice(std::string_view name, const std::array<Names<E>, N>& names, E& into) {
    const toml::node* node = ask(name);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string_view>();
    std::vector<std::string_view> known;
    std::string all;
    for (const auto& [text, meaning] : names) {
      if (value == text) return void(into = meaning);
      known.push_back(text);
      all += (all.empty() ? "" : ", ") + std::string(text);
    }
    refuse(*node, name, "must be one of " + all + (value ? suggestion(*value, known) : ""));
  }

  void texts(std::string_view name, std::vector<std::string>& into) {
    if (const toml::node* node = ask(name)) read_texts(*node, name, into);
  }

  void table_of_texts(std::string_view name, std::map<std::string, std::vector<std::string>>& into) {
    const toml::node* node = ask(name);
    if (node == nullptr) return;
    const toml::table* states = node->as_table();
    if (states == nullptr) return refuse(*node, name, "must be a table of name = [texts]");
    for (const auto& [state, next] : *states)
      read_texts(next, std::string(name) + "." + std::string(state.str()), into[std::string(state.str())]);
  }

  void table_of_text(std::string_view name, std::map<std::string, std::string>& into) {
    const toml::node* node = ask(name);
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) return refuse(*node, name, "must be a table of name = text");
    for (const auto& [key, value] : *table) {
      if (const auto text = value.value_exact<std::string>(); text && !text->empty() && text->size() <= option_limit)
        into[std::string(key.str())] = *text;
      else
        refuse(value, std::string(name) + "." + std::string(key.str()), "must be a text of 1 to 64 bytes");
    }
  }

  void table_of_integers(std::string_view name, std::map<std::string, std::uint32_t>& into, std::uint32_t least,
                         std::uint32_t most) {
    const toml::node* node = ask(name);
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) return refuse(*node, name, "must be a table of name = number");
    for (const auto& [key, value] : *table) {
      if (const auto number = value.value_exact<std::int64_t>(); number && *number >= least && *number <= most)
        into[std::string(key.str())] = static_cast<std::uint32_t>(*number);
      else
        refuse(value, std::string(name) + "." + std::string(key.str()),
               "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
  }

  // The tables inside table `name`, in the order of their names.
  std::vector<std::pair<std::string, const toml::table*>> tables(std::string_view name) {
    std::vector<std::pair<std::string, const toml::table*>> found;
    const toml::node* node = ask(name);
    if (node == nullptr) return found;
    const toml::table* outer = node->as_table();
    if (outer == nullptr) return refuse(*node, name, "must be a table"), found;
    for (const auto& [key, value] : *outer) {
      const std::string inner = std::string(name) + "." + std::string(key.str());
      if (!value.is_table()) {
        refuse(value, inner, "must be a table");
      } else {
        found.emplace_back(std::string(key.str()), value.as_table());
        lines_[inner] = std::max<Line>(1, key.source().begin.line);
      }
    }
    return found;
  }

  // About an attribute that was read, and does not mean anything.
  void complain(std::string_view name, std::string_view text) {
    if (const toml::node* node = table_.get(name)) refuse(*node, name, text);
  }

  void required(std::string_view name, Line line) {
    if (!has(name)) errors_.add(line, key_.empty() ? name : key_ + "." + std::string(name), "is missing");
  }

  void finish() {
    for (const auto& [key, value] : table_)
      if (!asked_.contains(key.str())) refuse(value, key.str(), "is not known here" + suggestion(key.str(), asked_));
  }

  std::map<std::string, Line, std::less<>>& lines() { return lines_; }

 private:
  const toml::node* ask(std::string_view name) {
    asked_.emplace(name);
    const toml::node* node = table_.get(name);
    if (node != nullptr) lines_[std::string(name)] = line_of(*node);
    return node;
  }

  void refuse(const toml::node& node, std::string_view name, std::string_view text) {
    errors_.add(line_of(node), (key_.empty() ? "" : key_ + ".") + std::string(name), text);
  }

  void read_texts(const toml::node& node, std::string_view name, std::vector<std::string>& into) {
    const toml::array* array = node.as_array();
    if (array == nullptr) return refuse(node, name, "must be a list of texts");
    for (const toml::node& item : *array) {
      const auto value = item.value_exact<std::string>();
      if (!value || value->empty() || value->size() > option_limit)
        refuse(item, name, "every item must be a text of 1 to " + std::to_string(option_limit) + " bytes");
      else if (std::ranges::find(into, *value) != into.end())
        refuse(item, name, "'" + *value + "' is there twice");
      else
        into.push_back(*value);
    }
  }

  const toml::table& table_;
  std::string key_;
  SchemaErrors& errors_;
  std::set<std::string, std::less<>> asked_;
  std::map<std::string, Line, std::less<>> lines_;
};

}  // namespace holdline::sync::toml_text
