// Pads and uses of paper forms as the schema's records say them. Pure.
#pragma once

#include <array>
#include <string_view>

#include "contingency/forms/pads.hpp"
#include "sync/action/record_fields.hpp"

namespace holdline::contingency {

inline constexpr std::string_view pad_collection = "form_pad", use_collection = "form_use";

std::string_view name_of(SheetUse::Kind kind);
Pad pad_of(const sync::Collection& pads, const sync::Record& record);
SheetUse sheet_use_of(const sync::Collection& uses, const sync::Record& record);

}  // namespace holdline::contingency
