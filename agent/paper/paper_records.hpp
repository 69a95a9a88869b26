// Pads and uses of paper forms as records of the schema, both ways. The reading thread, or pure. Internal to agent.
#pragma once

#include <string>
#include <string_view>

#include "agent/view/sight.hpp"
#include "contingency/forms/pad_record.hpp"
#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::agent {

// Whether the hub's version of the schema has paper forms at all.
bool knows_paper(const sync::Schema& schema);

// All pads and uses that the person sees here, own pending ones included; what the hub refused stands for nothing.
// Errors of the view.
Result<contingency::Pads> read_pads(const sync::Schema& schema, PersonView& view);

// The create of a pad; its id is still to be filled in (created_here(0)).
sync::Op pad_op(const sync::Schema& schema, const contingency::Pad& pad);
// What is said of a sheet, as op number `place` of its action: a create, or an edit of what is shown of a missing one.
Result<sync::Op> use_op(const sync::Schema& schema, PersonView& view, const contingency::SheetUse& use,
                        const std::string& scope, std::uint32_t place);

}  // namespace holdline::agent
