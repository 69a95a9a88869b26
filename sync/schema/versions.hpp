// The versions of a schema that are known at one place, so that what was made under an older one can still be read.
// Immutable; a new version makes a new value, which shares the schemas. Whoever keeps the latest keeps all of them.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "sync/schema/schema.hpp"

namespace holdline::sync {

class SchemaVersions {
 public:
  explicit SchemaVersions(std::shared_ptr<const Schema> first) {
    by_number_.emplace(first->version(), std::move(first));
  }

  // The one with the highest number.
  const Schema& present() const { return *by_number_.rbegin()->second; }
  // Null when it is not known.
  const Schema* numbered(std::uint32_t number) const {
    const auto found = by_number_.find(number);
    return found == by_number_.end() ? nullptr : found->second.get();
  }
  const Schema* hashed(const Hash& hash) const {
    for (const auto& [number, schema] : by_number_)
      if (schema->hash() == hash) return schema.get();
    return nullptr;
  }
  // Ascending.
  std::vector<const Schema*> all() const {
    std::vector<const Schema*> schemas;
    for (const auto& [number, schema] : by_number_) schemas.push_back(schema.get());
    return schemas;
  }
  // These and `another`, which has a number of its own.
  SchemaVersions with(std::shared_ptr<const Schema> another) const {
    SchemaVersions more = *this;
    more.by_number_.emplace(another->version(), std::move(another));
    return more;
  }

 private:
  std::map<std::uint32_t, std::shared_ptr<const Schema>> by_number_;
};

}  // namespace holdline::sync
