// How many conflicts nobody has decided on, for the strip on every page. Counted in portions on the reading thread, so
// that a hundred thousand of them keep no search waiting.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "agent/view/view.hpp"
#include "sync/table/export.hpp"

namespace holdline::agent {

// Whether a conflict is about something that was for practice, so that nobody has to decide on it. `Eyes`: a View or a
// PersonView. A subject that is not here is taken for real.
template <class Eyes>
bool is_about_practice(Eyes& view, const sync::Schema& schema, const sync::Record& conflict) {
  const sync::Collection& conflicts = *schema.collection(conflict.key.collection);
  const auto* number = std::get_if<std::int64_t>(&conflict.fields[*conflicts.field("collection")]);
  const auto* id = std::get_if<sync::Id>(&conflict.fields[*conflicts.field("record")]);
  const sync::Collection* subject = number ? schema.collection(static_cast<sync::CollectionNo>(*number)) : nullptr;
  if (subject == nullptr || id == nullptr) return false;
  const auto found = view.find({subject->no, *id});
  return found && found->shown && sync::is_practice(*subject, found->shown->record);
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
