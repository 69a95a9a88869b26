#include "sync/form/same_customer.hpp"

#include <rapidfuzz/fuzz.hpp>

namespace holdline::sync {

namespace {

// Of 100, by the words of the names in any order. Who shares a telephone often shares the family name, which alone
// makes Ada and Grace Lovelace 77; Ada and Anna are 88. At a postcode hundreds live.
double least(SharedBy shared) { return shared == SharedBy::key ? 85 : 90; }

std::string text_in(const Record& record, FieldIndex field) {
  const auto* text = field < record.fields.size() ? std::get_if<std::string>(&record.fields[field]) : nullptr;
  return text ? *text : std::string();
}

}  // namespace

std::string full_name(const Collection& customers, const Record& record) {
  std::string name;
  for (FieldIndex field = 0; field < customers.fields.size(); ++field)
    if (customers.fields[field].search == SearchKind::name)
      if (const std::string text = text_in(record, field); !text.empty()) name += (name.empty() ? "" : " ") + text;
  return name;
}

std::string family_word(const NameNormalizer& normalizer, const Collection& customers, const Record& record) {
  for (const char* name : {"family", "org"})
    if (const auto field = customers.field(name))
      if (const std::string text = text_in(record, *field); !text.empty()) return normalizer.folded_name(text);
  return {};
}

struct NameComparison::Impl {
  explicit Impl(std::string folded) : name(std::move(folded)), scorer(name) {}
  const std::string name;
  const rapidfuzz::fuzz::CachedTokenSortRatio<char> scorer;
};

NameComparison::NameComparison(std::string folded) : impl_(std::make_unique<Impl>(std::move(folded))) {}
NameComparison::NameComparison(NameComparison&&) noexcept = default;
NameComparison& NameComparison::operator=(NameComparison&&) noexcept = default;
NameComparison::~NameComparison() = default;

int NameComparison::with(const std::string& folded, SharedBy shared) const {
  if (impl_->name.empty() || folded.empty()) return 0;
  return static_cast<int>(impl_->scorer.similarity(folded, least(shared)));
}

}  // namespace holdline::sync
