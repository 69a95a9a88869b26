// Who may do and see what: one table of role × collection, the classes of fields a role sees, and a person's scopes.
// Pure, and the same on both sides: the workstation asks it before it says "saved" and before it shows anything, the
// hub when an action takes effect.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

// How a remark on an entry begins that says what was decided about its approval.
inline constexpr std::string_view approval_remark = "approval: ";

struct Rights {
  std::string role;                 // agent | supervisor | it
  std::vector<std::string> scopes;  // exactly these; a scope does not hold those below it
};

// Why something may not be done.
struct Refusal {
  std::string code;  // kebab-case, stable
  std::string text;  // for a person: what to do
};

bool is_within(std::string_view scope, const std::vector<std::string>& scopes);

// Every op lies in a scope of the person, and the role may do this kind of op in this collection. Nothing: it may be
// done. Else "scope-refused" or "role-refused", of the first op that may not.
std::optional<Refusal> refuse(const Schema& schema, const Rights& person, std::span<const Op> ops);

// What a workstation holds is what it may write. "scope-refused" when an op lies in none of its scopes.
std::optional<Refusal> refuse_elsewhere(const std::vector<std::string>& held, std::span<const Op> ops);
// The fields that the ops change and that its profile leaves out, in their order; none: it may change them all.
std::vector<const Field*> fields_elsewhere(const Schema& schema, VisibilitySet profile, std::span<const Op> ops);

// The fields that the ops give another value and of which the central database decides (MergePolicy::central).
std::vector<const Field*> central_fields(const Schema& schema, std::span<const Op> ops);

// How records are looked at: sensitive fields are shown with one record, never in lists, hits and counts.
enum class Reading : std::uint8_t { one, many };

bool may_read(const Rights& person, const Collection& collection, std::string_view scope);
// The fields of a collection that the role sees.
FieldMask readable_fields(const Rights& person, const Collection& collection, Reading reading);

// May decide what becomes of an action that the hub refused: whoever made it, and a supervisor in its scopes.
bool may_decide(const Rights& person, bool own, std::span<const Op> ops);

}  // namespace holdline::sync
