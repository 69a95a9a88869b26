#include "contingency/manual/checks.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "sync/action/rights.hpp"
#include "sync/base/hash.hpp"

namespace holdline::contingency {

namespace {

constexpr std::array<std::string_view, 2> need_names{"approval", "second_check"};
constexpr std::array<std::string_view, 2> settled_beginnings{sync::approval_remark, "second check: "};
constexpr std::array<std::array<std::string_view, 2>, 2> settled_words{
    {{"refused ", "granted "}, {"differs, ", "the same, "}}};
constexpr std::string_view limits_beginning = "limits: ", remark_between = ", ", remark_because = ": ";
constexpr std::string_view remark_by = "by ", remark_about = "for ";

// "for 5100 " at the beginning of a text, which is then taken off it.
std::optional<std::int64_t> amount_of(std::string_view& text) {
  if (!text.starts_with(remark_about)) return std::nullopt;
  std::int64_t amount = 0;
  const char* from = text.data() + remark_about.size();
  const auto [end, error] = std::from_chars(from, text.data() + text.size(), amount);
  const auto behind = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || behind == text.size() || *end != ' ') return std::nullopt;
  text.remove_prefix(behind + 1);
  return amount;
}

std::optional<NeedSettled> settled_of(Need need, std::string_view remark) {
  const auto at = static_cast<std::size_t>(need);
  if (!remark.starts_with(settled_beginnings[at])) return std::nullopt;
  remark.remove_prefix(settled_beginnings[at].size());
  for (const bool good : {false, true}) {
    const std::string_view word = settled_words[at][good ? 1 : 0];
    if (!remark.starts_with(word)) continue;
    remark.remove_prefix(word.size());
    const auto amount = amount_of(remark);
    if (!remark.starts_with(remark_by)) continue;
    remark.remove_prefix(remark_by.size());
    const auto end = remark.find(remark_because);
    return NeedSettled{
        good, std::string(remark.substr(0, end)),
        end == std::string_view::npos ? std::string() : std::string(remark.substr(end + remark_because.size())),
        amount};
  }
  return std::nullopt;
}

void take_limits(std::string_view remark, std::vector<std::string>& limits) {
  if (!remark.starts_with(limits_beginning)) return;
  for (remark.remove_prefix(limits_beginning.size()); !remark.empty();) {
    const auto end = std::min(remark.find(remark_between), remark.size());
    if (end != 0) limits.emplace_back(remark.substr(0, end));
    remark.remove_prefix(std::min(end + remark_between.size(), remark.size()));
  }
}

void take_settled(Need need, std::string_view remark, std::optional<std::int64_t> amount,
                  std::optional<NeedSettled>& settled) {
  auto told = settled_of(need, remark);
  if (told && told->amount && told->amount != amount) return;
  if (told && (!settled || (settled->good && !told->good))) settled = std::move(told);
}

}  // namespace

std::string_view name_of(Need need) { return need_names[static_cast<std::size_t>(need)]; }

std::optional<Need> need_named(std::string_view name) {
  for (const Need need : {Need::approval, Need::second_check})
    if (name_of(need) == name) return need;
  return std::nullopt;
}

EntryNeeds entry_needs(const std::vector<std::string>& needs, const std::vector<std::string>& remarks,
                       std::optional<std::int64_t> amount) {
  EntryNeeds entry;
  entry.approval = std::ranges::find(needs, name_of(Need::approval)) != needs.end();
  entry.second_check = std::ranges::find(needs, name_of(Need::second_check)) != needs.end();
  for (const std::string& remark : remarks) {
    take_limits(remark, entry.limits);
    take_settled(Need::approval, remark, amount, entry.approved);
    take_settled(Need::second_check, remark, amount, entry.compared);
  }
  return entry;
}

std::string remark_of_limits(const std::vector<std::string>& codes) {
  std::string remark(limits_beginning);
  for (const std::string& code : codes) remark += (&code == &codes.front() ? "" : std::string(remark_between)) + code;
  return remark;
}

std::string remark_of(Need need, const NeedSettled& settled) {
  const auto at = static_cast<std::size_t>(need);
  std::string remark(settled_beginnings[at]);
  remark += settled_words[at][settled.good ? 1 : 0];
  if (settled.amount) remark += std::string(remark_about) + std::to_string(*settled.amount) + " ";
  remark += remark_by;
  remark += settled.person;
  if (!settled.reason.empty()) remark += std::string(remark_because) + settled.reason;
  return remark;
}

bool is_of_approval(std::string_view remark) { return remark.starts_with(settled_beginnings[0]); }

Result<void> may_settle(const EntryNeeds& entry, Need need, bool supervisor, std::string_view entered_by,
                        const NeedSettled& wanted) {
  if (!entry.needs(need))
    return fail(ErrorKind::ask_person, "not-needed", "Nobody has to look at this entry in this way.");
  if (entry.settled(need))
    return fail(ErrorKind::ask_person, "settled-already", entry.settled(need)->person + " has decided it already.");
  if (need == Need::approval && !supervisor)
    return fail(ErrorKind::ask_person, "role-refused", "A supervisor decides it.");
  if (wanted.person == entered_by)
    return fail(ErrorKind::ask_person, "own-entry", "You typed this entry yourself: somebody else looks at it.");
  if (!wanted.good && wanted.reason.find_first_not_of(" \t\n") == std::string::npos)
    return fail(ErrorKind::ask_person, "reason-missing", "Say what is wrong with it; it is kept.");
  return {};
}

bool is_compared(std::string_view sheet_number, std::uint32_t percent) {
  const sync::Hash hash = sync::sha256({sheet_number});
  return (hash.bytes[0] * 256U + hash.bytes[1]) % 100 < percent;
}

}  // namespace holdline::contingency
