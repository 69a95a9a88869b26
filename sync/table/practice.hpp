// What was taken down in a drill or for practice, by the mark that it bears (Filling::drill) or, of a kind that bears
// none, by that of what it is about: the number of an invented customer, a conflict about one. Pure.
#pragma once

#include <functional>
#include <optional>

#include "sync/action/record.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

bool bears_practice_mark(const Collection& collection);
// By its own mark alone.
bool is_practice(const Collection& collection, const Record& record);

// Nothing: there is no such record here. It is then taken for real.
using FindFollowed = std::function<std::optional<Record>(const RecordKey&)>;
// The record that says whether this one is practice: its parent, what a conflict is about, else the first record that
// it names. Nothing: it says so itself, or nobody does.
std::optional<RecordKey> practice_follows(const Schema& schema, const Record& record);
// With what it is about, found by `find`.
bool is_of_practice(const Schema& schema, const Record& record, const FindFollowed& find);

}  // namespace holdline::sync
