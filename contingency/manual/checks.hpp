// Who has to look at an entry that was taken by hand, and what became of that. An entry says in its set `needs` what
// it needs (a supervisor's approval because it is beyond a limit, a second person who compares it with its paper), and
// in its remarks, which are only ever added to, beyond which limits it was and what people decided. So two who decide
// without contact are both kept, and nothing that somebody decided goes away. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/result.hpp"

namespace holdline::contingency {

enum class Need : std::uint8_t {
  approval,      // of a supervisor
  second_check,  // by anybody but who typed it
};
// As the set `needs` and the local API name them.
std::string_view name_of(Need need);
std::optional<Need> need_named(std::string_view name);

struct NeedSettled {
  bool good = false;  // approved; or the same as on the paper
  std::string person = {}, reason = {};
  std::optional<std::int64_t> amount = {};  // an approval: the money it was about, in minor units; nothing: none
  bool operator==(const NeedSettled&) const = default;
};

struct EntryNeeds {
  std::vector<std::string> limits = {};  // codes, see limits.hpp
  bool approval = false, second_check = false;
  std::optional<NeedSettled> approved = {}, compared = {};  // of two who disagree the one who refused

  bool needs(Need need) const { return need == Need::approval ? approval : second_check; }
  const std::optional<NeedSettled>& settled(Need need) const { return need == Need::approval ? approved : compared; }
  bool waits_for(Need need) const { return needs(need) && !settled(need); }
};
// `amount`: that of the entry now. A decision about another amount is none.
EntryNeeds entry_needs(const std::vector<std::string>& needs, const std::vector<std::string>& remarks,
                       std::optional<std::int64_t> amount = {});

// The remarks.
std::string remark_of_limits(const std::vector<std::string>& codes);
std::string remark_of(Need need, const NeedSettled& settled);
// Whether a remark says that a supervisor approved something, or did not: only one may make it.
bool is_of_approval(std::string_view remark);

// Whether this person may settle it now. ask_person "not-needed", "settled-already", "role-refused", "own-entry",
// "reason-missing" (of what is refused).
Result<void> may_settle(const EntryNeeds& entry, Need need, bool supervisor, std::string_view entered_by,
                        const NeedSettled& wanted);

// Whether a sheet is among those that a second person compares: the same everywhere, by its number alone.
bool is_compared(std::string_view sheet_number, std::uint32_t percent);

}  // namespace holdline::contingency
