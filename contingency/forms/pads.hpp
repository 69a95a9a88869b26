// Pads of paper forms, and what became of every sheet. A sheet's number is a reference (sync/reference): allotted to
// the workstation in advance, given once, with a check character, and read out to the caller like any other. So two
// desks never print the same number, also without contact. Afterwards each is accounted for: entered, void or missing.
// Pure values; not thread-safe. Times are Unix milliseconds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/base/id.hpp"
#include "sync/base/result.hpp"

namespace holdline::contingency {

inline constexpr std::size_t pad_sheets_most = 100;

// What was printed at once.
struct Pad {
  sync::Id id;
  std::string scope;                 // the site or queue that works with it
  std::string form;                  // name of a form template, or of the collection whose own form it is
  std::uint32_t version = 0;         // of the template; 0: the collection's own form, which is of the schema's version
  std::vector<std::string> numbers;  // sheet 1 first, as sync::reference_text() spells them
  std::optional<sync::Id> customer;  // pre-filled for
  std::string incident;              // in force when it was printed; empty: printed for the cupboard
  std::string held_by;               // who has the paper: "row 3"
  std::string person, station;       // who printed it, where
  std::int64_t at_ms = 0;
  bool drill = false;  // printed in practice: what is entered from it is
};

// What became of one sheet.
struct SheetUse {
  enum class Kind : std::uint8_t {
    entered,  // an entry was typed from it, and bears its number as reference
    voided,   // spoiled, or not used: with a reason
    missing,  // searched for and not found: with a reason. Should it turn up it can still be entered
  };
  std::string number;
  Kind kind = Kind::entered;
  std::string person, station;  // who said so, where
  std::string written_by;       // entered: whose handwriting it is
  std::string reason;
  std::string incident;  // in force where it was said
  std::int64_t at_ms = 0;
};

struct PadBalance {
  const Pad* pad = nullptr;
  std::size_t entered = 0, voided = 0, missing = 0;
  std::vector<std::uint32_t> outstanding;  // sheets, from 1, ascending: to be chased
};

class Pads {
 public:
  // Again is no change.
  void take(Pad pad);
  void take(SheetUse use) { uses_[use.number] = std::move(use); }

  const Pad* pad(const sync::Id& id) const;  // null: not known
  // The pad of a number, and the sheet it is, from 1; null: none that is known here.
  std::pair<const Pad*, std::uint32_t> pad_of(std::string_view number) const;
  const SheetUse* use_of(std::string_view number) const;
  // Before saying "saved". ask_person: "form-number-taken" says by whom and when it is known what became of it;
  // "form-number-unknown": no pad that is known here has it, unless it is said to be printed `elsewhere`.
  Result<void> check(std::string_view number, SheetUse::Kind kind, bool elsewhere) const;

  // Oldest pad first. Of an incident: pads that were printed in it, and those of which a sheet was used in it, for what
  // was taken out of the cupboard is opened with its first sheet. Empty: all.
  std::vector<PadBalance> balance(std::string_view incident = {}) const;
  std::size_t outstanding(std::string_view incident) const;

 private:
  bool concerns(const Pad& pad, std::string_view incident) const;

  std::map<sync::Id, Pad> pads_;
  std::map<std::string, std::pair<sync::Id, std::uint32_t>, std::less<>> sheets_;  // by number
  std::map<std::string, SheetUse, std::less<>> uses_;                              // by number
};

// "4, 7-20" of sheets in ascending order.
std::string sheet_ranges(const std::vector<std::uint32_t>& sheets);

// What the square beside the number says, for a scanner that types: "HOLDLINE-FORM K7M-4XR-R2M message 3".
std::string form_code(std::string_view number, std::string_view form, std::uint32_t version);
// The number in what was typed or scanned, spelled as it is printed. ask_person: "form-number-malformed", and
// "form-number-mistyped": the check character does not fit.
Result<std::string> read_form_number(std::string_view typed);

}  // namespace holdline::contingency
