// The conflicts that nobody has decided on: how many, for the strip on every page, and which are about a record, for
// its card. Looked through in portions on the reading thread, so that a hundred thousand of them keep no search
// waiting.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "agent/view/view.hpp"
#include "sync/table/practice.hpp"

namespace holdline::agent {

// Whether a conflict is about something that was for practice, so that nobody has to decide on it. `Eyes`: a View or a
// PersonView. A subject that is not here is taken for real.
template <class Eyes>
bool is_about_practice(Eyes& view, const sync::Schema& schema, const sync::Record& conflict) {
  return sync::is_of_practice(schema, conflict,
                              [&view](const sync::RecordKey& key) { return shown_record(view, key); });
}

class OpenConflicts {
 public:
  // The next portion of a count, or the first of another. True: there is more of it. On the reading thread. A view that
  // cannot be read leaves what was counted last. `practised`: there was a drill, so that some may be about practice.
  bool count_some(View& view, bool practised);
  // What was counted last; nothing until then. Any thread.
  std::optional<std::uint64_t> last() const;
  // Those about a record that were open when they were counted last. On the reading thread.
  std::vector<sync::Id> about(const sync::Id& record) const;

 private:
  sync::Id before_;                                         // nil: at the beginning
  using Open = std::vector<std::pair<sync::Id, sync::Id>>;  // the record, the conflict; sorted once all are there
  Open so_far_, open_;
  std::atomic<std::int64_t> last_{-1};
};

}  // namespace holdline::agent
