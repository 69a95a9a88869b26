#include "contingency/forms/pads.hpp"

#include <algorithm>

#include "sync/base/timestamp.hpp"
#include "sync/reference/reference.hpp"

namespace holdline::contingency {

namespace {

constexpr std::string_view code_begins = "HOLDLINE-FORM ";

const char* past(SheetUse::Kind kind) {
  switch (kind) {
    case SheetUse::Kind::entered:
      return "was entered";
    case SheetUse::Kind::voided:
      return "was made void";
    case SheetUse::Kind::missing:
      break;
  }
  return "is missing";
}

}  // namespace

void Pads::take(Pad pad) {
  std::uint32_t sheet = 0;
  for (const std::string& number : pad.numbers) sheets_.try_emplace(number, pad.id, ++sheet);
  pads_.insert_or_assign(pad.id, std::move(pad));
}

const Pad* Pads::pad(const sync::Id& id) const {
  const auto found = pads_.find(id);
  return found == pads_.end() ? nullptr : &found->second;
}

std::pair<const Pad*, std::uint32_t> Pads::pad_of(std::string_view number) const {
  const auto found = sheets_.find(number);
  if (found == sheets_.end()) return {nullptr, 0};
  return {&pads_.at(found->second.first), found->second.second};
}

const SheetUse* Pads::use_of(std::string_view number) const {
  const auto found = uses_.find(number);
  return found == uses_.end() ? nullptr : &found->second;
}

Result<void> Pads::check(std::string_view number, SheetUse::Kind kind, bool elsewhere) const {
  const SheetUse* use = use_of(number);
  const bool turned_up = use && use->kind == SheetUse::Kind::missing && kind != SheetUse::Kind::missing;
  if (use && !turned_up)
    return fail(ErrorKind::ask_person, "form-number-taken",
                "Form " + std::string(number) + " " + past(use->kind) + " already, by " + use->person + " at " +
                    use->station + ", " + sync::format_time(use->at_ms) +
                    ". Look at the paper: is it the same sheet? Then it is done; else a supervisor has to see both.");
  if (pad_of(number).first == nullptr && !use && !elsewhere)
    return fail(
        ErrorKind::ask_person, "form-number-unknown",
        "No pad that is known here has the form " + std::string(number) +
            ". When it was printed at a desk that has had no contact since, say that it was printed elsewhere.");
  return {};
}

bool Pads::concerns(const Pad& pad, std::string_view incident) const {
  if (incident.empty() || pad.incident == incident) return true;
  return pad.incident.empty() && std::ranges::any_of(pad.numbers, [&](const std::string& number) {
           const SheetUse* use = use_of(number);
           return use && use->incident == incident;
         });
}

std::vector<PadBalance> Pads::balance(std::string_view incident) const {
  std::vector<PadBalance> all;
  for (const auto& [id, pad] : pads_) {
    if (!concerns(pad, incident)) continue;
    PadBalance& balance = all.emplace_back();
    balance.pad = &pad;
    for (std::uint32_t sheet = 1; sheet <= pad.numbers.size(); ++sheet) {
      const SheetUse* use = use_of(pad.numbers[sheet - 1]);
      if (!use)
        balance.outstanding.push_back(sheet);
      else
        ++(use->kind == SheetUse::Kind::entered  ? balance.entered
           : use->kind == SheetUse::Kind::voided ? balance.voided
                                                 : balance.missing);
    }
  }
  std::ranges::stable_sort(all, {}, [](const PadBalance& balance) { return balance.pad->at_ms; });
  return all;
}

std::size_t Pads::outstanding(std::string_view incident) const {
  std::size_t sum = 0;
  for (const PadBalance& balance : balance(incident)) sum += balance.outstanding.size();
  return sum;
}

std::string sheet_ranges(const std::vector<std::uint32_t>& sheets) {
  std::string text;
  for (std::size_t i = 0; i < sheets.size();) {
    std::size_t last = i;
    while (last + 1 < sheets.size() && sheets[last + 1] == sheets[last] + 1) ++last;
    text += (text.empty() ? "" : ", ") + std::to_string(sheets[i]);
    if (last != i) text += "-" + std::to_string(sheets[last]);
    i = last + 1;
  }
  return text;
}

std::string form_code(std::string_view number, std::string_view form, std::uint32_t version) {
  return std::string(code_begins) + std::string(number) + " " + std::string(form) + " " + std::to_string(version);
}

Result<std::string> read_form_number(std::string_view typed) {
  if (typed.starts_with(code_begins)) {
    typed.remove_prefix(code_begins.size());
    typed = typed.substr(0, typed.find(' '));
  }
  auto read = sync::read_reference(typed);
  if (read.kind == sync::ReferenceReading::Kind::misheard)
    return fail(ErrorKind::ask_person, "form-number-mistyped",
                "The last character does not fit the number: one is wrong, or two changed places. Look at the paper "
                "again.");
  if (read.kind == sync::ReferenceReading::Kind::something_else)
    return fail(ErrorKind::ask_person, "form-number-malformed",
                "The number of a form looks like K7M-4XR-R2M. It stands at the top of each page.");
  return std::move(read.text);
}

}  // namespace holdline::contingency
