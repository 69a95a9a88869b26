// What tests of the session tell it, and what they look for in its answers.
#pragma once

#include <vector>

#include "sync/session/session.hpp"

namespace holdline::sync {

using Actions = std::vector<SessionCommand>;

// The first action of this kind; nullptr when there is none.
template <class A>
const A* find(const Actions& actions) {
  for (const SessionCommand& action : actions)
    if (const auto* wanted = std::get_if<A>(&action)) return wanted;
  return nullptr;
}

// A hub that knows this workstation, has its schema and dictionary, and takes everything.
inline event::Welcomed welcome(Resume resume) {
  event::Welcomed event;
  event.welcome.resume = resume;
  for (auto& lane : event.welcome.lanes) lane.credit = 4'000;
  event.have_schema = event.have_dictionary = true;
  return event;
}

}  // namespace holdline::sync
