// The numbers inside a stored action, shared by the code that writes and reads actions and by the batch codec, which
// takes the same bytes apart without knowing the schema. The byte-exact form is in PROTOCOL.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/base/bytes.hpp"
#include "sync/base/result.hpp"

namespace holdline::sync::action_format {

inline constexpr std::uint8_t version = 1;

// What of a header may be left out; one byte says what is there.
enum HeaderPart : std::uint8_t { has_incident = 1, has_original = 2, has_decision = 4, has_acceptance = 8 };

// How an op names its record.
enum Target : std::uint8_t {
  target_created = 0,   // the id derives from this action and the op's index
  target_explicit = 1,  // 16 bytes follow
  target_natural = 2,   // the id derives from the parent and key among the op's own changes
};

// One byte per change: how the base travels (low two bits) and what the change carries (next two).
enum BaseForm : std::uint8_t { base_unknown = 0, base_value = 1, base_hash = 2 };
enum ContentForm : std::uint8_t {
  content_value = 0,     // a canonical value
  content_created = 1,   // the id of the record of op k of this action: k
  content_elements = 2,  // added texts, removed tags
};
constexpr std::uint8_t change_form(BaseForm base, ContentForm content) {
  return static_cast<std::uint8_t>(base | content << 2);
}
constexpr std::uint8_t base_of(std::uint8_t form) { return form & 3; }
constexpr std::uint8_t content_of(std::uint8_t form) { return static_cast<std::uint8_t>(form >> 2); }
constexpr bool is_change_form(std::uint8_t form) {
  return base_of(form) <= base_hash && content_of(form) <= content_elements;
}

inline auto malformed(const char* what) {
  return fail(ErrorKind::ask_person, "malformed-action",
              std::string("An action is not in the form this version reads (") + what + "); keep it and report it.");
}

inline auto unknown(const char* code, const char* what, std::uint64_t no) {
  return fail(ErrorKind::ask_person, code,
              std::string("An action names ") + what + " " + std::to_string(no) + ", which is not the one at hand.");
}

inline bool holds_elements(const Field& field) { return field.type == FieldType::set || field.type == FieldType::list; }

template <class T>
bool strictly_ascending(const std::vector<T>& items) {
  for (std::size_t i = 1; i < items.size(); ++i)
    if (items[i - 1] >= items[i]) return false;
  return true;
}

// The one form of a header. Every header that read_header accepts is written back byte for byte.
void write_header(ByteWriter& out, const ActionHeader& header);

// The id that parent and key among the op's own changes make; none when the collection has no natural key or the
// changes lack one of the two.
std::optional<Id> natural_id_of(const Collection& collection, const Op& op);

}  // namespace holdline::sync::action_format
