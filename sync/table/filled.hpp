// What the desk writes into a record by itself (Field::filled_with), read back from it. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "sync/action/record.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

// Such as who took it down, or where; empty where the collection has no such text, or the record nothing in it.
std::string filled_text(const Collection& collection, const Record& record, Filling filling);

// When it happened, as the desk says; else when the hub had it; else 0.
std::int64_t happened_ms(const Collection& collection, const Record& record);

}  // namespace holdline::sync
