// What is not settled, as it is taken out of a workstation: to be read by a person, or for a hub that the workstation
// does not reach any more. In memory, because a disk that takes seconds over a sync must keep nobody from it: about 900
// bytes for an entry of 450. Written by the outbox's thread after the disk has it, read by any thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/os/clock.hpp"
#include "platform/os/mutex.hpp"
#include "sync/action/action.hpp"
#include "sync/schema/schema.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

struct Unsettled {
  struct Item {
    sync::ActionRef ref;
    std::shared_ptr<const sync::StoredAction> stored;  // null: it cannot be read
    sync::Hash predecessor = {};                       // hash of the action before it in its lane
    // Made by an earlier version of the schema: as the present one numbers its fields.
    std::shared_ptr<const sync::Action> translated = {};
    std::string code = {};     // why it cannot be shown
    bool answered = false;     // the hub has it
    bool settled = false;      // kept because one before it in its lane is not answered
    bool out_of_line = false;  // behind what cannot be read: it can be shown, and not be sent
  };

  sync::Maker maker;
  std::vector<sync::Assertion> assertions;
  std::vector<Item> items;  // lane by lane, in the order of the numbers
};

// As JSON text for a person, an array with one object per action. `wanted`: only these, and nothing of what cannot be
// shown; without it everything.
using WantedAction = std::function<bool(const sync::Action&)>;
std::string actions_text(const sync::Schema& schema, const Unsettled& unsettled, const WantedAction& wanted = {});
// Of each lane everything from the first action that the hub has not answered, as encoded pushes (sync/wire) in the
// order to send them; ends in front of what cannot be read. `now` goes with them.
std::vector<sync::Bytes> pushes_of(const Unsettled& unsettled, const sync::TimeReading& now);

class UnsettledActions {
 public:
  // Nothing: begin() was not called since forget(), so only the file knows.
  std::optional<Unsettled> all() const;

  // Replaces all: what the file says.
  void begin(Unsettled read);
  void forget();
  // The newest of its lane.
  void add(Unsettled::Item item);
  // The hub has answered.
  void settle(sync::ActionRef ref, bool settled);
  void sign_in(sync::Assertion assertion);

 private:
  using Items = std::map<sync::ActionRef, Unsettled::Item>;
  static constexpr std::uint64_t none = UINT64_MAX;

  // Drops what is settled from here to the first that is not answered, which it returns.
  std::uint64_t drop_settled(Items::iterator from) HOLDLINE_REQUIRES(mutex_);

  mutable platform::Mutex mutex_;
  bool known_ HOLDLINE_GUARDED_BY(mutex_) = false;
  sync::Maker maker_ HOLDLINE_GUARDED_BY(mutex_);
  std::vector<sync::Assertion> assertions_ HOLDLINE_GUARDED_BY(mutex_);
  Items items_ HOLDLINE_GUARDED_BY(mutex_);
  std::array<std::uint64_t, sync::lane_count> first_open_ HOLDLINE_GUARDED_BY(mutex_){};
};

}  // namespace holdline::agent
