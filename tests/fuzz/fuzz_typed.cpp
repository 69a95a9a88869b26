// A text as somebody types or pastes it into any field: it is put right or complained about, what came of it is put
// right already, and a number is a number wherever it is read.
#include <string>

#include "sync/base/syntax.hpp"
#include "sync/form/form.hpp"
#include "sync/text/country.hpp"
#include "sync/text/phone.hpp"
#include "sync/text/text.hpp"
#include "tests/fuzz/property.hpp"

using namespace holdline;

namespace {

void check_texts(const std::string& typed) {
  for (const auto tidy : {sync::tidy_text, sync::tidy_line, sync::tidy_number}) {
    const std::string once = tidy(typed);
    fuzz::require(tidy(once) == once, "what is tidy stays as it is");
    fuzz::require(sync::is_utf8(once) == sync::is_utf8(typed), "text stays text");
  }
  fuzz::require(sync::count_characters(typed) <= typed.size(), "a character has a byte at least");
  if (const auto address = sync::tidy_email(typed)) {
    fuzz::require(sync::is_email(*address), "an address is one");
    fuzz::require(sync::tidy_email(*address) == address, "and its domain is folded");
  }
  if (const auto code = sync::country_code(typed)) fuzz::require(sync::country_code(*code) == code, "a code is one");
}

void check_number(const std::string& typed) {
  for (const char* region : {"", "GB", "US", "DE", "AR"}) {
    const auto number = sync::read_phone(typed, region);
    const bool read = number.reading == sync::PhoneReading::number;
    fuzz::require(read == !number.e164.empty(), "a number is there when it is read");
    if (!read) continue;
    fuzz::require(sync::is_e164(number.e164), "in the form of E.164");
    fuzz::require(sync::read_phone(number.e164, "").reading == sync::PhoneReading::number, "which is read anywhere");
  }
}

void check_field(const sync::Collection& collection, sync::FieldIndex field, const std::string& typed) {
  const sync::Site site{"GB", {}};
  std::vector<sync::FieldChange> changes{{field, sync::Value(sync::Null{}), typed, {}, {}}};
  const auto findings = sync::put_right(collection, site, nullptr, changes);
  for (const sync::Finding& finding : findings)
    if (finding.weight == sync::Weight::refused) return;
  auto again = changes;
  sync::put_right(collection, site, nullptr, again);
  fuzz::require(again == changes, "what was put right is right");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto collections = fuzz::schema().collections();
  const sync::Collection& collection = collections[data[0] % collections.size()];
  const auto field = static_cast<sync::FieldIndex>(data[1] % collection.fields.size());
  const std::string typed(fuzz::bytes_of(data + 2, size - 2));
  check_texts(typed);
  check_number(typed);
  check_field(collection, field, typed);
  return 0;
}
