// Several numbers or addresses that are given to one record at once, on a form or in a row of a table. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sync/action/action.hpp"
#include "sync/action/validate.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::sync {

// That a record has this number or address already ("there-already").
Finding number_twice(const Collection& collection);

// A number is one record of its customer, whatever its extension: the id follows from the number. `ops` create numbers
// and addresses of one customer, put right; of the last one is said what keeps it from standing beside those before.
// The same one twice, as in two columns of a file, is harmless.
void refuse_two_extensions(const Collection& collection, std::span<const Op> ops, std::vector<Finding>& findings);

// Of several numbers the person has to know which: "Phone number 2 has too few digits". `place` counts from 1.
void name_place(const Collection& collection, std::size_t place, std::span<Finding> findings);

}  // namespace holdline::sync
