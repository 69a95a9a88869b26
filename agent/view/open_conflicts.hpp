// How many conflicts nobody has decided on, for the strip on every page. Counted in portions on the reading thread, so
// that a hundred thousand of them keep no search waiting.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

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

 private:
  sync::Id before_;  // nil: at the beginning
  std::uint64_t so_far_ = 0;
  std::atomic<std::int64_t> last_{-1};
};

}  // namespace holdline::agent
