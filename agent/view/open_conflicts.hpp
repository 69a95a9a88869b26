// How many conflicts nobody has decided on, for the strip on every page. Counted in portions on the reading thread, so
// that a hundred thousand of them keep no search waiting.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "agent/view/view.hpp"

namespace holdline::agent {

class OpenConflicts {
 public:
  // The next portion of a count, or the first of another. True: there is more of it. On the reading thread. A view that
  // cannot be read leaves what was counted last.
  bool count_some(View& view);
  // What was counted last; nothing until then. Any thread.
  std::optional<std::uint64_t> last() const;

 private:
  sync::Id before_;  // nil: at the beginning
  std::uint64_t so_far_ = 0;
  std::atomic<std::int64_t> last_{-1};
};

}  // namespace holdline::agent
