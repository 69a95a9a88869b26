// Workstations that do nothing but stay connected: each its own certificate and TLS connections, a pull that waits, and
// the list of people when the hub's mark of it is another one. All on one thread of this program.
#pragma once

#include <memory>
#include <vector>

#include "bench/measure.hpp"
#include "bench/world.hpp"

namespace holdline::bench {

class Fleet {
 public:
  // Enrols `count` of them at a hub that does not serve yet.
  Fleet(Dependencies& deps, HubHost& hub, std::size_t count);
  ~Fleet();

  // Connects them all; every one has a pull waiting at the hub when it returns, as far as can be told from here.
  void connect();
  std::size_t size() const { return desks_.size(); }
  const sync::Id& device(std::size_t n) const;

  // What each knows: how many let this person sign in, know them disabled, were refused themselves.
  std::size_t letting_in(const std::string& person) const;
  std::size_t knowing_disabled(const std::string& person) const;
  bool refused(std::size_t n) const;

  // A request of every one of them at once that changes nothing: seconds until the last was answered.
  double bare_round_trip();

 private:
  class Desk;
  struct Shared;
  std::unique_ptr<Shared> shared_;
  IoThread thread_;
  std::vector<std::unique_ptr<Desk>> desks_;  // their connections end before the thread's context does
};

}  // namespace holdline::bench
