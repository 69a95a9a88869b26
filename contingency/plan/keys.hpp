// The keys of one TOML table: each is asked for with what it must be, every problem is told, and those nobody asked for
// are problems too.
//
// Internal to contingency/plan.
#pragma once

#include <concepts>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contingency/plan/plan.hpp"
#include "sync/base/toml.hpp"

namespace holdline::contingency {

inline constexpr std::size_t items_most = 200;
inline constexpr std::size_t text_bytes = 2'000;
inline constexpr std::size_t id_bytes = 60;

template <class E>
using Names = std::pair<std::string_view, E>;

class Keys {
 public:
  Keys(const toml::table& table, std::string path, PlanRead& read)
      : table_(table), path_(std::move(path)), read_(read) {}

  void refuse(std::string_view key, std::string text) {
    const toml::node* node = table_.get(key);
    refuse_at(node ? node->source().begin.line : table_.source().begin.line, key, std::move(text));
  }

  bool has(std::string_view key) const { return table_.contains(key); }

  void text(std::string_view key, std::string& into, std::size_t limit = text_bytes) {
    const toml::node* node = ask(key);
    if (!node) return;
    const auto value = node->value_exact<std::string>();
    if (!value || value->size() > limit)
      return refuse(key, "must be a text in quotes of at most " + std::to_string(limit) + " bytes");
    into = *value;
  }

  // In the unit of its name, kept in units of `scale`.
  template <std::integral I>
  void number(std::string_view key, I& into, std::int64_t least, std::int64_t most, std::int64_t scale = 1) {
    const toml::node* node = ask(key);
    if (!node) return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < least || *value > most)
      return refuse(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    into = static_cast<I>(*value * scale);
  }

  void boolean(std::string_view key, bool& into) {
    const toml::node* node = ask(key);
    if (!node) return;
    if (const auto value = node->value_exact<bool>())
      into = *value;
    else
      refuse(key, "must be true or false");
  }

  template <class E, class Into, std::size_t N>
  void choice(std::string_view key, const std::array<Names<E>, N>& names, Into& into) {
    const toml::node* node = ask(key);
    if (!node) return;
    const auto value = node->value_exact<std::string_view>();
    std::string all;
    for (const auto& [word, meaning] : names) {
      if (value == word) return void(into = meaning);
      if (!word.empty()) all += (all.empty() ? "" : ", ") + std::string(word);
    }
    refuse(key, "must be one of " + all);
  }

  void texts(std::string_view key, std::vector<std::string>& into) {
    const toml::node* node = ask(key);
    if (!node) return;
    const toml::array* array = node->as_array();
    if (!array || array->size() > items_most) return refuse(key, "must be a list of at most 200 texts");
    for (const toml::node& item : *array) {
      const auto value = item.value_exact<std::string>();
      if (!value || value->size() > text_bytes) return refuse(key, "must be a list of texts in quotes");
      into.push_back(*value);
    }
  }

  std::vector<const toml::table*> tables(std::string_view key) {
    std::vector<const toml::table*> found;
    const toml::node* node = ask(key);
    if (!node) return found;
    const toml::array* array = node->as_array();
    if (!array || array->size() > items_most || !array->is_homogeneous(toml::node_type::table)) {
      refuse(key, "must be written as at most 200 times [[" + std::string(key) + "]]");
      return found;
    }
    for (const toml::node& item : *array) found.push_back(item.as_table());
    return found;
  }

  const toml::table* table(std::string_view key) {
    const toml::node* node = ask(key);
    if (node && !node->as_table()) refuse(key, "must be a table like { kind = \"checklist\", text = \"…\" }");
    return node ? node->as_table() : nullptr;
  }

  // Texts of three capital letters and amounts in minor units; replaces what was there.
  void amounts(std::string_view key, std::map<std::string, std::int64_t>& into) {
    const toml::table* money = table(key);
    if (!money) return;
    into.clear();
    for (const auto& [currency, node] : *money) {
      const auto value = node.value_exact<std::int64_t>();
      if (currency.str().size() != 3 || !value || *value < 0)
        return refuse(key, "must be like { GBP = 5000 }: a currency of three letters, and minor units");
      into.emplace(currency.str(), *value);
    }
  }

  void finish() {
    for (const auto& [key, node] : table_)
      if (!asked_.contains(std::string(key.str())))
        refuse_at(node.source().begin.line, key.str(), "is not known here; known are: " + known());
  }

 private:
  const toml::node* ask(std::string_view key) {
    asked_.emplace(key);
    return table_.get(key);
  }
  void refuse_at(std::uint32_t line, std::string_view key, std::string text) {
    read_.problems.push_back({line, path_ + (path_.empty() ? "" : ".") + std::string(key.substr(0, id_bytes)), text});
  }
  std::string known() const {
    std::string all;
    for (const std::string& key : asked_) all += (all.empty() ? "" : ", ") + key;
    return all;
  }

  const toml::table& table_;
  std::string path_;
  PlanRead& read_;
  std::set<std::string> asked_;
};

// The table [policy].
Policy read_policy(const toml::table& table, PlanRead& read);

}  // namespace holdline::contingency
