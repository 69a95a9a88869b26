#include "hub/callbacks/list/fields.hpp"

#include <algorithm>

namespace holdline::hub {

RecordOp& RecordOp::set(std::string_view field, sync::Value value, sync::Value base) {
  const auto* text = std::get_if<std::string>(&value);
  const auto index = collection_.field(field);
  if (index && !(text && text->empty()))
    op_.changes.push_back({*index, sync::make_base(base), std::move(value), {}, {}});
  return *this;
}

RecordOp& RecordOp::add(std::string_view field, std::vector<std::string> elements) {
  if (const auto index = collection_.field(field); index && !elements.empty())
    op_.changes.push_back({*index, sync::Value(sync::Null{}), sync::Null{}, std::move(elements), {}});
  return *this;
}

sync::Op RecordOp::op() && {
  std::ranges::sort(op_.changes, {}, &sync::FieldChange::field);
  return std::move(op_);
}

}  // namespace holdline::hub
