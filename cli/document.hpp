// Reading the agent's documents: what is missing or has another type is empty, because fields may be added and a newer
// agent may leave something out.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace holdline::cli {

// Both answer a part of what they are given: it has to stand somewhere.
//
// A member of an object, or a JSON null.
const nlohmann::json& member(const nlohmann::json& object, std::string_view name);
const nlohmann::json& member(nlohmann::json&& object, std::string_view name) = delete;
// A member that is a list; an empty one otherwise.
const nlohmann::json& list_of(const nlohmann::json& object, std::string_view name);
const nlohmann::json& list_of(nlohmann::json&& object, std::string_view name) = delete;

// For showing: texts as they are, null as nothing, everything else as JSON. Not yet escaped.
std::string shown(const nlohmann::json& value);
inline std::string text_of(const nlohmann::json& object, std::string_view name) { return shown(member(object, name)); }
// "a, b" of a list.
std::string joined(const nlohmann::json& list);
// A member that is a JSON true.
bool is_set(const nlohmann::json& object, std::string_view name);
// A counter, which the API writes as text, that is there and not zero.
bool is_counted(const nlohmann::json& object, std::string_view name);

// The words of the product for the state of an action: "saved on this PC", "held at the hub", "needs attention".
std::string words_for_state(const std::string& state);

}  // namespace holdline::cli
