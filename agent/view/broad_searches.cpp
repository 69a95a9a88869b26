#include "agent/view/broad_searches.hpp"

namespace holdline::agent {

BroadSearches::Verdict BroadSearches::searched(const sync::Id& person, std::string_view typed, std::int64_t now_ms) {
  Window& window = windows_[person];
  if (window.searches == 0 || now_ms - window.since_ms >= window_ms) window = {now_ms, 0, {}, false};
  const bool types_on =
      window.searches != 0 && (typed.starts_with(window.typed) || std::string_view(window.typed).starts_with(typed));
  if (!types_on) ++window.searches;
  window.typed = typed;
  Verdict verdict{window.searches, window.since_ms, window.searches > most, false};
  verdict.on_record = verdict.limited && !window.told;
  window.told = verdict.limited;
  return verdict;
}

}  // namespace holdline::agent
